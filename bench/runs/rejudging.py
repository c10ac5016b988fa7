"""Judging stored scores by further threshold policies, without running a detector again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from msgspec import structs

from bench.errors import BenchError, check_installed, unknown
from bench.evaluation.entries import Policy
from bench.evaluation.metrics import METRICS, judged
from bench.evaluation.thresholders import LIBRARY, QUICK, THRESHOLDERS
from bench.runs.judging import LimitExceededError, predictions
from bench.runs.reading import Run, find_run
from bench.runs.rewriting import rewrite_records
from bench.trials.record import Record

if TYPE_CHECKING:
    from numpy.typing import NDArray

# As many digits as counts of rows give: a run stays small.
DIGITS = 6


# So many scores without an anomaly, absolute values of standard normal ones, and for each of these seeds.
CLEAN_ROWS, CLEAN_SEEDS = 1000, range(5)

Ask = Callable[[Policy, "NDArray[np.float64]"], "NDArray[np.bool_] | None"]


@dataclass
class JudgedCount:
    """How many trials have been judged, how often a policy had no answer, and by name those that took longer
    than they may, with the detectors on whose scores they did.
    """

    trials: int = 0
    unanswered: int = 0
    exceeded: dict[str, list[str]] = field(default_factory=dict)


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


def flagged_clean(policies: Sequence[Policy], ask: Ask = predictions) -> dict[str, list[float]]:
    """The share of scores without an anomaly that each policy flags, by name, for each seed.

    One that takes too long or has no answer is left out.
    """
    found = {}
    for policy in policies:
        shares = []
        for seed in CLEAN_SEEDS:
            scores = np.abs(np.random.default_rng(seed).normal(size=CLEAN_ROWS))
            try:
                flagged = ask(policy, scores)
            except LimitExceededError:
                flagged = None
            if flagged is None:
                break
            shares.append(round(float(flagged.mean()), DIGITS))
        else:
            found[policy.name] = shares
    return found


def judge_run(
    results: Path,
    name: str,
    policies: Sequence[Policy],
    seen: Callable[[], object],
    ask: Ask = predictions,
    clean: Mapping[str, list[float]] | None = None,
) -> JudgedCount:
    """Add to each record that ended "ok" what its detector's scores give under policies of pythresh.

    The policies see the test rows' scores and no label. What a record has already is not judged again.
    ``seen`` is called after each record. ``ask`` gives a policy's decisions; where it takes too long for a
    detector's scores, the policy is asked about no further ones of it. ``clean`` is what `flagged_clean`
    gave, which is noted in the run. Raises BenchError where there is no such run, where its raw scores were
    dropped, and where pythresh is missing.
    """
    by = f"{LIBRARY} {pythresh_version()}"
    run, counted = find_run(results, name), JudgedCount()

    def change(record: Record) -> Record:
        todo = [policy for policy in policies if policy.name not in record.metrics]
        if record.status == "ok" and todo and (added := _judge(run, record, todo, counted, ask)):
            record = structs.replace(record, metrics={**record.metrics, **added})
        seen()
        return record

    rewrite_records(results, name, change, noting={policy.name: by for policy in policies}, clean=clean or {})
    return counted


def _judge(
    run: Run, record: Record, policies: Sequence[Policy], counted: JudgedCount, ask: Ask
) -> dict[str, dict[str, float]]:
    """Metrics by policy, of those that have an answer; none of a record whose raw scores are damaged."""
    if record.scores is None:
        raise BenchError(f"the raw scores of {run.folder} were dropped; run it anew with --fresh")
    scored = run.scored_rows(record)
    if scored is None:
        return {}
    scores, y = scored
    counted.trials += 1
    added = {}
    detector = record.detector.label
    for policy in policies:
        exceeded = counted.exceeded.get(policy.name, [])
        if detector in exceeded:
            continue
        try:
            predicted = ask(policy, scores)
        except LimitExceededError:
            counted.exceeded[policy.name] = [*exceeded, detector]
            continue
        if predicted is None:
            counted.unanswered += 1
            continue
        # Of the metrics, what a leaderboard shows of a policy.
        added[policy.name] = {
            metric: round(value, DIGITS)
            for metric, value in judged(predicted, y, record.layout).items()
            if METRICS[metric].shown != "records"
        }
    return added
