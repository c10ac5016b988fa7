"""Judging stored scores by further threshold policies, without running a detector again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.evaluation.metrics import decision_metrics
from bench.runs.reading import Run, find_run
from bench.runs.thresholders import called, policy_of, pythresh_version
from bench.runs.writing import rewrite_records

# What a leaderboard shows of a policy, in as many digits as counts of rows give: a run stays small.
KEPT = ("f1", "precision", "recall")
DIGITS = 6


@dataclass
class Judged:
    """How many trials have been judged, and how often a method had no answer."""

    trials: int = 0
    unanswered: int = 0


def judge_run(results: Path, name: str, methods: Sequence[str], seen: Callable[[], object]) -> Judged:
    """Add to each record that ended "ok" what its detector's scores give under methods of pythresh.

    The methods see the test rows' scores and no label. What a record has already is not judged again.
    ``seen`` is called after each record. Raises BenchError where there is no such run, where its raw scores
    were dropped, and where pythresh is missing.
    """
    by = f"pythresh {pythresh_version()}"
    run, judged = find_run(results, name), Judged()

    def change(record: dict[str, Any]) -> dict[str, Any]:
        todo = [method for method in methods if policy_of(method) not in record["metrics"]]
        if record["status"] == "ok" and todo:
            _judge(run, record, todo, judged)
        seen()
        return record

    rewrite_records(results, name, change, noting={policy_of(method): by for method in methods})
    return judged


def _judge(run: Run, record: dict[str, Any], methods: Sequence[str], judged: Judged) -> None:
    scores, y = run.scores(record), run.labels(record)
    judged.trials += 1
    for method in methods:
        decided = called(method, scores)
        if decided is None:
            judged.unanswered += 1
            continue
        found = decision_metrics(decided, y)
        record["metrics"][policy_of(method)] = {each: round(found[each], DIGITS) for each in KEPT}
