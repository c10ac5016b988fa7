"""What a reader gives: it asks which columns are wanted, and then yields their rows in chunks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pandas as pd

# How many values are held at a time.
CHUNK_CELLS = 1_000_000

Wanted = Callable[[Sequence[str]], list[str]]
# Called with the names of columns to read as text: a reader that guesses types does not guess those.
Chunks = Callable[[Sequence[str]], Iterator[pd.DataFrame]]
Reader = Callable[[Path, Wanted], Chunks]


def rows_at_a_time(columns: int) -> int:
    """How many rows of so many columns make a chunk."""
    return max(1000, CHUNK_CELLS // columns)
