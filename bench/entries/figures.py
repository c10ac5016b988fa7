"""The check of figures: thresholds and metrics, made again from the scores and labels in the entry."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from bench.entries.entry import Entry, Finding, Kind, where
from bench.errors import BenchError
from bench.evaluation.entries import Scored
from bench.evaluation.metrics import METRICS, evaluate
from bench.evaluation.policies import POLICIES
from bench.trials.record import Record

if TYPE_CHECKING:
    from bench.splits.arrays import Floats, Labels

# The same scores give the same figure on each machine, but for the order in which a sum is made.
TOLERANCE = 1e-9
# What a policy may see so that its threshold can be made from what is stored.
_STORED = {"test_scores", "test_labels", "test_layout"}


def figures(entry: Entry) -> Iterator[Finding]:
    """Each metric, and each threshold that the stored scores decide, follows from the scores and labels."""
    if entry.shares_scores:  # and to read them all may take for ever
        yield Finding("unchecked", "nobody knows whose its scores are")
        return
    left_out: Counter[str] = Counter()
    for record in entry.records:
        if record.status != "ok":
            continue
        label = record.detector.label
        if record.scores is None or record.labels is None:
            left_out[label] += 1
            continue
        about = partial(Finding, detector=label)
        if record.scores.count != record.labels.count:
            what = f"it has {record.scores.count} scores and {record.labels.count} labels"
            yield about("mismatch", f"{where(record)}: {what}")
            continue
        try:
            scores, y = entry.run.scores(record), entry.run.labels(record)
        except BenchError as error:
            yield about("mismatch", f"{where(record)}: {_without_folder(str(error), entry)}")
            continue
        for kind, what in _of_record(record, scores, y):
            yield about(kind, f"{where(record)}: {what}")
    for label, count in left_out.items():
        yield Finding(
            "unchecked",
            f"the scores of {count:,} of its trials were left out, so their metrics cannot be made again",
            label,
        )


def _of_record(record: Record, scores: Floats, y: Labels) -> Iterator[tuple[Kind, str]]:
    if len(np.unique(y)) < 2:
        yield "mismatch", "its labels are all the same"
        return
    if record.layout is not None and record.layout.window > len(y):
        yield "unchecked", f"the window of its metrics, {record.layout.window}, is longer than its series"
        return
    if (record.rows.test, record.rows.test_anomalies) != (len(y), int(y.sum())):
        yield "mismatch", f"its labels are of {len(y)} rows, {int(y.sum())} of them anomalous, not as stated"
    yield from _thresholds(record, scores, y)
    made = evaluate(scores, y, record.thresholds, record.layout)
    for policy, stated in record.metrics.items():
        yield from _metrics(policy, stated, made.get(policy))
    for policy in made.keys() - record.metrics.keys():
        yield "mismatch", f"its metrics under {policy} are missing"


def _metrics(
    policy: str, stated: Mapping[str, float], made: Mapping[str, float] | None
) -> Iterator[tuple[Kind, str]]:
    if made is None:
        yield "mismatch", f"it has metrics under {policy}, and no threshold"
        return
    for name, value in stated.items():
        if name not in METRICS:
            yield "unchecked", f"the metric {name!r} is not known here"
        elif name not in made or not math.isclose(value, made[name], rel_tol=0, abs_tol=TOLERANCE):
            truly = f"{made[name]:.6g}" if name in made else "undefined"
            yield "mismatch", f"{policy}.{name} is {truly} by its scores, and stated as {value:.6g}"


def _thresholds(record: Record, scores: Floats, y: Labels) -> Iterator[tuple[Kind, str]]:
    scored = Scored(test_scores=scores, test_labels=y, test_layout=record.layout)
    for name, policy in POLICIES.items():
        if policy.afterwards or not policy.sees <= _STORED:
            continue
        made, stated = policy(scored), record.thresholds.get(name)
        if stated is None or not isinstance(made, float) or not math.isclose(made, stated, rel_tol=TOLERANCE):
            yield "mismatch", f"the threshold {name} is {made} by its scores, and stated as {stated}"
    for name in record.thresholds:
        if name not in POLICIES or POLICIES[name].afterwards:
            yield "mismatch", f"the threshold {name} is of no policy that a run applies"


def _without_folder(text: str, entry: Entry) -> str:
    return text.replace(f"{entry.run.folder}/", "")
