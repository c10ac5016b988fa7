"""The CSV files that a recommendation leaves: scores of all rows, and rows to label."""

from __future__ import annotations

from itertools import chain, count
from pathlib import Path
from typing import Any

import numpy as np

from bench.errors import BenchError
from bench.recommend.recommending import Recommendation
from bench.recommend.table import LABEL, ROW
from bench.recommend.weighting import rank_shares

WRITTEN = {1: "1", 0: "0", -1: ""}


def write_scores(found: Recommendation, file: Path) -> None:
    """Each row's number in the table's file, its score, the share of rows it is more suspicious than, and the
    columns that drive it, where those were looked for; the most suspicious first.
    """
    import pandas as pd

    order = np.argsort(-found.scores, kind="stable")
    drivers = {place: "; ".join(names) for place, names in zip(found.places, found.drivers, strict=True)}
    written = pd.DataFrame(
        {
            ROW: found.table.rows[order],
            "score": found.scores[order],
            "rank_share": rank_shares(found.scores)[order].round(5),
            "driven_by": [drivers.get(place, "") for place in order],
        }
    )
    _write(written, file)


def write_rows_to_label(found: Recommendation, file: Path, wanted: int, seed: int) -> int:
    """Rows to label, after those that have a label already; returns how many are new.

    BenchError where every row has a label.
    """
    places = found.to_label(wanted, seed)
    if not len(places):
        raise BenchError("every row has a label already; there is nothing left to ask for")
    table = found.table
    shown = np.r_[table.labelled, places]
    given: list[Any] = [""] * len(shown) if table.y is None else [WRITTEN[int(v)] for v in table.y[shown]]
    written = table.frame.take(shown).rename(
        columns={name: f"{name} (of the table)" for name in (ROW, LABEL)}
    )
    written.insert(0, ROW, table.rows[shown])
    written.insert(1, LABEL, given)
    _write(written, file)
    return len(places)


def unused_name(file: Path) -> Path:
    """The file, or where there is one already, a name with a number: what a person has filled in stays."""
    numbered = (file.with_stem(f"{file.stem}-{number}") for number in count(2))
    return next(name for name in chain([file], numbered) if not name.exists())


def _write(frame: Any, file: Path) -> None:
    try:
        frame.to_csv(file, index=False)
    except OSError as error:
        raise BenchError(f"cannot write {str(file)!r}: {error.strerror or error}") from None
