"""The pictures of the page, for a suite and a regime."""

from __future__ import annotations

from bench.report.page.figure import Figure
from bench.report.page.figures import costs, curves, difficulty, heatmap, series
from bench.report.page.view import RegimeView


def figures(view: RegimeView) -> list[Figure]:
    """All that the results allow, in the order in which the page shows them."""
    return [
        *heatmap.figures(view),
        *series.figures(view),
        *costs.figures(view),
        *difficulty.figures(view),
        *curves.figures(view),
    ]
