"""What knows nothing of the rows: the two trivial decisions, and the chance level of metrics of scores.

Their values follow from how many rows are anomalies; nothing is run. They stand on every board, out of
competition: what a detector has beyond them is what it knows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bench.evaluation.decisions import Decisions
from bench.evaluation.entries import Metric, by_name
from bench.evaluation.metrics import METRICS


@dataclass(frozen=True)
class Baseline:
    """One of them. ``explanation`` ends the sentence "NAME is ...". ``value`` gives that of a metric, from
    the numbers of anomalies and of normal rows; None where it has none.

    A name has a space, which that of no detector has.
    """

    name: str
    explanation: str
    value: Callable[[Metric, int, int], float | None]

    def values(self, anomalies: int, normals: int) -> dict[str, float]:
        """By the names of the metrics, those that it has."""
        found = {name: self.value(metric, anomalies, normals) for name, metric in METRICS.items()}
        return {name: value for name, value in found.items() if value is not None}


def _calls_all(metric: Metric, anomalies: int, normals: int) -> float | None:
    return _of_decisions(metric, Decisions(anomalies, normals, 0, 0))


def _calls_none(metric: Metric, anomalies: int, normals: int) -> float | None:
    return _of_decisions(metric, Decisions(0, 0, anomalies, normals))


def _of_decisions(metric: Metric, decisions: Decisions) -> float | None:
    return metric.function(decisions) if metric.needs == "threshold" else None


def _chance(metric: Metric, anomalies: int, normals: int) -> float | None:
    return metric.chance(anomalies, normals) if metric.chance else None


BASELINES: dict[str, Baseline] = by_name(
    Baseline("calls all", "what predicts that every row is an anomaly", _calls_all),
    Baseline("calls none", "what predicts that no row is", _calls_none),
    Baseline("chance level", "what scores that know nothing have on average", _chance),
)
