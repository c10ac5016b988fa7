"""The CSV files that `recommend` writes: scores of all rows, and rows to label."""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bench import escaping
from bench.errors import BenchError
from bench.files import write_chosen
from bench.recommend.explaining import WHY, in_words
from bench.recommend.recommending import Recommendation
from bench.recommend.table import LABEL, RENAMED, ROW
from bench.recommend.weighting import normalised_ranks
from bench.tables.cells import beside
from bench.tables.dates import with_clock

if TYPE_CHECKING:
    import pandas as pd

WRITTEN = {1: "1", 0: "0", -1: ""}


def write_scores(found: Recommendation, file: Path, kept: pd.DataFrame) -> None:
    """Write a line for each row, highest score first: its number in the table's file, its score, its
    normalised rank (near 1 for the highest), of the highest which columns raise it and by how much, and the
    columns ``kept``, which has the rows of the table in their order.

    Raises BenchError for a file that cannot be written.
    """
    import pandas as pd

    order = np.argsort(-found.scores, kind="stable")
    why = {row: in_words(named) for row, named in zip(found.explained, found.reasons, strict=True)}
    written = pd.DataFrame(
        {
            ROW: found.table.rows[order],
            "score": found.scores[order],
            "rank_share": normalised_ranks(found.scores)[order].round(5),
            WHY: [why.get(row, "") for row in order],
        }
    )
    _write(_with(written, kept.iloc[order]), file)


def write_rows_to_label(
    found: Recommendation, file: Path, count: int, seed: int, kept: pd.DataFrame | None = None
) -> int:
    """Write the labelled rows and up to ``count`` rows to label; returns the number of the latter.

    kept: further columns, as for `write_scores`.

    Raises BenchError where every row has a label, and for a file that cannot be written.
    """
    asked = found.to_label(count, seed)
    if not len(asked):
        raise BenchError("every row has a label already; there is nothing left to ask for")
    table = found.table
    shown = np.r_[table.labelled, asked]
    given: list[Any] = [""] * len(shown) if table.y is None else [WRITTEN[int(v)] for v in table.y[shown]]
    written = with_clock(table.frame).take(shown).rename(columns=RENAMED)
    written.insert(0, ROW, table.rows[shown])
    written.insert(1, LABEL, given)
    if kept is not None:
        others = [name for name in kept.columns if name not in table.frame.columns]
        written = _with(written, kept[others].take(shown))
    _write(written, file)
    return len(asked)


def _with(written: pd.DataFrame, kept: pd.DataFrame) -> pd.DataFrame:
    """What is written of rows, and the columns that are kept of them."""
    columns = beside(list(written.columns), kept)
    return written.reset_index(drop=True).join(columns.reset_index(drop=True))


def unused_name(file: Path) -> Path:
    """The file, or one with a number added to its name where it exists: what a user has filled in is kept."""
    numbered = (file.with_stem(f"{file.stem}-{number}") for number in itertools.count(2))
    return next(name for name in itertools.chain([file], numbered) if not os.path.lexists(name))


def _write(frame: Any, file: Path) -> None:
    write_chosen(file, escaping.csv(frame))
