"""Writing results as files. The same stored runs give the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from bench.analysis.reproduction import SUITES, published_lines
from bench.analysis.results import SuiteResults
from bench.report import leaderboard, recommendation, regimes, reproduction, statistics, thresholds, timing
from bench.report.files import write_texts

# Suites that answer a question of their own, each in a file of its own.
OWN_FILES: dict[str, Callable[[SuiteResults], str]] = {
    "regimes": regimes.markdown,
}


def write_report(
    loaded: Sequence[SuiteResults], results: Path, *, own_files: Collection[str] | None = None
) -> list[Path]:
    """Write every table that the results allow into the folder ``results``; returns their paths.

    ``own_files``: the suites whose own files are written, of those that have some; None for all of them.
    Raises BenchError if the folder cannot be written.
    """
    texts = {
        "leaderboard.md": leaderboard.markdown(loaded),
        "leaderboard.csv": leaderboard.csv(loaded),
        "timing.md": timing.markdown(loaded),
        "thresholds.md": thresholds.markdown(loaded),
        **statistics.texts(loaded),
    }
    for suite in loaded:
        if own_files is not None and suite.name not in own_files:
            continue
        if suite.name in SUITES:
            texts |= reproduction.texts(suite, published_lines(suite.name))
        if suite.name == recommendation.SUITE:
            texts |= recommendation.texts(suite)
        if suite.name in OWN_FILES:
            texts[f"{suite.name}.md"] = OWN_FILES[suite.name](suite)
    return write_texts(texts, results)
