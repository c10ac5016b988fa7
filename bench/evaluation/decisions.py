"""Metrics of decisions, one threshold applied. The anomaly class is the positive one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.evaluation.entries import Metric

if TYPE_CHECKING:
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
        true_positives, positives = int(np.count_nonzero(predicted & truth)), int(np.count_nonzero(truth))
        false_positives = int(np.count_nonzero(predicted)) - true_positives
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


@dataclass(frozen=True)
class MissedCost:
    """What decisions cost a row where a missed anomaly costs ``false_alarms`` false alarms."""

    false_alarms: int

    def of_decisions(self, d: Decisions) -> float:
        rows = d.true_positives + d.false_positives + d.false_negatives + d.true_negatives
        return ratio(self.false_alarms * d.false_negatives + d.false_positives, rows)

    def from_others(self, others: Mapping[str, float], prevalence: float) -> float | None:
        """From recall and false alarms, the fractions of anomalies and of normal rows."""
        found, alarms = others.get("recall"), others.get("false_alarm_rate")
        if found is None or alarms is None:
            return None
        return self.false_alarms * prevalence * (1 - found) + (1 - prevalence) * alarms

    def metric(self) -> Metric:
        return Metric(
            f"cost_{self.false_alarms}", f"cost {self.false_alarms}:1",
            "what decisions cost, in false alarms for each row, where a missed anomaly costs "
            f"{self.false_alarms} false alarms", self.of_decisions, "threshold", higher_is_better=False,
            bounds=(0, self.false_alarms), from_others=self.from_others,
        )  # fmt: skip


MISSED_COSTS = (MissedCost(10), MissedCost(50))


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
    *(cost.metric() for cost in MISSED_COSTS),
)  # fmt: skip
