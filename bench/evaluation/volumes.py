"""Areas and volumes under curves that forgive an alarm close to a labelled range.

Paparrizos et al. (2022), Volume Under the Surface: a new accuracy evaluation measure for time-series anomaly
detection. Each range gets a buffer on both sides, in which labels fall with the distance from it; the area
under a curve with such labels is R-AUC, and its mean over all lengths of the buffer is VUS. The true positive
rate is multiplied by the fraction of the ranges, with their buffers, that have an alarm.

VUS is that of the benchmark TSB-AD (Liu and Paparrizos, 2024) and of the authors' package vus, R-AUC that of
vus alone. The two differ in more than the mean: in R-AUC all labels in buffers count as positives, alarms or
not, and between two thresholds precision is the mean of both.

The metric that aeon, dtaianomaly and timeeval call VUS-PR is another one, and not here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bench.evaluation.ranges import Ranges

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Integers = NDArray[np.intp]

# So many thresholds, at the scores of equally spaced ranks, whatever the number of points.
THRESHOLDS = 250


class Areas(NamedTuple):
    """Under the ROC curve, NaN without a normal point, and under the precision-recall curve."""

    roc: float
    pr: float


def range_areas(scores: Floats, is_anomaly: Flags, window: int) -> Areas:
    """R-AUC of a series with an anomaly, both arguments of shape (n,)."""
    levels, labels = _levels(scores), _buffered(is_anomaly, window)
    positives = (is_anomaly.sum() + labels.sum()) / 2
    found: Floats = np.cumsum(np.bincount(levels, labels, THRESHOLDS))
    alarms = np.cumsum(np.bincount(levels, minlength=THRESHOLDS))
    met = _met(Ranges.of(labels > 0).extremes(np.minimum, levels))
    rate = np.minimum(found / positives, 1) * met
    precision = np.append(1.0, found / alarms)
    pr = np.diff(rate, prepend=0.0) @ (precision[1:] + precision[:-1]) / 2
    return Areas(_roc_area(alarms - found, len(scores) - positives, rate), float(pr))


def volumes(scores: Floats, is_anomaly: Flags, window: int) -> Areas:
    """VUS of a series with an anomaly, both arguments of shape (n,): the mean over windows from 0 to that.

    With a window of w points a buffer has w // 2. Takes time for n log n + w^2, and memory for n + w.
    """
    levels, labelled = _levels(scores), Ranges.of(is_anomaly)
    alarms = np.cumsum(np.bincount(levels, minlength=THRESHOLDS))
    in_ranges = np.cumsum(np.bincount(levels[is_anomaly], minlength=THRESHOLDS))
    anomalies, points = in_ranges[-1], len(scores)
    by_window = _in_buffers(levels, is_anomaly, labelled, window), _met_by_window(levels, labelled, window)
    areas = []
    for buffered, met in zip(*by_window, strict=True):
        in_buffers = np.cumsum(buffered)
        found, positives = in_ranges + in_buffers, anomalies + in_buffers / 2
        rate = np.minimum(found / positives, 1) * met
        pr = np.diff(rate, prepend=0.0) @ (found / alarms)
        areas.append((_roc_area(alarms - found, points - positives, rate), pr))
    roc, pr = np.mean(areas, axis=0)
    return Areas(float(roc), float(pr))


def _roc_area(false_alarms: Floats, negatives: Floats | float, rate: Floats) -> float:
    """By trapezoids, up to the corner where all is predicted to be an anomaly."""
    if np.min(negatives) <= 0:
        return math.nan
    false_rate = np.concatenate([[0.0], false_alarms / negatives, [1.0]])
    rate = np.concatenate([[0.0], rate, [1.0]])
    return float(np.diff(false_rate) @ (rate[1:] + rate[:-1]) / 2)


def _levels(scores: Floats) -> Integers:
    """From which of the thresholds on, the highest first, each point alarms, shape (n,)."""
    rising = np.sort(-scores)
    thresholds = rising[np.linspace(0, len(scores) - 1, THRESHOLDS).astype(int)]
    return np.searchsorted(thresholds, -scores)


def _met(first: Integers) -> Floats:
    """By threshold, the fraction of some ranges with an alarm, from which threshold on each has one."""
    return np.cumsum(np.bincount(first, minlength=THRESHOLDS)) / len(first)


def _met_by_window(levels: Integers, labelled: Ranges, window: int) -> Iterator[Floats]:
    """For each window the fraction of the ranges with their buffers that have an alarm, by threshold.

    Those that touch are one.
    """
    never = len(levels)
    padded = np.append(levels, THRESHOLDS)  # beyond the ends of the series nothing alarms
    first = labelled.extremes(np.minimum, levels)
    gaps = labelled.starts[1:] - labelled.stops[:-1]
    for reach in range(window // 2 + 1):
        if reach:
            before, after = labelled.starts - reach, labelled.stops - 1 + reach
            first = np.minimum(first, padded[np.where(before < 0, never, before)])
            first = np.minimum(first, padded[np.minimum(after, never)])
        apart = np.flatnonzero(np.append(True, gaps + 1 > 2 * reach))
        met = _met(np.minimum.reduceat(first, apart))
        for _ in _windows(reach, window):
            yield met


def _in_buffers(levels: Integers, is_anomaly: Flags, labelled: Ranges, window: int) -> Iterator[Floats]:
    """For each window the sum of the labels in buffers of what alarms from a threshold on, by threshold.

    Points are counted by their distance from the nearest range and the threshold. Labels of two ranges add up
    and are cut at 1, which they always reach: such a point is counted apart from then on.
    """
    furthest = window // 2
    points, distances = _distances(is_anomaly, labelled, furthest)
    nearest, second = np.sort(distances, axis=0)[:2]
    own = levels[points]
    cells = np.bincount(nearest * THRESHOLDS + own, minlength=(furthest + 1) * THRESHOLDS)
    counts = cells.reshape(-1, THRESHOLDS)
    shared = np.argsort(second, kind="stable")
    ends = np.searchsorted(second[shared], np.arange(furthest + 1), side="right")
    whole, done = np.zeros(THRESHOLDS), 0
    for reach, end in enumerate(ends):
        now = shared[done:end]
        np.subtract.at(counts, (nearest[now], own[now]), 1)
        whole += np.bincount(own[now], minlength=THRESHOLDS)
        done = end
        for length in _windows(reach, window):
            labels = np.sqrt(1 - np.arange(1, reach + 1) / max(length, 1))
            # Not a product of matrices, whose last bits rest on the number of threads.
            yield whole + np.einsum("d,dk->k", labels, counts[1 : reach + 1])


def _windows(reach: int, window: int) -> range:
    """The windows up to ``window`` whose buffers have ``reach`` points."""
    return range(2 * reach, min(2 * reach + 1, window) + 1)


def _buffered(is_anomaly: Flags, window: int) -> Floats:
    """The labels of R-AUC, shape (n,)."""
    labels = is_anomaly.astype(float)
    furthest = window // 2
    points, distances = _distances(is_anomaly, Ranges.of(is_anomaly), furthest)
    for distance in distances:
        near = distance <= furthest
        labels[points[near]] += np.sqrt(1 - distance[near] / window)
    return labels.clip(max=1)


def _distances(is_anomaly: Flags, labelled: Ranges, furthest: int) -> tuple[Integers, Integers]:
    """The normal points at most ``furthest`` from a range, and their distances from four, shape (4, points).

    These are the range before and the one before that, and the two after; of no range it is above that.
    """
    points = np.flatnonzero(~is_anomaly)
    beyond = 2 * len(is_anomaly) + furthest
    lasts = np.concatenate([[-beyond, -beyond], labelled.stops - 1])
    starts = np.concatenate([labelled.starts, [beyond, beyond]])
    after = np.searchsorted(labelled.starts, points)
    near = np.minimum(points - lasts[after + 1], starts[after] - points) <= furthest
    points, after = points[near], after[near]
    return points, np.stack(
        [points - lasts[after + 1], points - lasts[after], starts[after] - points, starts[after + 1] - points]
    )
