"""Reading a table from a file: one data frame of numbers and text, whatever the format."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from bench.errors import BenchWarning, DataError, unknown
from bench.tables.chunks import Chunks
from bench.tables.columns import tidy
from bench.tables.dates import AmbiguousDatesError
from bench.tables.dialect import AS_FOUND, Dialect
from bench.tables.formats import open_table
from bench.tables.numbers import USUAL, NumberFormat
from bench.tables.sampling import RowSample

# The largest sample of a file: further rows cost detectors more than they improve them.
MOST_ROWS = 50_000
MOST_CELLS = 20_000_000
# What cannot be used is refused by these, before a large file is read to its end.
ROWS_CHECKED = 5000


def read_table(
    path: Path,
    *,
    drop: Sequence[str] = (),
    most_rows: int = MOST_ROWS,
    label: str | None = None,
    dialect: Dialect = AS_FOUND,
) -> pd.DataFrame:
    """The table in a file, without the columns ``drop``, as columns of numbers and of text.

    Where there are more than ``most_rows`` rows or `MOST_CELLS` values, a sample of the rows is read, always
    the same one, with a warning; it is uniform but for rare values of the column ``label``, which
    `RowSample` keeps. CSV, JSON, Parquet and Feather files and databases are read in chunks, so that the
    memory needed does not depend on their size. The frame's index is each row's index in the file, from 0.
    Raises DataError for a file that cannot be used.
    """
    frame, rows = read_sample(path, drop=drop, most_rows=most_rows, label=label, dialect=dialect)
    warn_of_sample(path, len(frame), rows, label)
    return frame


def read_sample(
    path: Path,
    *,
    drop: Sequence[str],
    most_rows: int,
    label: str | None,
    apart: Sequence[str] = (),
    dialect: Dialect = AS_FOUND,
) -> tuple[pd.DataFrame, int]:
    """The table, or a sample of its rows, and the number of rows in the file.

    ``apart``: columns that stay as the file has them, such as times. DataError where one is not there. The
    column of labels stays so, too: a word among numbers is a label there, and no missing number.
    """
    found = read_raw_sample(path, drop=drop, most_rows=most_rows, label=label, apart=apart, dialect=dialect)
    return found.tidied(apart if label is None else (*apart, label)), found.rows


@dataclass(frozen=True)
class RawSample:
    """Rows of a file as it has them, before texts are read as numbers.

    ``rows``: the number of rows in the file. ``numbers``: how its texts write numbers. ``columns``: all that
    it has, those that were dropped, too.
    """

    path: Path
    frame: pd.DataFrame
    rows: int
    numbers: NumberFormat
    columns: tuple[str, ...]

    def tidied(self, apart: Sequence[str] = ()) -> pd.DataFrame:
        """The rows as columns of numbers and of text, but for the columns ``apart``, which come last."""
        return _tidy_but(self.frame, apart, self.path, self.numbers)


def read_raw_sample(
    path: Path,
    *,
    drop: Sequence[str] = (),
    most_rows: int = MOST_ROWS,
    label: str | None = None,
    apart: Sequence[str] = (),
    dialect: Dialect = AS_FOUND,
) -> RawSample:
    """The rows that `read_sample` returns, as the file has them."""
    columns: list[str] = []

    def wanted(names: Sequence[str]) -> list[str]:
        for name in apart:
            if name not in names:
                raise DataError(f"{path.name}: {unknown('column', name, names)}")
        columns.extend(names)
        return _wanted(names, drop, path)

    try:
        chunks = open_table(path, wanted, dialect)
        frame, rows = _sampled(chunks, most_rows, path, label, apart)
    except OSError as error:
        raise DataError(f"{path.name} cannot be read: {error.strerror or error}") from None
    if len(frame) < 2:
        raise DataError(
            f"{path.name} has {'one row' if len(frame) else 'no rows'}; a table of several is needed"
        )
    return RawSample(path, frame, rows, chunks.numbers, tuple(columns))


def sample_of(
    frame: pd.DataFrame, path: Path, *, drop: Sequence[str] = (), label: str | None = None
) -> RawSample:
    """As `read_raw_sample`, of rows in memory; ``path`` is what messages call them."""
    kept = frame[_wanted(list(frame.columns), drop, path)]
    sample = RowSample(max(2, min(MOST_ROWS, MOST_CELLS // kept.shape[1])), label=label)
    sample.add(kept.reset_index(drop=True))
    return RawSample(path, sample.frame(), len(frame), USUAL, tuple(frame.columns))


def _tidy_but(frame: pd.DataFrame, apart: Sequence[str], path: Path, numbers: NumberFormat) -> pd.DataFrame:
    """The table with all columns as numbers or text, but for some of them, which come last."""
    kept = frame[[name for name in frame.columns if name in apart]]
    if not kept.shape[1]:
        return tidy(frame, path.name, numbers)
    return tidy(frame.drop(columns=kept.columns), path.name, numbers).join(kept)


def warn_of_sample(path: Path, sampled: int, rows: int, label: str | None) -> None:
    """Warn where not all rows of a file are used."""
    if sampled < rows:
        rare = "" if label is None else f", which holds rare values of {label!r} as far as it can"
        warnings.warn(
            f"{path.name} has {rows:,} rows; a random sample of {sampled:,} of them is used{rare}",
            BenchWarning,
            stacklevel=3,
        )


def _wanted(names: Sequence[str], drop: Sequence[str], path: Path) -> list[str]:
    """The columns that are not dropped."""
    if not names:
        raise DataError(f"{path.name} holds no columns")
    repeated = sorted({name for name in names if list(names).count(name) > 1})
    if repeated:
        raise DataError(f"{path.name}: there is more than one column {repeated[0]!r}; give each its own name")
    for name in drop:
        if name not in names:
            raise DataError(f"{path.name}: {unknown('column', name, names)}")
    kept = [name for name in names if name not in drop]
    if not kept:
        raise DataError(f"{path.name}: no column is left when those are dropped")
    return kept


def _sampled(
    chunks: Chunks, most_rows: int, path: Path, label: str | None, apart: Sequence[str]
) -> tuple[pd.DataFrame, int]:
    """All rows, or a sample of them, and the number of all rows.

    Types are guessed chunk by chunk. Where the guesses differ, the column is read again as text, so that a
    code such as 07 is the same in every row.
    """
    as_text: list[str] = []
    while True:
        sample: RowSample | None = None
        for chunk in chunks.indexed(as_text):
            if sample is None:
                sample = RowSample(max(2, min(most_rows, MOST_CELLS // chunk.shape[1])), label=label)
                _refuse_early(chunk, path, chunks.numbers, apart)
            sample.add(chunk)
        if sample is None:
            return pd.DataFrame(), 0
        frame = sample.frame()
        mixed = [name for name in frame.columns if _is_mixed(frame[name]) and name not in as_text]
        if not mixed:
            return frame, sample.seen
        as_text += mixed


def _refuse_early(chunk: pd.DataFrame, path: Path, numbers: NumberFormat, apart: Sequence[str]) -> None:
    """Refuse infinite values and the like by a file's first rows."""
    with warnings.catch_warnings(), contextlib.suppress(AmbiguousDatesError):
        warnings.simplefilter("ignore")
        _tidy_but(chunk.head(ROWS_CHECKED), apart, path, numbers)


def _is_mixed(column: pd.Series) -> bool:
    return column.dtype == object and pd.api.types.infer_dtype(column, skipna=True).startswith("mixed")
