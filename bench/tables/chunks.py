"""What a reader gives: it asks which columns are wanted, and then yields their rows in chunks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from bench.tables.numbers import Decimal

# How many values are held at a time.
CHUNK_CELLS = 1_000_000

Wanted = Callable[[Sequence[str]], list[str]]


@dataclass(frozen=True)
class Chunks:
    """The rows of a file.

    ``read`` is called with the names of columns to read as text: a reader that guesses types does not guess
    those. ``decimal`` is the sign before the decimals of numbers that are read as text.
    """

    read: Callable[[Sequence[str]], Iterator[pd.DataFrame]]
    decimal: Decimal = "."

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Chunks:
        """A table that is in memory, as one chunk."""
        return cls(lambda _: iter([frame]))


Reader = Callable[[Path, Wanted], Chunks]


def rows_at_a_time(columns: int) -> int:
    """How many rows of so many columns make a chunk."""
    return max(1000, CHUNK_CELLS // columns)
