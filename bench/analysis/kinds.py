"""Kinds of table: what tells tables apart that suit one detector or another, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bench.analysis.results import SuiteResults
from bench.analysis.statistics.blocks import Blocks, by_dataset_and_seed, over_datasets


@dataclass(frozen=True)
class Size:
    """A table's size: training rows, columns, and the share of test rows that are anomalies."""

    train: int
    columns: int
    anomalies: float


@dataclass(frozen=True)
class Kind:
    """What tables are told apart by. A table is of the first of ``words`` below the first of ``bounds``, and
    so on; of the last at the last bound and above.
    """

    title: str
    of: Callable[[Size], float]
    bounds: tuple[float, ...]
    words: tuple[str, ...]

    def word(self, size: Size) -> str:
        return self.words[int(np.searchsorted(self.bounds, self.of(size), "right"))]


KINDS = (
    Kind("columns", lambda size: size.columns, (6, 21), ("up to 5", "6 to 20", "more than 20")),
    Kind(
        "training rows",
        lambda size: size.train,
        (1000, 3000),
        ("below 1000", "1000 to 2999", "3000 or more"),
    ),
    Kind(
        "anomalies among test rows",
        lambda size: size.anomalies,
        (0.05, 0.2),
        ("below 5 %", "5 to 20 %", "20 % or more"),
    ),
)


def by_kind(
    results: SuiteResults, regime: str, metric: str | None = None
) -> Iterator[tuple[str, str, Blocks]]:
    """For each kind its title, and with each of its words the independent datasets of which that is true.

    ``metric`` is as for `bench.analysis.statistics.blocks.all_blocks`; what did not end "ok" counts as zero.
    """
    values = by_dataset_and_seed(results, regime, metric, "zero")
    known = sizes(results, regime)
    for kind in KINDS:
        words = {label: kind.word(size) for label, size in known.items()}
        for word in kind.words:
            own = values.index.get_level_values("dataset").map(words.get) == word
            if own.any():
                yield kind.title, word, over_datasets(values[own])


def sizes(results: SuiteResults, regime: str) -> dict[str, Size]:
    """The size of each dataset under a regime, by its label, over the records of trials that ended "ok"."""
    frame = results.board(regime)
    records = frame["record"][(frame["status"] == "ok") & frame["record"].notna()]
    rows = pd.DataFrame(
        [
            (record.dataset.label, each.train, each.columns, each.test, each.test_anomalies)
            for record in records
            if (each := record.rows).train and each.columns and each.test and each.test_anomalies is not None
        ],
        columns=["dataset", "train", "columns", "test", "anomalies"],
    )
    # A share of sums, not a mean of shares, which rounding moves across a bound.
    return {
        str(label): Size(
            int(each["train"].mean()),
            int(each["columns"].mean()),
            each["anomalies"].sum() / each["test"].sum(),
        )
        for label, each in rows.groupby("dataset", sort=False)
    }
