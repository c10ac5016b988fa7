"""Threshold policies: how scores become decisions. A row is called anomalous if it scores above."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.evaluation.metrics import counts_from_the_top

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Holdout = tuple[NDArray[np.float64], NDArray[Any]]

POLICIES = ("native", "train-quantile", "calibration", "oracle")
# What stands in for ``native`` where a detector has no threshold of its own.
STAND_IN = "train-quantile"
# The policies that a leaderboard may be ranked by: they need no more labels than the detector had.
HEADLINES = ("native", "train-quantile")


def thresholds(
    *,
    native: float | None,
    train_scores: NDArray[np.float64],
    contamination: float,
    test_scores: NDArray[np.float64],
    y_test: NDArray[Any],
    holdout: Holdout | None = None,
) -> dict[str, float]:
    """The threshold of each policy that applies.

    native: the detector's own, if it has one. train-quantile: the training rows' score that a share of
    ``contamination`` of them exceeds. calibration: the one with the best F1 on the rows of ``holdout``, by
    scores and labels, if both classes are there. oracle: the one with the best F1 on the test rows.
    """
    found = {} if native is None else {"native": float(native)}
    found["train-quantile"] = float(np.quantile(train_scores, 1 - contamination))
    if holdout is not None and 0 < (holdout[1] == 1).sum() < len(holdout[1]):
        found["calibration"] = middle_best_f1_threshold(*holdout)
    found["oracle"] = best_f1_threshold(test_scores, y_test)
    return found


def headline_decision(metrics: Mapping[str, Mapping[str, float]], headline: str) -> Mapping[str, float]:
    """A record's metrics under the headline policy; the stand-in's where that does not apply."""
    return metrics.get(headline) or metrics.get(STAND_IN, {})


def best_f1_threshold(scores: NDArray[np.float64], y: NDArray[Any]) -> float:
    """The threshold with the highest F1 of the anomaly class, the highest one if there are several."""
    lowest_called, _ = _best_f1_gap(scores, y)
    return float(np.nextafter(lowest_called, -np.inf))


def middle_best_f1_threshold(scores: NDArray[np.float64], y: NDArray[Any]) -> float:
    """As `best_f1_threshold`, but in the middle of the gap below the lowest score that is called.

    For rows other than these the middle errs less to one side. Where all scores are called it is just
    below the lowest.
    """
    lowest_called, highest_passed = _best_f1_gap(scores, y)
    just_below = np.nextafter(lowest_called, -np.inf)
    if highest_passed is None:
        return float(just_below)
    middle = lowest_called / 2 + highest_passed / 2  # halved first: the sum of two may overflow
    return float(middle if highest_passed <= middle < lowest_called else just_below)


def _best_f1_gap(scores: NDArray[np.float64], y: NDArray[Any]) -> tuple[float, float | None]:
    """The lowest score that is called, at the best F1, and the next lower score, if there is one."""
    values, hits, called = counts_from_the_top(scores, y)
    best = int(np.argmax(2 * hits / (called + hits[-1])))
    return float(values[best]), float(values[best + 1]) if best + 1 < len(values) else None
