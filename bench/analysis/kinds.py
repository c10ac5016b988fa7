"""Kinds of table: what tells tables apart that suit one detector or another, in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bench.analysis.results import SuiteResults


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


def sizes(results: SuiteResults, regime: str) -> dict[str, Size]:
    """The size of each dataset under a regime, by its label, as records of trials that ended "ok" give it:
    the mean over seeds.
    """
    frame = results.board(regime)
    records = frame["record"][(frame["status"] == "ok") & frame["record"].notna()]
    rows = pd.DataFrame(
        [
            (record.dataset.label, each.train, each.columns, each.test_anomalies / each.test)
            for record in records
            if (each := record.rows).train and each.columns and each.test and each.test_anomalies is not None
        ],
        columns=["dataset", "train", "columns", "anomalies"],
    )
    means = rows.groupby("dataset", sort=False).mean()
    return {
        str(label): Size(int(row["train"]), int(row["columns"]), float(row["anomalies"]))
        for label, row in means.iterrows()
    }
