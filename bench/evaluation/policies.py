"""All threshold policies. A new one is an entry here, and stands wherever policies are shown."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.evaluation.entries import Policy, Scored, by_name
from bench.evaluation.ranking import counts_from_the_top
from bench.evaluation.thresholders import THRESHOLDERS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


# A product that should be whole is not one more.
ROUNDING = 1e-9


def native(own_threshold: float) -> float:
    return own_threshold


def train_quantile(unseen_scores: Floats, contamination: float) -> float:
    """The conformal quantile: of rows and a new one, drawn alike, each is the highest equally often.

    Fewer than stated lie above it where scores are tied (Vovk et al., 2005).
    """
    n = len(unseen_scores)
    rank = math.ceil((n + 1) * (1 - contamination) - ROUNDING)
    return float(np.sort(unseen_scores)[min(rank, n) - 1])


def calibration(calibration_scores: Floats, calibration_labels: NDArray[Any]) -> float | None:
    anomalies = (calibration_labels == 1).sum()
    if not 0 < anomalies < len(calibration_labels):
        return None
    return middle_best_f1_threshold(calibration_scores, calibration_labels)


def oracle(test_scores: Floats, test_labels: NDArray[Any]) -> float:
    return best_f1_threshold(test_scores, test_labels)


TRAIN_QUANTILE = "train-quantile"
# By name, in the order in which tables show them.
POLICIES: dict[str, Policy] = by_name(
    Policy("native", "the detector's own threshold", native, headline=True),
    Policy(TRAIN_QUANTILE, "the score that the stated fraction of training rows exceeds, scored by models "
           "that have not seen them", train_quantile, headline=True),
    Policy(
        "calibration",
        "the threshold with the best F1 on labelled rows that the detector has not learnt from",
        calibration,
    ),
    Policy("oracle", "the threshold with the best F1 on the test rows' own labels", oracle),
    *THRESHOLDERS.values(),
)  # fmt: skip
# What stands in for the headline policy where that does not apply, as ``native`` where a detector has no
# threshold of its own.
STAND_IN = POLICIES[TRAIN_QUANTILE]
# What all others are measured against.
ORACLE = POLICIES["oracle"]


def headlines() -> list[str]:
    """The policies that may make a board's predictions: they need no more labels than the detector had."""
    return [name for name, policy in POLICIES.items() if policy.headline]


def thresholds(scored: Scored) -> dict[str, float]:
    """The threshold of each policy that a run applies, by name; each sees of ``scored`` what it names."""
    found = {name: policy(scored) for name, policy in POLICIES.items() if not policy.afterwards}
    return {name: float(threshold) for name, threshold in found.items() if threshold is not None}


def headline_decision(metrics: Mapping[str, Mapping[str, float]], headline: str) -> Mapping[str, float]:
    """A record's metrics under the headline policy; the stand-in's where that does not apply."""
    return metrics.get(headline) or metrics.get(STAND_IN.name, {})


def best_f1_threshold(scores: Floats, y: NDArray[Any]) -> float:
    """The threshold with the highest F1 of the anomaly class, the highest one if there are several."""
    lowest_positive, _ = _best_f1_gap(scores, y)
    return float(np.nextafter(lowest_positive, -np.inf))


def middle_best_f1_threshold(scores: Floats, y: NDArray[Any]) -> float:
    """As `best_f1_threshold`, but in the middle of the gap below the lowest score of a predicted positive.

    For rows other than these the middle errs less to one side. Where all rows are predicted positive it is
    just below the lowest.
    """
    lowest_positive, highest_negative = _best_f1_gap(scores, y)
    just_below = np.nextafter(lowest_positive, -np.inf)
    if highest_negative is None:
        return float(just_below)
    middle = lowest_positive / 2 + highest_negative / 2  # halved first: the sum of two may overflow
    return float(middle if highest_negative <= middle < lowest_positive else just_below)


def _best_f1_gap(scores: Floats, y: NDArray[Any]) -> tuple[float, float | None]:
    """The lowest score of a predicted positive, at the best F1, and the next lower score, if there is one."""
    values, true_positives, predicted = counts_from_the_top(scores, y)
    best = int(np.argmax(2 * true_positives / (predicted + true_positives[-1])))
    return float(values[best]), float(values[best + 1]) if best + 1 < len(values) else None
