"""Judging stored scores by further threshold policies, without running a detector again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from msgspec import structs

from bench.errors import check_installed, unknown
from bench.evaluation.entries import Policy, Scored
from bench.evaluation.metrics import METRICS, judged
from bench.evaluation.thresholders import LIBRARY, QUICK, SEED, THRESHOLDERS
from bench.runs.reading import Run, find_run
from bench.runs.writing import rewrite_records
from bench.trials.guard import quiet
from bench.trials.record import Record

if TYPE_CHECKING:
    from numpy.typing import NDArray

# As many digits as counts of rows give: a run stays small.
DIGITS = 6


@dataclass
class JudgedCount:
    """How many trials have been judged, and how often a policy had no answer."""

    trials: int = 0
    unanswered: int = 0


def choose_methods(patterns: str | None) -> list[Policy]:
    """The policies whose methods a comma-separated list of globs names; the quick ones for None.

    Raises BenchError for a pattern that names none.
    """
    if patterns is None:
        return [THRESHOLDERS[method] for method in QUICK]
    chosen: dict[str, Policy] = {}
    for pattern in patterns.split(","):
        found = {m: p for m, p in THRESHOLDERS.items() if fnmatchcase(m, pattern.strip())}
        if not found:
            raise unknown("threshold method", pattern.strip(), THRESHOLDERS)
        chosen |= found
    return list(chosen.values())


def pythresh_version() -> str:
    """The version that is installed; BenchError where none is."""
    check_installed(LIBRARY, "a threshold method", extra="thresholds")
    return version(LIBRARY)


def judge_run(
    results: Path, name: str, policies: Sequence[Policy], seen: Callable[[], object]
) -> JudgedCount:
    """Add to each record that ended "ok" what its detector's scores give under policies of pythresh.

    The policies see the test rows' scores and no label. What a record has already is not judged again.
    ``seen`` is called after each record. Raises BenchError where there is no such run, where its raw scores
    were dropped, and where pythresh is missing.
    """
    by = f"{LIBRARY} {pythresh_version()}"
    run, counted = find_run(results, name), JudgedCount()

    def change(record: Record) -> Record:
        todo = [policy for policy in policies if policy.name not in record.metrics]
        if record.status == "ok" and todo:
            added = _judge(run, record, todo, counted)
            record = structs.replace(record, metrics={**record.metrics, **added})
        seen()
        return record

    rewrite_records(results, name, change, noting={policy.name: by for policy in policies})
    return counted


def _judge(
    run: Run, record: Record, policies: Sequence[Policy], counted: JudgedCount
) -> dict[str, dict[str, float]]:
    """Metrics by policy, of those that have an answer."""
    scores, y = run.scores(record), run.labels(record)
    counted.trials += 1
    added = {}
    for policy in policies:
        predicted = predictions(policy, scores)
        if predicted is None:
            counted.unanswered += 1
            continue
        # Of the metrics, what a leaderboard shows of a policy.
        added[policy.name] = {
            metric: round(value, DIGITS)
            for metric, value in judged(predicted, y).items()
            if METRICS[metric].shown != "records"
        }
    return added


def predictions(policy: Policy, scores: NDArray[np.float64]) -> NDArray[np.bool_] | None:
    """Which rows the policy predicts to be anomalies by the test scores alone, shape (n,).

    None where it has no answer for such scores.
    """
    with quiet(SEED):
        try:
            found = policy(Scored(test_scores=scores))
        except Exception:  # a method may fail in any way on scores that it was not made for
            return None
    return None if found is None else np.asarray(found, dtype=bool)
