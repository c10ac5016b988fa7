"""All metrics. A new one is an entry in the file of its family, and stands wherever metrics are shown."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bench.evaluation import decisions, ranking, series
from bench.evaluation.decisions import Decisions
from bench.evaluation.entries import Metric, Needs, by_name
from bench.evaluation.ranges import Layout
from bench.evaluation.ranking import Ranking
from bench.evaluation.series import Alarms, Series

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# By name, in the order in which tables show them.
METRICS: dict[str, Metric] = by_name(*series.METRICS, *ranking.METRICS, *decisions.METRICS)
# What leaderboards are ranked by: the first of these that all trials of a suite have; for series VUS-PR, as
# TSB-AD is. They rest on no threshold, and no decision that knows nothing can win by adjusted AP:
# docs/guide/report.md says what the choice was measured on.
RANKED_BY = (METRICS["vus_pr"], METRICS["adjusted_ap"])
# The metric that threshold policies are judged by.
DECIDED_BY = METRICS["f1"]
# Where a record keeps the metrics that need no threshold; each policy's others stand under its name.
RANKING = "ranking"
# What follows from other metrics, by whether it is of decisions.
_FOLLOWING = {
    has_threshold: [
        (name, metric.from_others)
        for name, metric in METRICS.items()
        if metric.from_others and metric.has_threshold == has_threshold
    ]
    for has_threshold in (False, True)
}


def evaluate(
    scores: NDArray[np.float64],
    y: NDArray[Any],
    thresholds: Mapping[str, float],
    layout: Layout | None = None,
) -> dict[str, dict[str, float]]:
    """Metrics by policy and name: ``ranking`` for those that need no threshold, then each policy's.

    scores, y: shape (n,). Needs both classes in ``y`` and finite scores. A row is predicted to be an anomaly
    if it scores above the threshold. layout: how the rows lie in series, without which there are no metrics
    of series.
    """
    ranking = measured("scores", Ranking(scores, y))
    if layout is not None:
        ranking |= measured("ranges", Series(scores, y, layout))
    decided = {policy: judged(scores > threshold, y, layout) for policy, threshold in thresholds.items()}
    return {RANKING: ranking, **decided}


def judged(predicted: NDArray[np.bool_], y: NDArray[Any], layout: Layout | None = None) -> dict[str, float]:
    """The metrics of decisions, both arguments of shape (n,); of series, too, where they lie in some."""
    found = measured("threshold", Decisions.of(predicted, y))
    return found if layout is None else found | measured("alarms", Alarms(predicted, y, layout))


def measured(needs: Needs, material: Ranking | Decisions | Series | Alarms) -> dict[str, float]:
    """The metrics, by name, that need such material and have a value for it."""
    found = {name: metric.function(material) for name, metric in METRICS.items() if metric.needs == needs}
    return {name: value for name, value in found.items() if not math.isnan(value)}


def fill_in(metrics: Mapping[str, dict[str, float]], prevalence: float) -> None:
    """Add to stored metrics, by policy and name, what has come since and follows from the others."""
    for group, found in metrics.items():
        for name, follow in _FOLLOWING[group != RANKING]:
            if name not in found:
                value = follow(found, prevalence)
                if value is not None:
                    found[name] = value


def without_following(
    metrics: Mapping[str, dict[str, float]], prevalence: float
) -> dict[str, dict[str, float]]:
    """Metrics, by policy and name, without those of decisions that `fill_in` adds to the others.

    Ranking metrics stay: from figures that are rounded other detectors would be tied.
    """
    following = dict(_FOLLOWING[True])
    return {
        group: {
            name: value
            for name, value in figures.items()
            if group == RANKING or name not in following or following[name](figures, prevalence) is None
        }
        for group, figures in metrics.items()
    }
