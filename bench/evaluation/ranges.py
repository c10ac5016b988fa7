"""Rows as points of series in time order, and the ranges of them that are labelled or predicted."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from msgspec import Struct

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]
    Integers = NDArray[np.intp]


class Layout(Struct, frozen=True, gc=False):
    """How rows lie in series.

    lengths: of each series its number of points; rows are those of the first series in time order, then those
    of the next. window: up to how many points from a range an alarm is forgiven by metrics that do so, 0 for
    none; TSB-AD takes the period of the series. points_per_day: None where the time between points is not
    known. Raises ValueError for what cannot be.
    """

    lengths: tuple[int, ...]
    window: int
    points_per_day: float | None = None

    def __post_init__(self) -> None:
        if not self.lengths or min(self.lengths) < 1:
            raise ValueError(f"lengths must be those of one or more series with points, not {self.lengths}")
        if self.window < 0:
            raise ValueError(f"window must be a number of points, 0 or more, not {self.window}")
        if self.points_per_day is not None and not 0 < self.points_per_day < math.inf:
            raise ValueError(f"points_per_day must be above 0, not {self.points_per_day}")

    def check(self, *columns: NDArray[Any]) -> None:
        """Raise ValueError for a column that has not one value for each point."""
        for column in columns:
            if len(column) != sum(self.lengths):
                raise ValueError(f"{len(column)} values, where the series have {sum(self.lengths)} points")

    @property
    def starts(self) -> Integers:
        """Where each series begins."""
        return np.cumsum((0, *self.lengths[:-1]))

    def parts(self, *columns: NDArray[Any]) -> Iterator[tuple[NDArray[Any], ...]]:
        """Of each series the values in some columns, each of shape (n,)."""
        for start, length in zip(self.starts, self.lengths, strict=True):
            yield tuple(column[start : start + length] for column in columns)


class Ranges(NamedTuple):
    """Disjoint stretches of points, in order: the first point of each, and the first after it."""

    starts: Integers
    stops: Integers

    @property
    def lengths(self) -> Integers:
        """Numbers of points."""
        return self.stops - self.starts

    @classmethod
    def of(cls, flags: Flags, series_starts: Integers | tuple[int, ...] = ()) -> Ranges:
        """The maximal stretches of flagged points, shape (n,); one ends where a series starts."""
        edges = np.flatnonzero(np.diff(flags, prepend=False, append=False))
        cuts = [start for start in series_starts if start and flags[start] and flags[start - 1]]
        starts, stops = (np.sort(np.append(ends, np.array(cuts, int))) for ends in (edges[::2], edges[1::2]))
        return cls(starts, stops)

    def counts(self, flags: NDArray[Any]) -> Integers:
        """How many points of each are flagged, of flags of shape (n,)."""
        before = np.concatenate([[0], np.cumsum(flags)])
        found: Integers = before[self.stops] - before[self.starts]
        return found

    def met_by(self, others: Ranges) -> Integers:
        """How many of the others each one has a point in common with."""
        return np.searchsorted(others.starts, self.stops) - np.searchsorted(
            others.stops, self.starts, side="right"
        )

    def extremes(self, function: np.ufunc, values: NDArray[Any]) -> NDArray[Any]:
        """``np.maximum`` or ``np.minimum`` of the values of shape (n,) within each."""
        padded = np.append(values, values[-1:])  # an edge of reduceat must be a point
        found: NDArray[Any] = function.reduceat(padded, np.column_stack(self).ravel())[::2]
        return found


def mean(values: Iterable[float]) -> float:
    """The mean of the values that are known, which NaN is not; NaN where none is."""
    known = [value for value in values if not math.isnan(value)]
    return float(sum(known) / len(known)) if known else math.nan
