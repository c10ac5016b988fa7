"""What someone meets who is alarmed by scores: events found at a rate of false alarms, and how late.

Time is cut into parts of equal length, the hours of a day. A false alarm is a part in which a normal point
alarms, however many do, and a stretch of them that goes on is one in each part: who always alarms has as many
false alarms as there are hours. Points up to half a window from a labelled range alarm neither rightly nor
falsely.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from bench.evaluation.ranges import Layout, Ranges
from bench.evaluation.ranking import counts_from_the_top

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Integers = NDArray[np.intp]

# False alarms that someone looks at in a day.
BUDGET = 1.0
# The parts of a day, in each of which there is one false alarm at most.
PARTS = 24
# So many points stand for a day where the time between points is not known or is longer than a part.
POINTS = 1000.0


def delays(scores: Floats, is_anomaly: Flags, layout: Layout, budget: float = BUDGET) -> Floats:
    """From the start of each labelled range to its first alarm, as a fraction of its length; 1 without one.

    scores, is_anomaly: shape (n,), of all series together, one of which has an anomaly. The threshold is the
    lowest at which false alarms are within the ``budget`` a day, and at least one in all: points that score
    above it alarm. NaN where no point can alarm falsely.
    """
    labelled = Ranges.of(is_anomaly, layout.starts)
    threshold = _threshold(scores, labelled, layout, budget)
    if math.isnan(threshold):
        return np.full(len(labelled.starts), math.nan)
    alarms = np.append(np.flatnonzero(scores > threshold), len(scores))
    first = alarms[np.searchsorted(alarms, labelled.starts)]
    return np.where(first < labelled.stops, (first - labelled.starts) / labelled.lengths, 1.0)


def _threshold(scores: Floats, labelled: Ranges, layout: Layout, budget: float) -> float:
    day = layout.points_per_day or POINTS
    day = day if day >= PARTS else POINTS
    normal = _far_from(labelled, layout)
    if not len(normal):
        return math.nan
    series = np.searchsorted(layout.starts, normal, side="right") - 1
    part = (normal - layout.starts[series]) // (day / PARTS)
    begins = np.flatnonzero((np.diff(series, prepend=-1) != 0) | (np.diff(part, prepend=-1) != 0))
    highest = np.maximum.reduceat(scores[normal], begins)
    allowed = min(max(int(budget * len(normal) / day), 1), len(highest) - 1)
    return float(-np.partition(-highest, allowed)[allowed])


def _far_from(labelled: Ranges, layout: Layout) -> Integers:
    """The points of each series that are more than half a window from its ranges."""
    ends = np.append(layout.starts[1:], sum(layout.lengths))
    own = np.searchsorted(layout.starts, labelled.starts, side="right") - 1
    change = np.zeros(ends[-1] + 1, dtype=int)
    np.add.at(change, np.maximum(labelled.starts - layout.window // 2, layout.starts[own]), 1)
    np.add.at(change, np.minimum(labelled.stops + layout.window // 2, ends[own]), -1)
    return np.flatnonzero(np.cumsum(change[:-1]) == 0)


def point_adjusted_f1(scores: Floats, is_anomaly: Flags) -> float:
    """Of a series with an anomaly, both arguments of shape (n,), at the best of all thresholds.

    Xu et al. (2018), Unsupervised anomaly detection via variational auto-encoder for seasonal KPIs in web
    applications: one point found is taken for the whole range.
    """
    labelled = Ranges.of(is_anomaly)
    adjusted = scores.copy()
    adjusted[is_anomaly] = np.repeat(labelled.extremes(np.maximum, scores), labelled.lengths)
    _, found, predicted = counts_from_the_top(adjusted, is_anomaly)
    return float((2 * found / (predicted + found[-1])).max())
