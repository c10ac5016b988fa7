"""Metrics of series: points in time order with labelled ranges, and their scores or decisions.

Of several series, each is the mean over those that have an anomaly; event recall and detection delay are of
the ranges of all. What scores have that know nothing rests on how ranges lie, so no entry states it: the row
of ``random_score`` on the same board shows it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.evaluation.affiliation import affiliation_f1, affiliation_precision, affiliation_recall
from bench.evaluation.entries import Metric
from bench.evaluation.events import delays, point_adjusted_f1
from bench.evaluation.overlap import range_f1, range_precision, range_recall
from bench.evaluation.ranges import Layout, mean
from bench.evaluation.volumes import Areas, range_areas, volumes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]
    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Series:
    """Finite scores and labels of the points of series, both of shape (n,); one or more are anomalies.

    Raises ValueError where n is not the number of points that the layout has.
    """

    scores: Floats
    y: NDArray[Any]
    layout: Layout

    def __post_init__(self) -> None:
        self.layout.check(self.scores, self.y)

    @cached_property
    def volumes(self) -> list[Areas]:
        """VUS of each series that has an anomaly."""
        return [volumes(scores, labels, self.layout.window) for scores, labels in self.parts]

    @cached_property
    def range_areas(self) -> list[Areas]:
        """R-AUC of each series that has an anomaly."""
        return [range_areas(scores, labels, self.layout.window) for scores, labels in self.parts]

    @cached_property
    def delays(self) -> Floats:
        """As `bench.evaluation.events.delays`, of all labelled ranges."""
        return delays(self.scores, self.y == 1, self.layout)

    @property
    def parts(self) -> list[tuple[Floats, Flags]]:
        """Scores and labels of each series that has an anomaly."""
        return [(scores, y == 1) for scores, y in self.layout.parts(self.scores, self.y) if (y == 1).any()]


@dataclass(frozen=True)
class Alarms:
    """Which points of series are predicted to be anomalies, and their labels, both of shape (n,).

    Raises ValueError where n is not the number of points that the layout has.
    """

    predicted: Flags
    y: NDArray[Any]
    layout: Layout

    def __post_init__(self) -> None:
        self.layout.check(self.predicted, self.y)

    def mean(self, measure: Callable[[Flags, Flags], float]) -> float:
        """The mean of a measure of predictions and labels over the series that have an anomaly."""
        parts = self.layout.parts(self.predicted, self.y == 1)
        return mean(measure(predicted, labels) for predicted, labels in parts if labels.any())


def event_recall(series: Series) -> float:
    return math.nan if np.isnan(series.delays).any() else float((series.delays < 1).mean())


def detection_delay(series: Series) -> float:
    return float(np.median(series.delays))


METRICS = (
    Metric("vus_pr", "VUS-PR",
           "the volume under the precision-recall surface: the area under the precision-recall curve, with "
           "labels that fall with the distance from a range, the mean over windows for that up to the period "
           "of the series (Paparrizos et al., 2022, as in TSB-AD)",
           lambda series: mean(areas.pr for areas in series.volumes), "ranges", shown="everywhere"),
    Metric("vus_roc", "VUS-ROC", "the same volume under ROC curves",
           lambda series: mean(areas.roc for areas in series.volumes), "ranges", shown="leaderboard"),
    Metric("range_auc_pr", "R-AUC-PR",
           "the area under the precision-recall curve with labels that fall with the distance from a range, "
           "for one window, the period of the series (Paparrizos et al., 2022)",
           lambda series: mean(areas.pr for areas in series.range_areas), "ranges"),
    Metric("range_auc_roc", "R-AUC-ROC", "the same area under the ROC curve",
           lambda series: mean(areas.roc for areas in series.range_areas), "ranges"),
    Metric("event_recall", "event recall",
           "the fraction of the labelled ranges that have an alarm, at the lowest threshold with at most one "
           "false alarm a day (in 1 000 points where the time between points is not known or above an hour); "
           "those of one hour (a 24th of 1 000 points) are one",
           event_recall, "ranges", shown="leaderboard"),
    Metric("detection_delay", "delay",
           "the median over labelled ranges of the fraction of a range that is over when its first point "
           "alarms, at the threshold of event recall; 1 for a range that is missed",
           detection_delay, "ranges", higher_is_better=False),
    Metric("point_adjusted_f1", "point-adjusted F1",
           "F1 at the best of all thresholds where a whole range counts as found if one of its points is (Xu "
           "et al., 2018): scores drawn at random have high values, the higher the longer the ranges",
           lambda series: mean(point_adjusted_f1(*part) for part in series.parts), "ranges"),
    Metric("range_f1", "range F1", "the harmonic mean of range precision and range recall",
           lambda alarms: alarms.mean(range_f1), "alarms", shown="leaderboard"),
    Metric("range_precision", "range precision",
           "the mean, over predicted ranges, of the fraction that is labelled, over the number of labelled "
           "ranges that it meets (Tatbul et al., 2018)",
           lambda alarms: alarms.mean(range_precision), "alarms"),
    Metric("range_recall", "range recall",
           "the mean, over labelled ranges, of the fraction that is predicted, over the number of predicted "
           "ranges that it meets (Tatbul et al., 2018)",
           lambda alarms: alarms.mean(range_recall), "alarms"),
    Metric("affiliation_f1", "affiliation F1", "the harmonic mean of affiliation precision and recall",
           lambda alarms: alarms.mean(affiliation_f1), "alarms", shown="leaderboard"),
    Metric("affiliation_precision", "affiliation precision",
           "how near predicted points are to the nearest labelled range: the probability that a point drawn "
           "at random around that range is no nearer (Huet et al., 2022)",
           lambda alarms: alarms.mean(affiliation_precision), "alarms"),
    Metric("affiliation_recall", "affiliation recall",
           "how near the points of labelled ranges are to predicted ones: the probability that a point drawn "
           "at random around a range is no nearer (Huet et al., 2022)",
           lambda alarms: alarms.mean(affiliation_recall), "alarms"),
)  # fmt: skip
