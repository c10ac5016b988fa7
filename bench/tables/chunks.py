"""The contract of readers: a reader asks which columns are wanted, and then yields their rows in chunks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from bench.tables.numbers import USUAL, NumberFormat

# The number of values that are in memory at a time.
CHUNK_CELLS = 1_000_000

Wanted = Callable[[Sequence[str]], list[str]]


@dataclass(frozen=True)
class Chunks:
    """The rows of a file.

    ``read`` is called with the names of columns to read as text, whose type the reader must not guess, and
    yields the rows. ``numbers``: how numbers are written in columns read as text.
    """

    read: Callable[[Sequence[str]], Iterator[pd.DataFrame]]
    numbers: NumberFormat = USUAL

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Chunks:
        """A table in memory, as one chunk."""
        return cls(lambda _: iter([frame]))


# Given a dialect as well by formats for which it says something.
Reader = Callable[..., Chunks]


def with_texts(frame: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """The rows with the values of some columns as text, missing ones as None."""
    for name in frame.columns.intersection(list(names)):
        given = frame[name].notna()
        frame[name] = frame[name].astype(object).map(str).where(given, None)
    return frame


def rows_at_a_time(columns: int) -> int:
    """The number of rows of a chunk with this number of columns."""
    return max(1000, CHUNK_CELLS // columns)
