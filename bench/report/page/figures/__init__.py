"""The pictures of the page, for a suite and a regime."""

from __future__ import annotations

from bench.analysis.results import SuiteResults
from bench.report.page.figure import Figure
from bench.report.page.figures import costs, curves, difficulty, heatmap


def figures(results: SuiteResults, regime: str) -> list[Figure]:
    """All that the results allow, in the order in which the page shows them."""
    return [
        *heatmap.figures(results, regime),
        *costs.figures(results, regime),
        *difficulty.figures(results, regime),
        *curves.figures(results, regime),
    ]
