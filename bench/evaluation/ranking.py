"""Metrics of scores alone, which need no threshold. The anomaly class is the positive one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bench.evaluation.entries import Metric

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Counts(NamedTuple):
    """For each distinct score, the highest first: what predicting all rows that score at least that gives."""

    scores: NDArray[np.float64]
    true_positives: NDArray[np.intp]
    predicted_positives: NDArray[np.intp]


@dataclass(frozen=True)
class Ranking:
    """Finite scores and labels of both classes, both of shape (n,)."""

    scores: NDArray[np.float64]
    y: NDArray[Any]

    @cached_property
    def counts(self) -> Counts:
        return counts_from_the_top(self.scores, self.y)

    @cached_property
    def found(self) -> NDArray[np.intp]:
        """The anomalies at each distinct score alone."""
        return np.diff(self.counts.true_positives, prepend=0)

    @cached_property
    def average_precision(self) -> float:
        """As the metric of this name; others follow from it."""
        _, true_positives, predicted = self.counts
        return float((self.found * true_positives / predicted).sum() / true_positives[-1])


def counts_from_the_top(scores: NDArray[np.float64], y: NDArray[Any]) -> Counts:
    """The counts at each distinct score; the last ones are over all rows."""
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    last_of_tie = np.append(ranked[1:] != ranked[:-1], True)
    true_positives = np.cumsum(y[order] == 1)
    return Counts(ranked[last_of_tie], true_positives[last_of_tie], np.flatnonzero(last_of_tie) + 1)


# Area and average precision are those of scikit-learn, which would take longer to import than many trials to
# run.
def roc_auc(ranking: Ranking) -> float:
    """By trapezoids, which count a tie for half."""
    _, true_positives, predicted = ranking.counts
    false_positives = np.diff(predicted - true_positives, prepend=0)
    anomalies = true_positives[-1]
    normals = predicted[-1] - anomalies
    return float((false_positives * (2 * true_positives - ranking.found)).sum() / (2 * anomalies * normals))


def average_precision(ranking: Ranking) -> float:
    """The precision at each score, weighted by the anomalies found there."""
    return ranking.average_precision


def adjusted_ap(ranking: Ranking) -> float:
    """Campos et al. (2016), On the evaluation of unsupervised outlier detection, section 3."""
    counts = ranking.counts
    return adjusted_for_chance(
        ranking.average_precision, float(counts.true_positives[-1] / counts.predicted_positives[-1])
    )


def adjusted_for_chance(average_precision: float, prevalence: float) -> float:
    """Average precision as a share of the way from chance, the prevalence, to 1.

    The worst there is falls with the prevalence: -0.39 where half of many rows are anomalies, and -1 where
    eight tenths are. It is cut off there, since beyond there is no bound.
    """
    return max(-1.0, (average_precision - prevalence) / (1 - prevalence))


def chance_of_average_precision(anomalies: int, normals: int) -> float:
    """The mean over all orders of the rows: above the prevalence, and far above it for few anomalies.

    A row in place k is an anomaly in n of N orders, and then, on average, so are (n - 1) / (N - 1) of the
    k - 1 rows before it.
    """
    n, rows = anomalies, anomalies + normals
    harmonic = float((1 / np.arange(1, rows + 1)).sum())
    return ((n - 1) / (rows - 1) * (rows - harmonic) + harmonic) / rows


def _chance_of_adjusted_ap(anomalies: int, normals: int) -> float:
    average = chance_of_average_precision(anomalies, normals)
    return adjusted_for_chance(average, anomalies / (anomalies + normals))


def _from_average_precision(others: Mapping[str, float], prevalence: float) -> float | None:
    known = others.get("average_precision")
    return None if known is None else adjusted_for_chance(known, prevalence)


def found_among(ranking: Ranking, alerts: int) -> float:
    """How many anomalies are among the ``alerts`` rows that score highest.

    Where rows tie at the last place, the mean over all ways to break the tie.
    """
    _, true_positives, predicted = ranking.counts
    last = int(np.searchsorted(predicted, alerts))
    found, rows = int(true_positives[last]), int(predicted[last])
    found_above, rows_above = (int(true_positives[last - 1]), int(predicted[last - 1])) if last else (0, 0)
    return found_above + (alerts - rows_above) * (found - found_above) / (rows - rows_above)


def precision_at_n(ranking: Ranking) -> float:
    """The fraction of anomalies among as many rows as there are anomalies."""
    n = int(ranking.counts.true_positives[-1])
    return found_among(ranking, n) / n


def _prevalence(anomalies: int, normals: int) -> float:
    return anomalies / (anomalies + normals)


@dataclass(frozen=True)
class AlertBudget:
    """How many rows somebody can look at: a number, or a fraction of all, and at least one."""

    rows: int | float

    @property
    def name(self) -> str:
        return f"{self.rows}" if isinstance(self.rows, int) else f"{100 * self.rows:g}pct"

    @property
    def title(self) -> str:
        return f"{self.rows} alerts" if isinstance(self.rows, int) else f"{100 * self.rows:g} % alerts"

    @property
    def explanation(self) -> str:
        return f"{self.rows} rows" if isinstance(self.rows, int) else f"{100 * self.rows:g} % of the rows"

    def alerts(self, rows: int) -> int:
        """Of so many rows, how many are looked at."""
        wanted = self.rows if isinstance(self.rows, int) else round(self.rows * rows)
        return min(max(wanted, 1), rows)

    def precision(self, ranking: Ranking) -> float:
        alerts = self.alerts(len(ranking.y))
        return found_among(ranking, alerts) / alerts

    def recall(self, ranking: Ranking) -> float:
        found = found_among(ranking, self.alerts(len(ranking.y)))
        return float(found / ranking.counts.true_positives[-1])

    def chance_of_recall(self, anomalies: int, normals: int) -> float:
        return self.alerts(anomalies + normals) / (anomalies + normals)

    def metrics(self) -> tuple[Metric, Metric]:
        return (
            Metric(f"precision_at_{self.name}", f"precision at {self.title}",
                   f"the fraction of anomalies among the {self.explanation} that score highest",
                   self.precision, "scores", chance=_prevalence),
            Metric(f"recall_at_{self.name}", f"recall at {self.title}",
                   f"the fraction of the anomalies that are among the {self.explanation} that score highest",
                   self.recall, "scores", chance=self.chance_of_recall),
        )  # fmt: skip


ALERT_BUDGETS = (AlertBudget(10), AlertBudget(0.01), AlertBudget(0.05))
METRICS = (
    Metric("adjusted_ap", "adjusted AP",
           "average precision adjusted for chance, (AP - p) / (1 - p) where p is the fraction of anomalies: "
           "near 0 for scores that know nothing, 1 for perfect ones (Campos et al., 2016)",
           adjusted_ap, "scores", shown="everywhere", bounds=(-1, 1), chance=_chance_of_adjusted_ap,
           from_others=_from_average_precision),
    Metric("roc_auc", "ROC AUC", "the area under the ROC curve, 0.5 for scores that know nothing", roc_auc,
           "scores", shown="everywhere", chance=lambda *_: 0.5),
    Metric("average_precision", "AP", "average precision, the area under the precision-recall curve by steps",
           average_precision, "scores", shown="leaderboard", chance=chance_of_average_precision),
    Metric("precision_at_n", "precision at n",
           "the fraction of anomalies among the n highest scores, n being the number of anomalies",
           precision_at_n, "scores", chance=_prevalence),
    *(metric for budget in ALERT_BUDGETS for metric in budget.metrics()),
)  # fmt: skip
