"""The user's own table, from a file of any of the kinds that `bench.tables` reads."""

from __future__ import annotations

import csv
import hashlib
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import DataError, Scaling, Split, dataset

from ._encoded import encoded_split

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from bench import Dialect


def fingerprint(path: str, **_: Any) -> str:
    """A hash of what is in the file, and of the code that reads it."""
    from bench.tables import code_hash

    content = _content(path, *version(path))
    return hashlib.sha256(f"{content} {code_hash()}".encode()).hexdigest()[:16]


def version(path: str) -> tuple[int, int]:
    """What changes when the file does, and is had without reading it."""
    from bench.tables import file_of

    try:
        found = file_of(Path(path)).stat()
    except OSError as error:
        raise DataError(f"{path!r} cannot be read: {error.strerror}") from None
    return found.st_size, found.st_mtime_ns


@cache
def _content(path: str, *_: int) -> str:
    from bench.tables import file_of

    try:
        with file_of(Path(path)).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DataError(f"{path!r} cannot be read: {error.strerror}") from None


def dialect_of(sep: str, decimal: str, thousands: str, encoding: str, header: bool, empty: str) -> Dialect:
    """How the file is written; what is empty is found out."""
    from bench import Dialect

    texts = {"sep": sep, "decimal": decimal, "thousands": thousands, "encoding": encoding, "empty": empty}
    given: dict[str, Any] = {name: str(text) for name, text in texts.items() if text}
    return Dialect.of(given if header else {**given, "header": False})


@lru_cache(maxsize=1)
def _table(path: str, label: str, drop: str, rows: int, dialect: Dialect, *_: int) -> pd.DataFrame:
    """The table, kept for the next seed."""
    from bench.tables import read_table_once

    columns = next(csv.reader([drop], skipinitialspace=True), [])
    return read_table_once(Path(path), drop=columns, most_rows=rows, label=label, dialect=dialect)


@dataset(
    name="file",
    variants=lambda: [],
    fingerprint=fingerprint,
    hint="no file is named; write file:PATH,label=COLUMN, or run --data PATH --label COLUMN",
)
def own(
    rng: np.random.Generator,
    path: str,
    *,
    label: str = "",
    normal: str = "",
    drop: str = "",
    rows: int = 50_000,
    test: float = 0.3,
    calibration: float = 0.2,
    scaling: Scaling = "standard",
    sep: str = "",
    decimal: str = "",
    thousands: str = "",
    encoding: str = "",
    header: bool = True,
    empty: str = "",
) -> Split:
    """A table of your own: file:PATH,label=COLUMN (CSV, JSON lines, XLSX, Parquet, SQLite and others).

    ``label`` is the column of labels, 0 for normal and 1 for anomalous; or ``normal`` is the value of it that
    means normal, and all others are anomalous. Rows where it is empty are left out. ``drop`` names columns to
    leave out, as in drop="id,name". Of a file with more than ``rows`` rows a random sample is used, always
    the same one; the rows of rare labels are kept up to a tenth of it, so that it may have a larger share of
    them than the file. ``sep``, ``decimal``, ``thousands``, ``encoding``, ``header`` and ``empty`` say how
    the file is written, where that is not found out.

    Split at random, stratified by label: ``test`` and ``calibration`` are fractions of all rows; equal rows
    stay together. Missing values are filled in and text is encoded as the training rows say.
    """
    from bench.tables import take_labels, warn_of_empty_cells

    if not label:
        raise DataError("it needs the column of labels: label=COLUMN")
    dialect = dialect_of(sep, decimal, thousands, encoding, header, empty)
    table, y = take_labels(
        _table(path, str(label), str(drop), rows, dialect, *version(path)), str(label), str(normal) or None
    )
    warn_of_empty_cells(table, Path(path).name)
    return encoded_split(table, y, rng, test=test, calibration=calibration, scaling=scaling)
