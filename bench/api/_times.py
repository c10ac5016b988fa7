"""A column of times in a file that is read as rows: the file may be a series."""

from __future__ import annotations

import contextlib
import shlex
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bench.errors import BenchError, BenchWarning

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from bench.tables import Dialect

# A column is told from others by so many rows.
FIRST = 20
# The share of rows that have a time of their own.
OWN_TIMES = 0.99
# Steps are even if more than half are within this factor of their median; of times at random a third are.
EVEN = 1.5
# Numbers may be seconds since 1970 or anything, an account's number for instance: a name decides.
NAMES = ("date", "epoch", "stamp", "time")


def warn_of_times(file: Path, drop: Sequence[str] = (), dialect: Dialect | None = None) -> None:
    """Warn where a column has times that put rows in order, so that ``--time`` could read it.

    By the rows at the beginning of the file. Of a file that cannot be read nothing is said here.
    """
    from bench.tables import Dialect

    with contextlib.suppress(BenchError, OSError):
        rows = _first_rows(file, drop, dialect or Dialect())
        found = next((str(name) for name in rows.columns if _puts_in_order(rows[name])), None)
        if found is not None:
            warnings.warn(
                f"{file.name}: column {found!r} has a time for each row; with --time {shlex.quote(found)} "
                "the file is read as a series, in which it matters what comes before and after",
                BenchWarning,
                stacklevel=2,
            )


def _first_rows(file: Path, drop: Sequence[str], dialect: Dialect) -> pd.DataFrame:
    import pandas as pd

    from bench.tables.formats import open_table

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", BenchWarning)  # said where the table is read
        chunks = open_table(file, lambda names: [name for name in names if name not in drop], dialect)
    return next(iter(chunks.read(())), pd.DataFrame())


def _puts_in_order(column: pd.Series) -> bool:
    import numpy as np

    times = _times(column.head(FIRST))
    if times is not None and len(column) > FIRST:
        times = _times(column)
    if times is None or len(times) < 2:
        return False
    apart = np.diff(np.unique(times))
    if len(apart) + 1 < OWN_TIMES * len(times):
        return False
    usual = np.median(apart)
    even = (apart >= usual / EVEN) & (apart <= usual * EVEN)
    in_order = len({*np.sign(np.diff(times)).tolist()} - {0}) == 1
    return in_order or bool(even.mean() > 0.5)


def _times(column: pd.Series) -> np.ndarray | None:
    """The times of a column, shape (n,); None where it has others than times."""
    import pandas as pd

    from bench.tables.timestamps import parse_times

    name = str(column.name).lower()
    if pd.api.types.is_numeric_dtype(column.dtype) and not any(word in name for word in NAMES):
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", BenchWarning)
        try:
            times = parse_times(column, "")
        except BenchError:
            return None
    return None if times.day is None else times.values
