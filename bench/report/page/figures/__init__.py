"""The pictures of the page, for a suite and a regime."""

from __future__ import annotations

from bench.report.page.figure import Figure
from bench.report.page.figures import costs, curves, difficulty, heatmap, kinds, leaders, series
from bench.report.page.view import RegimeView


def answering(view: RegimeView) -> list[Figure]:
    """Those that answer who is better, at what cost and where: they are seen at once."""
    return [*leaders.figures(view), *costs.figures(view, [view.ranked_by]), *kinds.figures(view)]


def figures(view: RegimeView) -> list[Figure]:
    """The others that the results allow, in the order in which the page shows them."""
    return [
        *heatmap.figures(view),
        *series.figures(view),
        *costs.figures(view, [each for each in view.qualities if each != view.ranked_by]),
        *difficulty.figures(view),
        *curves.figures(view),
    ]
