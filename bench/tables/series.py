"""The user's own series: a table with a column of time becomes a recording, and what was done is said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from bench.errors import DataError, unknown
from bench.splits.recording import Recording
from bench.splits.rows import LARGEST
from bench.tables.dialect import AS_FOUND, Dialect
from bench.tables.in_time import Points, fill_missing, positions, sort_points, without_copies
from bench.tables.labels import take_labels
from bench.tables.reading import read_sample
from bench.tables.timestamps import Times, parse_times

# The most rows of a file that are read: a sample of them would have gaps.
MOST_POINTS = 2_000_000


def read_series(
    path: Path,
    *,
    time: str,
    series: str = "",
    drop: Sequence[str] = (),
    most_rows: int = MOST_POINTS,
    dialect: Dialect = AS_FOUND,
) -> pd.DataFrame:
    """The table in a file as `read_table` reads it, but columns of time and series as the file has them.

    Raises DataError for a file that cannot be used, and for one with more rows than ``most_rows``.
    """
    apart = [time, *([series] if series else [])]
    frame, rows = read_sample(path, drop=drop, most_rows=most_rows, label=None, apart=apart, dialect=dialect)
    if len(frame) < rows:
        raise DataError(
            f"{path.name} has {rows:,} rows, and of its width {len(frame):,} are read at most; points of a "
            "series cannot be sampled, so give a part of the file, or the mean of each longer step"
        )
    return frame


def recording_of(
    table: pd.DataFrame,
    file: str,
    *,
    time: str,
    label: str = "",
    series: str = "",
    normal: str | None = None,
    train: float = 0.5,
) -> Recording:
    """The series of a table that has a row for each point.

    Parameters
    ----------
    table : DataFrame
        As from `read_series`; all but the named columns are channels.
    file : str
        The file's name, for messages.
    time : str
        The column of time stamps, in any order.
    label : str
        The column of labels; without one all points are taken for normal.
    series : str
        The column that tells several series apart; without one there is a single series.
    normal : str, optional
        The value of the label that means normal, as for `take_labels`.
    train : float
        The fraction of each series that comes first and is for training.

    Returns
    -------
    Recording
        Series in the order in which they first appear. A step of more than 1.5 usual ones, and missing values
        of more than three points in succession, are gaps in its positions.

    Raises
    ------
    DataError
        For times that cannot be read or are of several zones, two rows of one time with different values,
        channels that are text, have no values or too large ones, and a series of one point.

    Warns
    -----
    BenchWarning
        Where rows were sorted, repeated rows left out, and values filled in; of gaps, of an epoch that was
        guessed and of daylight saving time.
    """
    if not 0 <= train <= 1:
        raise DataError(f"the fraction for training must lie between 0 and 1, not be {train:g}")
    found = in_time(
        table, file, time=time, label=label, series=series, take=partial(take_labels, normal=normal)
    )
    return Recording(
        found.points.values,
        found.points.y,
        found.points.series,
        found.position,
        tuple(int(train * length) for length in np.bincount(found.points.series)),
        points_per_day=_per_day(found.times, found.step),
        names=found.channels,
    )


@dataclass(frozen=True)
class TableInTime:
    """The points of a table by series and time, as `in_time` makes them.

    ``position``: of each point in its series, in usual steps, shape (n,); ``step``: how long one is.
    ``series``: what the table calls each series, ``[""]`` where there is one. ``channels``: the columns of
    values.
    """

    points: Points
    position: np.ndarray
    step: float
    times: Times
    series: tuple[str, ...]
    channels: tuple[str, ...]


def in_time(
    table: pd.DataFrame,
    file: str,
    *,
    time: str,
    label: str = "",
    series: str = "",
    take: Callable[[pd.DataFrame, str], tuple[pd.DataFrame, np.ndarray]] = take_labels,
) -> TableInTime:
    """The points of a table that has a row for each; arguments, errors and warnings as of `recording_of`.

    ``take`` gives the table without its column of labels, and these, shape (n,); rows that it leaves out are
    gaps.
    """
    _check_columns(table, file, time=time, label=label, series=series)
    y = np.zeros(len(table), dtype=np.int8)
    if label:
        table, y = take(table, label)
    times = parse_times(table[time], file)
    numbers, names = _numbered(table[series], file) if series else (np.zeros(len(table), np.int64), [""])
    values = _channels(table.drop(columns=[name for name in (time, series) if name]), file)
    channels, rows = list(values.columns), table.index.to_numpy() + 1
    points = Points(values.to_numpy(dtype=np.float64), y, numbers, times.values, rows)
    points = without_copies(sort_points(points, file, time), times, file)
    _check_lengths(points, names, channels, file)
    position, step = positions(points, times, file)
    points, position = fill_missing(points, position, channels, file)
    _check_lengths(points, names, channels, file)
    return TableInTime(points, position, step, times, tuple(names), tuple(channels))


def _per_day(times: Times, step: float) -> float | None:
    return None if times.day is None else times.day / step


def _check_columns(table: pd.DataFrame, file: str, *, time: str, label: str, series: str) -> None:
    named = {"time": time, "label": label, "series": series}
    given = {word: name for word, name in named.items() if name}
    for word, name in given.items():
        if name not in table.columns:
            raise DataError(f"{file}: there is no column of {word}: {unknown('column', name, table.columns)}")
    if len({*given.values()}) < len(given):
        raise DataError(f"{file}: {' and '.join(given)} need a column each, not {', '.join(given.values())}")
    if len(given) == table.shape[1]:
        raise DataError(f"{file} has no column but those of {' and '.join(given)}; a series needs values")


def _numbered(column: pd.Series, file: str) -> tuple[np.ndarray, list[str]]:
    """The number of each row's series, in the order in which they appear, and what they are called."""
    missing = column.isna()
    if missing.any():
        raise DataError(
            f"{file}: {missing.sum():,} rows have no series in column {column.name!r} (first: row "
            f"{column.index[missing][0] + 1}); fill it in or leave them out"
        )
    codes, names = pd.factorize(column)
    return codes.astype(np.int64), [str(name) for name in names]


