"""Files of your own as rows for detectors outside of the harness: `bench.load_rows`, `bench.load_series`."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.recommend.series import LoadedSeries
    from bench.recommend.table import LoadedTable
    from bench.tables.dialect import Dialect


def load_rows(
    file: str | PathLike[str],
    *,
    drop: Sequence[str] = (),
    label: str | None = None,
    normal: str | None = None,
    labels: str | PathLike[str] | None = None,
    missing: str = "impute",
    dialect: Dialect | None = None,
) -> LoadedTable:
    """The rows of a table as detectors take them: numbers of zero mean and unit variance.

    Parameters
    ----------
    file : str or path
        CSV, JSON, a spreadsheet, Parquet, SQLite and others.
    drop : sequence of str
        Columns to leave out.
    label : str, optional
        The column that holds labels of some or all rows.
    normal : str, optional
        The value of ``label`` that means normal; all others are anomalous.
    labels : str or path, optional
        A file that ``recommend --ask`` wrote, filled in.
    missing : str
        What becomes of missing numbers: ``"impute"``, the column's median, or ``"indicate"``, that and a
        column that says so.
    dialect : Dialect, optional
        How the file is written, where that is not to be found out.

    Returns
    -------
    LoadedTable
        With ``X``, the rows as float64 of shape (n, d); ``y``, their labels of shape (n,), 1 anomalous, 0
        normal, -1 without one, or None where neither ``label`` nor ``labels`` is given; ``columns``, the
        source of each column of ``X``; ``frame``, the table as read; and ``rows``, the rows' numbers in the
        file, from 1.

    Raises
    ------
    DataError
        For a table or labels that cannot be used; the message names the column and the row.
    """
    from bench.recommend.table import load_table
    from bench.tables.dialect import AS_FOUND

    return load_table(
        Path(file),
        drop=drop,
        label=label,
        normal=normal,
        labels=None if labels is None else Path(labels),
        missing=missing,
        dialect=dialect or AS_FOUND,
    )


def load_series(
    file: str | PathLike[str],
    *,
    time: str,
    series: str = "",
    drop: Sequence[str] = (),
    label: str | None = None,
    normal: str | None = None,
    dialect: Dialect | None = None,
) -> LoadedSeries:
    """The points of one or more series as detectors take them: in order, of zero mean and unit variance.

    Parameters
    ----------
    file : str or path
        A table with a row for each point: CSV, JSON, a spreadsheet, Parquet, SQLite and others.
    time : str
        The column of time stamps, in any order.
    series : str
        The column that tells several series apart, if there are several.
    drop : sequence of str
        Columns to leave out.
    label : str, optional
        The column that holds labels of some or all points.
    normal : str, optional
        The value of ``label`` that means normal; all others are anomalous.
    dialect : Dialect, optional
        How the file is written, where that is not to be found out.

    Returns
    -------
    LoadedSeries
        With ``X``, the points as float64 of shape (n, channels), and ``segments``, the stretches of them
        without a gap, which `load_detector` takes; ``y``, labels of shape (n,), 1 anomalous, 0 normal, -1
        without one, or None without ``label``.

    Raises
    ------
    DataError
        For a file, times or labels that cannot be used.

    Warns
    -----
    BenchWarning
        Where rows were sorted, left out or filled in, and of gaps in sampling.
    """
    from bench.recommend.series import load_series as load
    from bench.tables.dialect import AS_FOUND

    return load(
        Path(file), time=time, series=series, drop=drop, label=label, normal=normal,
        dialect=dialect or AS_FOUND,
    )  # fmt: skip
