"""The page: a folder that opens from disk, with no network."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.analysis.results import SuiteResults
from bench.files import write_files
from bench.report.page.assets import assets
from bench.report.page.content import explanations, suite_parts
from bench.report.page.rendering import render
from bench.report.statistics import Comparisons

FOLDER = "report"


def write_page(loaded: Sequence[SuiteResults], judged: Sequence[Comparisons], results: Path) -> list[Path]:
    """Write the page and what it needs into ``results``/report; returns the path of the page.

    The critical-difference diagrams are those that lie in the folder ``results``. Raises BenchError if it
    cannot be written.
    """
    page = render(suite_parts(loaded, judged, results), explanations(loaded))
    texts = {"index.html": page, **assets()}
    files = write_files({f"{FOLDER}/{name}": text for name, text in texts.items()}, results)
    return files[:1]
