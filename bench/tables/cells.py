"""Columns of a file as it has them, as text, to stand beside what is found of its rows."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from bench.errors import BenchWarning, DataError, unknown
from bench.tables.chunks import with_texts
from bench.tables.dialect import AS_FOUND, Dialect
from bench.tables.formats import open_table

ALL = "*"


class MissingColumnError(DataError):
    """A file has no column of this name."""


def cells(path: Path, columns: Sequence[str], dialect: Dialect = AS_FOUND) -> Iterator[pd.DataFrame]:
    """Some columns, or `ALL`, of all rows as text, chunk by chunk; an empty cell is missing.

    The index is each row's index in the file. Raises MissingColumnError, before any row is read, and
    DataError for a file that cannot be used.
    """

    kept: list[str] = []

    def wanted(names: Sequence[str]) -> list[str]:
        for name in columns:
            if name not in (*names, ALL):
                raise MissingColumnError(f"{path.name}: {unknown('column', name, names)}")
        kept.extend(dict.fromkeys(names if ALL in columns else columns))
        return kept

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", BenchWarning)  # said where the table is read
        chunks = open_table(path, wanted, dialect)
    return (with_texts(chunk[kept], kept) for chunk in chunks.indexed(kept))


def cells_of(path: Path, columns: Sequence[str], rows: Any, dialect: Dialect = AS_FOUND) -> pd.DataFrame:
    """The same of the rows with these indices in the file, in ascending order."""
    if not columns:
        return pd.DataFrame(index=rows)
    return pd.concat([chunk[chunk.index.isin(rows)] for chunk in cells(path, columns, dialect)])


def beside(taken: Sequence[str], kept: pd.DataFrame) -> pd.DataFrame:
    """The columns with names of their own where they stand beside others."""
    return kept.rename(columns={name: f"{name} (of the table)" for name in taken})
