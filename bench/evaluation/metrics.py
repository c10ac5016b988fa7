"""Scores and labels to metrics. The anomaly class is the positive one throughout."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Metrics = dict[str, dict[str, float]]

RANKING = ("roc_auc", "average_precision", "precision_at_n")
DECISION = ("precision", "recall", "f1", "accuracy", "macro_f1")


def evaluate(scores: NDArray[np.float64], y: NDArray[Any], thresholds: Mapping[str, float]) -> Metrics:
    """Metrics by policy and name: ``ranking`` for those that need no threshold, then each policy's.

    scores, y: shape (n,). Needs both classes in ``y`` and finite scores.
    """
    return {
        "ranking": ranking_metrics(scores, y),
        **{policy: decision_metrics(scores > t, y) for policy, t in thresholds.items()},
    }


def ranking_metrics(scores: NDArray[np.float64], y: NDArray[Any]) -> dict[str, float]:
    """Area under the ROC curve, average precision, and precision among the n highest scores.

    The first two are those of scikit-learn, which would take longer to import than many trials to run.
    """
    _, hits, called = counts_from_the_top(scores, y)
    found = np.diff(hits, prepend=0)
    return {
        "roc_auc": _area(hits, called),
        "average_precision": float((found * hits / called).sum() / hits[-1]),
        "precision_at_n": precision_at_n(scores, y),
    }


def roc_auc(scores: NDArray[np.float64], y: NDArray[Any]) -> float:
    """Area under the ROC curve."""
    _, hits, called = counts_from_the_top(scores, y)
    return _area(hits, called)


def _area(hits: NDArray[np.intp], called: NDArray[np.intp]) -> float:
    """By trapezoids, which count a tie for half."""
    found, false_alarms = np.diff(hits, prepend=0), np.diff(called - hits, prepend=0)
    normals = called[-1] - hits[-1]
    return float((false_alarms * (2 * hits - found)).sum() / (2 * hits[-1] * normals))


def counts_from_the_top(
    scores: NDArray[np.float64], y: NDArray[Any]
) -> tuple[NDArray[np.float64], NDArray[np.intp], NDArray[np.intp]]:
    """Each distinct score, the highest first; how many anomalies and how many rows score at least that."""
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    last_of_tie = np.append(ranked[1:] != ranked[:-1], True)
    hits = np.cumsum(y[order] == 1)
    return ranked[last_of_tie], hits[last_of_tie], np.flatnonzero(last_of_tie) + 1


def precision_at_n(scores: NDArray[np.float64], y: NDArray[Any]) -> float:
    """Share of anomalies among the n highest scores, n being the number of anomalies.

    Where rows tie at the n-th place, the expected value over all ways to break the tie.
    """
    n = int(y.sum())
    border = np.partition(scores, -n)[-n]
    above, tied = scores > border, scores == border
    places_left = n - above.sum()
    return float((y[above].sum() + places_left * y[tied].mean()) / n)


def decision_metrics(called: NDArray[np.bool_], y: NDArray[Any]) -> dict[str, float]:
    """Precision, recall and F1 of the anomaly class, accuracy, and F1 averaged over both classes.

    A ratio without a denominator, such as the precision of a detector that calls nothing, is 0.
    """
    truth = y == 1
    hits, false_alarms = int((called & truth).sum()), int((called & ~truth).sum())
    misses, passed = int((~called & truth).sum()), int((~called & ~truth).sum())
    f1 = _ratio(2 * hits, 2 * hits + false_alarms + misses)
    return {
        "precision": _ratio(hits, hits + false_alarms),
        "recall": _ratio(hits, hits + misses),
        "f1": f1,
        "accuracy": _ratio(hits + passed, len(y)),
        "macro_f1": (f1 + _ratio(2 * passed, 2 * passed + false_alarms + misses)) / 2,
    }


def _ratio(numerator: int, denominator: int) -> float:
    return numerator / denominator if denominator else 0.0
