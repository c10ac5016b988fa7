"""Writing results as files: tables and the page. The same stored runs give the same bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from bench.analysis.results import SuiteResults
from bench.files import write_files
from bench.report import alerts, leaderboard, statistics, thresholds, timing
from bench.report.page import page_files
from bench.report.page.signals import PointsOf, no_points
from bench.report.suite import SuiteReport

# What is in a section for each suite, as `bench.report.suite.Tables` calls it.
_TITLES = {
    "leaderboard": "Leaderboards", "statistics": "Statistics", "thresholds": "Thresholds",
    "alerts": "Alerts and costs", "timing": "Timing",
}  # fmt: skip


def write_report(loaded: Sequence[SuiteResults], results: Path, points: PointsOf = no_points) -> list[Path]:
    """Write every table that the results allow, and the page, into the folder ``results``.

    ``points`` gives the test points of series, which the page draws. Returns the paths of the tables and of
    the page. Raises BenchError if the folder cannot be written.
    """
    suites = [SuiteReport(each, points) for each in loaded]
    written = write_files(_texts(suites, {each.name for each in loaded}), results)
    page, *_ = write_files(page_files([each.page for each in suites], _explanations(loaded)), results)
    return [*written, page]


def write_tables(loaded: Sequence[SuiteResults], results: Path, *, own_files: Collection[str]) -> list[Path]:
    """As `write_report`, without the page. ``own_files``: the suites whose studies are written."""
    return write_files(_texts([SuiteReport(each) for each in loaded], own_files), results)


def thresholds_table(loaded: Sequence[SuiteResults]) -> str:
    """The text of thresholds.md."""
    return _document(_TITLES["thresholds"], thresholds.explanation(loaded), map(thresholds.section, loaded))


def _texts(suites: Sequence[SuiteReport], own_files: Collection[str]) -> dict[str, str]:
    """The tables by their files' names."""
    loaded = [each.results for each in suites]
    explanations = _explanations(loaded)
    tables = [each.tables for each in suites]
    texts = {
        f"{kind}.md": _document(title, explanations[kind], (getattr(each, kind) for each in tables))
        for kind, title in _TITLES.items()
    }
    texts["leaderboard.csv"] = _csv(
        leaderboard.shown_names(loaded), (each.leaderboard_csv for each in tables)
    )
    texts["statistics.csv"] = _csv(statistics.PAIR_COLUMNS, (each.statistics_csv for each in tables))
    for suite in suites:
        texts |= suite.tables.diagrams
        if suite.results.name in own_files:
            texts |= suite.studies.files
    return texts


def _explanations(loaded: Sequence[SuiteResults]) -> dict[str, str]:
    """How to read each kind of table, in Markdown."""
    return {
        "leaderboard": leaderboard.explanation(loaded),
        "statistics": statistics.EXPLANATION,
        "thresholds": thresholds.explanation(loaded),
        "alerts": alerts.EXPLANATION,
        "timing": timing.EXPLANATION,
    }


def _document(title: str, explanation: str, sections: Iterable[str]) -> str:
    return "\n\n".join([f"# {title}", explanation, *filter(None, sections)]) + "\n"


def _csv(names: Sequence[str], tables: Iterable[str]) -> str:
    """Tables of CSV as one, with the columns ``names``."""
    together = io.StringIO()
    writer = csv.DictWriter(together, names, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for text in tables:
        writer.writerows(csv.DictReader(io.StringIO(text)))
    return together.getvalue()
