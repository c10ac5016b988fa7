"""Threshold policies: how scores become decisions. A row is called anomalous if it scores above."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.metrics import counts_from_the_top

if TYPE_CHECKING:
    from numpy.typing import NDArray

POLICIES = ("native", "train-quantile", "oracle")
# The policies that a leaderboard may be ranked by; the oracle sees the test labels.
# What stands in for ``native`` where a detector has no threshold of its own.
STAND_IN = "train-quantile"
HONEST_POLICIES = ("native", "train-quantile")


def thresholds(
    *,
    native: float | None,
    train_scores: NDArray[np.float64],
    contamination: float,
    test_scores: NDArray[np.float64],
    y_test: NDArray[Any],
) -> dict[str, float]:
    """The threshold of each policy that applies.

    native: the detector's own, if it has one. train-quantile: the training rows' score that a share of
    ``contamination`` of them exceeds. oracle: the one with the best F1 on the test rows.
    """
    found = {} if native is None else {"native": float(native)}
    found["train-quantile"] = float(np.quantile(train_scores, 1 - contamination))
    found["oracle"] = best_f1_threshold(test_scores, y_test)
    return found


def headline_decision(metrics: Mapping[str, Mapping[str, float]], headline: str) -> Mapping[str, float]:
    """A record's metrics under the headline policy; the stand-in's where that does not apply."""
    return metrics.get(headline) or metrics.get(STAND_IN, {})


def best_f1_threshold(scores: NDArray[np.float64], y: NDArray[Any]) -> float:
    """The threshold with the highest F1 of the anomaly class, the highest one if there are several."""
    values, hits, called = counts_from_the_top(scores, y)
    best = int(np.argmax(2 * hits / (called + hits[-1])))
    return float(np.nextafter(values[best], -np.inf))