def _channels(table: pd.DataFrame, file: str) -> pd.DataFrame:
    """The channels, all of them numbers with some value."""
    for name in table.columns:
        if not pd.api.types.is_numeric_dtype(table[name].dtype):
            held = "dates" if table[name].dtype.kind in "mM" else "text"
            raise DataError(
                f"{file}: column {name!r} holds {held}, and the channels of a series are numbers; leave it "
                f"out: --drop {name}"
            )
        if table[name].isna().all():
            raise DataError(f"{file}: column {name!r} has no values; leave it out: --drop {name}")
        sizes = np.abs(table[name].to_numpy(dtype=np.float64, na_value=np.nan))
        too_large = np.flatnonzero(sizes > LARGEST)
        if len(too_large):
            raise DataError(
                f"{file}: column {name!r} holds values that are too large to compute with (first: row "
                f"{table.index[too_large[0]] + 1}); scale it or leave it out: --drop {name}"
            )
    return table


def _check_lengths(points: Points, shown: list[str], names: list[str], file: str) -> None:
    """Refuse a series with too few points or with a channel that has no value in it."""
    for number, name in enumerate(shown):
        values = points.values[points.series == number]
        if len(values) < 2:
            few = "one point" if len(values) else "no point with all its values"
            raise DataError(f"{file}: the series{_quoted(name)} has {few}; give more of it, or leave it out")
        empty = np.isnan(values).all(axis=0)
        if empty.any():
            raise DataError(
                f"{file}: column {names[int(np.argmax(empty))]!r} has no values in the series"
                f"{_quoted(name)}; leave the column or the series out"
            )


def _quoted(name: str) -> str:
    return f" {name!r}" if name else ""
