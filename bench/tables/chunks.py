"""The contract of readers: a reader asks which columns are wanted, and then yields their rows in chunks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from bench.tables.numbers import USUAL, NumberFormat

# The number of values that are in memory at a time.
CHUNK_CELLS = 1_000_000

# How the text of a day ends that is kept as a moment.
MIDNIGHT = " 00:00:00"

Wanted = Callable[[Sequence[str]], list[str]]


@dataclass(frozen=True)
class Chunks:
    """The rows of a file.

    ``read`` is called with the names of columns to read as text, whose type the reader must not guess, and
    yields the rows. ``numbers``: how numbers are written in columns read as text. ``numbered``: whether the
    index of what is read says where each row is in the file, from 0.
    """

    read: Callable[[Sequence[str]], Iterator[pd.DataFrame]]
    numbers: NumberFormat = USUAL
    numbered: bool = False

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Chunks:
        """A table in memory, as one chunk."""
        return cls(lambda _: iter([frame]))

    def indexed(self, as_text: Sequence[str] = ()) -> Iterator[pd.DataFrame]:
        """The rows, indexed by where each is in the file, from 0: counted where the reader does not say."""
        first = 0
        for chunk in self.read(as_text):
            yield chunk if self.numbered else chunk.set_axis(range(first, first + len(chunk)))
            first += len(chunk)

    def emptied(self, values: Sequence[str]) -> Chunks:
        """The same rows where some values, numbers or texts, are empty cells."""
        if not values:
            return self
        numbers = pd.to_numeric(pd.Series(values, dtype=object), errors="coerce").dropna().tolist()

        def emptied(column: pd.Series) -> pd.Series:
            if column.dtype.kind in "iuf":
                return column.mask(column.isin(numbers))
            if not (column.dtype == object or isinstance(column.dtype, pd.StringDtype)):
                return column
            return column.mask(column.isin(numbers) | column.astype(str).str.strip().isin(values))

        return replace(self, read=lambda as_text: (chunk.apply(emptied) for chunk in self.read(as_text)))


# Given a dialect as well by formats for which it says something.
Reader = Callable[..., Chunks]


def with_texts(frame: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """The rows with the values of some columns as text, missing ones as None."""
    for name in frame.columns.intersection(list(names)):
        given = frame[name].notna()
        texts = frame[name].astype(object).map(str)
        if frame[name].dtype.kind == "M":
            texts = texts.str.removesuffix(MIDNIGHT)
        frame[name] = texts.where(given, None)
    return frame


def rows_at_a_time(columns: int) -> int:
    """The number of rows of a chunk with this number of columns."""
    return max(1000, CHUNK_CELLS // columns)
