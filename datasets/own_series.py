"""The user's own series, from a table with a column of time."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from bench import DataError, Scaling, Split, dataset

from .own import dialect_of, fingerprint, version

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from bench import Dialect


@lru_cache(maxsize=1)
def _table(path: str, time: str, series: str, drop: str, dialect: Dialect, *_: int) -> pd.DataFrame:
    """The table, kept for the next seed."""
    from bench.tables import read_series

    columns = next(csv.reader([drop], skipinitialspace=True), [])
    return read_series(Path(path), time=time, series=series, drop=columns, dialect=dialect)


@dataset(
    modality="series",
    variants=lambda: [],
    fingerprint=fingerprint,
    hint="no file is named; write series_file:PATH,time=COLUMN,label=COLUMN, or run --data PATH "
    "--time COLUMN --label COLUMN",
)
def series_file(
    _: np.random.Generator,
    path: str,
    *,
    time: str = "",
    label: str = "",
    series: str = "",
    normal: str = "",
    drop: str = "",
    train: float = 0.5,
    scaling: Scaling = "standard",
    sep: str = "",
    decimal: str = "",
    thousands: str = "",
    encoding: str = "",
    header: bool = True,
    empty: str = "",
) -> Split:
    """Series of your own: series_file:PATH,time=COLUMN,label=COLUMN (a table with a row for each point).

    ``time`` is the column of time stamps, ``label`` that of labels, 0 for normal and 1 for anomalous; or
    ``normal`` is the value of it that means normal, and all others are anomalous. Points where it is empty
    are left out and leave gaps. ``series`` is a column that tells several series apart; ``drop`` names
    columns to leave out, as in drop="id,name". All other columns are channels. The fraction ``train`` of each
    series comes first and is for training. ``sep``, ``decimal``, ``thousands``, ``encoding``, ``header`` and
    ``empty`` say how the file is written, where that is not found out.

    Where rows were not in order or repeated, values missing or steps in time left out, that is said.
    """
    from bench.tables import recording_of

    if not time or not label:
        raise DataError("it needs the columns of time and of labels: time=COLUMN,label=COLUMN")
    dialect = dialect_of(sep, decimal, thousands, encoding, header, empty)
    table = _table(path, str(time), str(series), str(drop), dialect, *version(path))
    recording = recording_of(
        table, Path(path).name, time=str(time), label=str(label), series=str(series),
        normal=str(normal) or None, train=train,
    )  # fmt: skip
    return Split.in_time(recording, scaling=scaling)
