"""A user's own series as detectors take them, and the labels that the user has given."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bench.errors import DataError
from bench.plugins.contract import UNLABELLED
from bench.recommend.table import LABEL, WITHOUT_LABEL, labels_of, parse_labels
from bench.splits.scaling import Standard
from bench.splits.timeline import Places
from bench.tables import in_time, read_series
from bench.tables.dialect import AS_FOUND, Dialect

if TYPE_CHECKING:
    import pandas as pd

    from bench.splits.arrays import Floats, Labels
    from bench.tables.series import TableInTime

# Of a range in a file of ranges to label: the rows of its first and last point, and their times.
FIRST_ROW, LAST_ROW, START, END = "first_row", "last_row", "start", "end"


@dataclass(frozen=True)
class LoadedSeries:
    """Points of one or more series, one series after the other and each in time order.

    ``X`` is standardised, shape (n, channels). ``y``: 1 anomalous, 0 normal, -1 unlabelled, shape (n,); None
    where no labels were given. ``table`` has the times and the rows in the file.
    """

    file: Path
    table: TableInTime
    X: Floats
    y: Labels | None = None

    @cached_property
    def places(self) -> Places:
        """Where each point stands in time."""
        return Places(self.table.points.series, self.table.position)

    @property
    def segments(self) -> tuple[slice, ...]:
        """The stretches of points without a gap."""
        return self.places.segments

    def time_of(self, point: int) -> str:
        """The time of a point, by its index, as a person reads it."""
        return self.table.times.shown(self.table.points.times[point])

    def series_of(self, point: int) -> str:
        """What the file calls the series of a point; empty where there is one."""
        name: str = self.table.series[self.table.points.series[point]]
        return name


def load_series(
    file: Path,
    *,
    time: str,
    series: str = "",
    drop: Sequence[str] = (),
    label: str | None = None,
    normal: str | None = None,
    labels: Path | None = None,
    dialect: Dialect = AS_FOUND,
) -> LoadedSeries:
    """Read series. Labels come from the column ``label`` and the file ``labels``, which takes precedence.

    Raises DataError for a file that cannot be used, for series that do not vary, and for labels that are
    neither normal nor anomalous.
    """
    if normal is not None and label is None:
        raise DataError(WITHOUT_LABEL)

    def some_labels(table: pd.DataFrame, column: str) -> tuple[pd.DataFrame, Labels]:
        return labels_of(table, file, column, normal)

    frame = read_series(file, time=time, series=series, drop=drop, dialect=dialect)
    table = in_time(frame, file.name, time=time, label=label or "", series=series, take=some_labels)
    values = table.points.values
    if not np.ptp(values, axis=0).any():
        raise DataError(f"{file.name}: no channel varies; there is nothing to compare points by")
    loaded = LoadedSeries(
        file, table, Standard(values).transform(values), None if label is None else table.points.y
    )
    return loaded if labels is None else replace(loaded, y=_with_ranges(loaded, labels))


def _with_ranges(loaded: LoadedSeries, file: Path) -> Labels:
    """The labels of points, shape (n,), with those of the ranges in a file that ``--ask`` wrote."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as content:
            filled = list(csv.DictReader(content))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        why = getattr(error, "strerror", None) or error
        raise DataError(f"cannot read the labels in {str(file)!r}: {why}") from None
    for column in (FIRST_ROW, LAST_ROW, START, LABEL):
        if not filled or column not in filled[0]:
            raise DataError(f"{file.name} has no column {column!r}; fill in the file that --ask wrote")
    at = {str(row): point for point, row in enumerate(loaded.table.points.row.tolist())}
    given = parse_labels([each[LABEL] for each in filled], range(1, len(filled) + 1), file.name)
    y = np.full(len(loaded.X), UNLABELLED, np.int8) if loaded.y is None else loaded.y.copy()
    for number, (each, label) in enumerate(zip(filled, given, strict=True), 1):
        first, last = at.get(each[FIRST_ROW]), at.get(each[LAST_ROW])
        if first is None or last is None or last < first or loaded.time_of(first) != each[START]:
            raise DataError(
                f"{file.name}: range {number} is not where it was in {loaded.file.name}, which has been "
                "changed since; ask for ranges to label again, with --ask"
            )
        if label != UNLABELLED:
            y[first : last + 1] = label
    return y
