"""All metrics. A new one is an entry in the file of its family, and stands wherever metrics are shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bench.evaluation import decisions, ranking
from bench.evaluation.decisions import Decisions
from bench.evaluation.entries import Metric, Needs, by_name
from bench.evaluation.ranking import Ranking

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# By name, in the order in which tables show them.
METRICS: dict[str, Metric] = by_name(*ranking.METRICS, *decisions.METRICS)
# The metric that leaderboards are ranked by: no decision that knows nothing can win by it, and it rests on no
# threshold. docs/guide/report.md says what the choice was measured on.
RANKED_BY = METRICS["adjusted_ap"]
# The metric that threshold policies are judged by.
DECIDED_BY = METRICS["f1"]
# Where a record keeps the metrics that need no threshold; each policy's others stand under its name.
RANKING = "ranking"


def evaluate(
    scores: NDArray[np.float64], y: NDArray[Any], thresholds: Mapping[str, float]
) -> dict[str, dict[str, float]]:
    """Metrics by policy and name: ``ranking`` for those that need no threshold, then each policy's.

    scores, y: shape (n,). Needs both classes in ``y`` and finite scores. A row is predicted to be an anomaly
    if it scores above the threshold.
    """
    return {
        RANKING: measured("scores", Ranking(scores, y)),
        **{policy: judged(scores > threshold, y) for policy, threshold in thresholds.items()},
    }


def judged(predicted: NDArray[np.bool_], y: NDArray[Any]) -> dict[str, float]:
    """The metrics of decisions, both arguments of shape (n,)."""
    return measured("threshold", Decisions.of(predicted, y))


def measured(needs: Needs, material: Ranking | Decisions) -> dict[str, float]:
    """The metrics, by name, that need such material."""
    return {name: metric.function(material) for name, metric in METRICS.items() if metric.needs == needs}


def fill_in(metrics: Mapping[str, dict[str, float]], prevalence: float) -> None:
    """Add to stored metrics, by policy and name, what has come since and follows from the others."""
    found = metrics.get(RANKING)
    if found:
        for name, metric in METRICS.items():
            if metric.from_others and name not in found:
                value = metric.from_others(found, prevalence)
                if value is not None:
                    found[name] = value
