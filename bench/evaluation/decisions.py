"""Metrics of decisions, one threshold applied. The anomaly class is the positive one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.evaluation.entries import Metric

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Decisions:
    """How many rows are in each cell of the confusion matrix."""

    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int

    @classmethod
    def of(cls, predicted: NDArray[np.bool_], y: NDArray[Any]) -> Decisions:
        """From which rows are predicted to be anomalies, and which are, both of shape (n,)."""
        truth = y == 1
        true_positives, positives = int((predicted & truth).sum()), int(truth.sum())
        false_positives = int(predicted.sum()) - true_positives
        return cls(
            true_positives, false_positives, positives - true_positives, len(y) - positives - false_positives
        )


def f1(d: Decisions) -> float:
    return ratio(2 * d.true_positives, 2 * d.true_positives + d.false_positives + d.false_negatives)


def precision(d: Decisions) -> float:
    return ratio(d.true_positives, d.true_positives + d.false_positives)


def recall(d: Decisions) -> float:
    return ratio(d.true_positives, d.true_positives + d.false_negatives)


def accuracy(d: Decisions) -> float:
    right = d.true_positives + d.true_negatives
    return ratio(right, right + d.false_positives + d.false_negatives)


def false_alarm_rate(d: Decisions) -> float:
    return ratio(d.false_positives, d.false_positives + d.true_negatives)


def macro_f1(d: Decisions) -> float:
    wrong = d.false_positives + d.false_negatives
    return (f1(d) + ratio(2 * d.true_negatives, 2 * d.true_negatives + wrong)) / 2


def ratio(numerator: float, denominator: float) -> float:
    """0 without a denominator, as is the precision of a detector that predicts no anomaly."""
    return numerator / denominator if denominator else 0.0


METRICS = (
    Metric("f1", "F1", "the harmonic mean of precision and recall", f1, "threshold", shown="everywhere"),
    Metric("precision", "precision", "the fraction of anomalies among the rows predicted to be anomalies",
           precision, "threshold", shown="leaderboard"),
    Metric("recall", "recall", "the fraction of the anomalies that are predicted to be anomalies", recall,
           "threshold", shown="leaderboard"),
    Metric("false_alarm_rate", "false alarms", "the fraction of the normal rows that are predicted to be "
           "anomalies", false_alarm_rate, "threshold", shown="leaderboard", higher_is_better=False),
    Metric("accuracy", "accuracy", "the fraction of rows that are predicted right", accuracy, "threshold"),
    Metric("macro_f1", "macro F1", "the mean of the F1 of both classes", macro_f1, "threshold"),
)  # fmt: skip
