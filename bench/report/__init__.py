"""Writing results as files. The same stored runs give the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.analysis.article import compare_with_article
from bench.analysis.results import SuiteResults
from bench.report import article, leaderboard, timing
from bench.report.files import write_texts

ARTICLE = "article"


def write_report(loaded: Sequence[SuiteResults], results: Path) -> list[Path]:
    """Write every table that the results allow into the folder ``results``; returns their paths.

    Raises BenchError if the folder cannot be written.
    """
    texts = {
        "leaderboard.md": leaderboard.markdown(loaded),
        "leaderboard.csv": leaderboard.csv(loaded),
        "timing.md": timing.markdown(loaded),
    }
    of_article = [each for each in loaded if each.name == ARTICLE]
    if of_article:
        texts["article.md"] = article.markdown(of_article[0], compare_with_article(of_article[0]))
    return write_texts(texts, results)
