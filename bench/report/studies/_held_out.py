"""What choosing a detector without labels loses, where tables of one source are never told apart."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd

from bench.analysis.statistics.intervals import student_interval
from bench.splits.sources import related_group


class MeanLoss(NamedTuple):
    """A mean over sources with Student's 95 % interval."""

    mean: float
    low: float
    high: float


def mean_loss(by_table: pd.Series) -> MeanLoss:
    """The mean over sources of tables, each by the mean over its tables, which are the index."""
    by_source = by_table.groupby(_sources(by_table.index)).mean().to_numpy(float)
    return MeanLoss(float(by_source.mean()), *student_interval(by_source))


def left_out_choices(losses: pd.DataFrame) -> list[tuple[str, Any]]:
    """For each table, a row of losses, the column that loses least on average over all other sources."""
    sources = _sources(losses.index)
    by_source = losses.groupby(sources).mean()
    others = by_source.sum() - by_source
    best = others.idxmin(axis="columns")
    return [(str(name), best[source]) for name, source in zip(losses.index, sources, strict=True)]


def _sources(tables: pd.Index) -> list[str]:
    return [related_group(str(name)) for name in tables]
