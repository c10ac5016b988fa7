"""The page: a folder that opens from disk, with no network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bench.analysis.results import SuiteResults
from bench.report.answers import Answer
from bench.report.page.assets import assets
from bench.report.page.content import suite_part
from bench.report.page.section import PageSection
from bench.report.page.signals import PointsOf, no_points
from bench.report.statistics import Comparisons

FOLDER = "report"


def page_section(
    results: SuiteResults,
    judged: Sequence[Comparisons],
    drawings: Mapping[str, str],
    points: PointsOf = no_points,
) -> PageSection:
    """What the page shows of a suite. ``drawings`` are the diagrams of the comparisons, by their files;
    ``points`` gives the test points of series.
    """
    from bench.report.page.rendering import render_suite

    part = suite_part(results, judged, drawings, points)
    detectors = sorted({name for regime in part.regimes for name in regime.board.detectors})
    answers = [Answer(regime.name, regime.answer) for regime in part.regimes]
    return PageSection(part.name, part.title, part.anchor, answers, detectors, render_suite(part))


def page_files(sections: Sequence[PageSection], explanations: Mapping[str, str]) -> dict[str, str]:
    """The page and what it needs, by file; the page is the first."""
    from bench.report.page.rendering import render_page

    texts = {"index.html": render_page(sections, explanations), **assets()}
    return {f"{FOLDER}/{name}": text for name, text in texts.items()}
