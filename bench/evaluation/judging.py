"""From the scores of a trial to its thresholds and metrics."""

from __future__ import annotations

from typing import NamedTuple

from bench.evaluation.entries import Scored
from bench.evaluation.metrics import evaluate
from bench.evaluation.policies import thresholds


class Judgement(NamedTuple):
    """The threshold of each policy that applies, and the metrics by policy and name."""

    thresholds: dict[str, float]
    metrics: dict[str, dict[str, float]]


def judge(scored: Scored) -> Judgement:
    """Judge a trial by all that a run applies. ``scored`` has at least the test rows' scores and labels."""
    assert scored.test_scores is not None
    assert scored.test_labels is not None
    found = thresholds(scored)
    return Judgement(found, evaluate(scored.test_scores, scored.test_labels, found, scored.test_layout))
