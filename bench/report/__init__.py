"""Writing results as files: tables and the page. The same stored runs give the same bytes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from bench.analysis.results import SuiteResults
from bench.files import write_files
from bench.report import leaderboard, statistics, thresholds, timing
from bench.report.page import write_page
from bench.report.statistics import Comparisons
from bench.report.studies import study_texts


def write_report(loaded: Sequence[SuiteResults], results: Path) -> list[Path]:
    """Write every table that the results allow, and the page, into the folder ``results``.

    Returns the paths of the tables and of the page. Raises BenchError if the folder cannot be written.
    """
    judged = statistics.judge_all(loaded)
    return [*_write_tables(loaded, judged, results, {suite.name for suite in loaded}),
            *write_page(loaded, judged, results)]  # fmt: skip


def write_tables(loaded: Sequence[SuiteResults], results: Path, *, own_files: Collection[str]) -> list[Path]:
    """As `write_report`, without the page. ``own_files``: the suites whose own files are written."""
    return _write_tables(loaded, statistics.judge_all(loaded), results, own_files)


def _write_tables(
    loaded: Sequence[SuiteResults], judged: Sequence[Comparisons], results: Path, own_files: Collection[str]
) -> list[Path]:
    texts = {
        "leaderboard.md": leaderboard.markdown(loaded),
        "leaderboard.csv": leaderboard.csv(loaded),
        "timing.md": timing.markdown(loaded),
        "thresholds.md": thresholds.markdown(loaded),
        **statistics.texts(judged),
    }
    for suite in loaded:
        if suite.name in own_files:
            texts |= study_texts(suite)
    return write_files(texts, results)
