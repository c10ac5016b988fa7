"""Whether it helps to choose a detector by a table's size: trees, judged on sources they have not seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from bench import escaping
from bench.analysis.cells import NONE, Row, TableCell, number
from bench.analysis.results import SuiteResults
from bench.analysis.statistics.intervals import mean_interval
from bench.analysis.tree import (
    FEATURES,
    FEWEST_SOURCES,
    FOLDS,
    LEAST_TABLES,
    REPEATS,
    Leaf,
    Tables,
    cross_validated,
    known_tables,
    leaves,
)
from bench.report.markdown import items, table
from bench.report.statistics import mean_with_interval
from bench.report.studies._pairs import DIGITS, METRICS

# Of the trees that are tried, and of the one that is shown.
DEPTHS, DEPTH = (1, 2, 3), 2
# What everybody has.
COMMON = "isolation_forest"
TREE = f"""\
A regression tree learns what each detector's figure is by what is known of a table before any label:
{", ".join(FEATURES)}. Each leaf has {LEAST_TABLES} tables or more and takes the
detector with the highest figure there. *Loss* is how far the chosen detector is below the one that is best on
the table in hindsight. What is learnt from some sources of tables is judged on the others ({FOLDS} folds of
sources, {REPEATS} times). So is the *single detector*, the one that loses least on the sources that the tree
learns from; *less* is what a choice loses less than that. Bootstrap intervals over sources, 95 %."""


def size_parts(results: SuiteResults, regime: str) -> Iterator[str]:
    """Whether it helps to choose by a table's size, by each metric."""
    return tree_parts({title: known_tables(results, regime, metric) for metric, title in METRICS.items()})


def tree_parts(by_metric: Mapping[str, Tables]) -> Iterator[str]:
    """Whether it helps to choose by a table's size, and the trees, by the titles of metrics.

    Nothing where there are too few sources.
    """
    if any(tables.sources.nunique() < FEWEST_SOURCES for tables in by_metric.values()):
        return
    yield "## Choosing by size"
    yield TREE
    for title, tables in by_metric.items():
        losses = cross_validated(tables, DEPTHS)
        if COMMON in tables.losses:
            losses[COMMON] = tables.over_sources(tables.losses)[COMMON]
        yield f"By {title}: {verdict(losses['single'] - losses[DEPTH])} Over all tables it is"
        yield items(map(in_words, leaves(tables, DEPTH)))
        yield table(["choice", "loss", "less"], loss_rows(losses))


def verdict(gains: pd.Series) -> str:
    """Whether a tree loses less than the single detector, by how much less on each source; a sentence."""
    low, high = mean_interval(gains.to_numpy(float))
    mean = f"{abs(gains.mean()):.{DIGITS}f}"
    if low > 0:
        return f"the tree helps, it loses {mean} less than the single detector."
    if high < 0:
        return f"the tree is worse than the single detector, it loses {mean} more."
    return "the tree is not shown to be any better than the single detector."


def in_words(leaf: Leaf) -> str:
    """A leaf: its conditions, its detector, how many tables it rests on."""
    conditions = " and ".join(leaf.conditions) or "all tables"
    return f"{conditions}: {escaping.markdown(leaf.detector)} ({leaf.tables} tables)"


def loss_rows(losses: pd.DataFrame) -> Iterator[Row]:
    """For each way to choose its mean loss over sources, and how much less that is than the single one's."""
    words = {"single": "the single detector", COMMON: f"{COMMON} on every table"}
    for way, own in losses.items():
        less = losses["single"] - own
        yield [
            words.get(str(way), f"a tree of depth {way}"),
            _mean(own),
            NONE if way == "single" else _mean(less),
        ]
    yield ["the best in hindsight", number(0, DIGITS), NONE]


def _mean(values: pd.Series) -> TableCell:
    return mean_with_interval(values.to_numpy(float), DIGITS)
