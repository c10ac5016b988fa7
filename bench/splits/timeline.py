"""Where rows stand in time: which series each belongs to, and its position there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from bench.errors import DataError
from bench.splits.lengths import AUTO, require_window

if TYPE_CHECKING:
    from bench.splits.arrays import Labels
    from bench.splits.grouping import Indices

# Of a place, as one number: so many for the position, the rest for the series.
POSITION_BITS = 40
# So many leading points tell a period, and a longer lag than this is not looked for.
PERIOD_POINTS, LONGEST_LAG = 20_000, 400
SHORTEST_LAG, LONGEST_PERIOD = 3, 300
# What is taken where no lag stands out.
NO_PERIOD = 125


@dataclass(frozen=True)
class Places:
    """The series that each point belongs to, and its position there, both of shape (n,).

    Points are in order: by series, and within one by position. A step of more than one is a gap.
    """

    series: Indices
    position: Indices

    def __post_init__(self) -> None:
        if self.series.shape != self.position.shape or self.series.ndim != 1:
            raise DataError("each point needs the number of its series and its position there")
        step = np.diff(self.position)
        in_order = (np.diff(self.series) > 0) | ((np.diff(self.series) == 0) & (step > 0))
        if not in_order.all():
            where = int(np.flatnonzero(~in_order)[0]) + 1
            raise DataError(f"point {where} does not come after the one before it; sort by series and time")

    def __len__(self) -> int:
        return len(self.series)

    @property
    def segments(self) -> tuple[slice, ...]:
        """The stretches of points of one series without a gap, in order."""
        return _stretches((np.diff(self.series) != 0) | (np.diff(self.position) != 1), len(self))

    @property
    def whole(self) -> tuple[slice, ...]:
        """The points of each series, in order."""
        return _stretches(np.diff(self.series) != 0, len(self))

    @property
    def keys(self) -> Indices:
        """A number for each place, which rises with it, shape (n,)."""
        keys: Indices = (self.series << POSITION_BITS) + self.position
        return keys

    def among(self, others: Places) -> Indices | None:
        """For each point the one of ``others`` at its place, shape (n,); None unless each has one."""
        found = np.searchsorted(others.keys, self.keys)
        at = np.minimum(found, len(others) - 1)
        return found if len(others) and (others.keys[at] == self.keys).all() else None

    def taken(self, indices: Indices) -> Places:
        """Those of some points, given in rising order."""
        return Places(self.series[indices], self.position[indices])


@dataclass(frozen=True)
class Timeline:
    """Where the points of a split stand in time.

    train, test : Places
        Of its training and its test points. A point may be in both: such a split is judged on what it
        learns from, as where a whole series is scored.
    period : int, optional
        Points in a cycle of the signal, where that is known.
    points_per_day : float, optional
        Where the time between two points is known.
    """

    train: Places
    test: Places
    period: int | None = None
    points_per_day: float | None = None

    def part(self, train: Indices) -> Timeline:
        """That of a split with these of the training points, given in rising order."""
        return replace(self, train=self.train.taken(train))


def _stretches(ends: np.ndarray, n: int) -> tuple[slice, ...]:
    bounds = [0, *(np.flatnonzero(ends) + 1).tolist(), n]
    return tuple(slice(a, b) for a, b in pairwise(bounds) if b > a)


def ranges(y: Labels, places: Places) -> list[slice]:
    """The labelled ranges: stretches of anomalous points of one series, shape (n,) of 0 and 1."""
    found = []
    for series in places.whole:
        edges = np.flatnonzero(np.diff(np.concatenate([[0], (y[series] == 1).astype(np.int8), [0]])))
        found += [slice(series.start + a, series.start + b) for a, b in edges.reshape(-1, 2).tolist()]
    return found


def window_length(window: int | str, x: np.ndarray) -> int:
    """The points in a window that is given by number or as long as a series' period.

    Parameters
    ----------
    window : int or {"auto", "auto2", "auto3"}
        A number of points; or the period of ``x``, or one of the two next longer lags at which it is like
        itself.
    x : ndarray of shape (n,)
        A channel of the training series.

    Returns
    -------
    int

    Raises
    ------
    BenchError
        For another window than these.
    """
    require_window("the detector", window)
    return window if isinstance(window, int) else period(x, AUTO[window])


def period(x: np.ndarray, rank: int = 1) -> int:
    """The number of points after which a series, shape (n,), is most like itself; 125 where nothing repeats.

    The highest local maximum of the autocorrelation of the first 20 000 points, between 6 and 303 points.
    With rank 2, the highest of the later ones, and the first where there is none; with rank 3, a later one
    than that.

    This is the window length of TSB-AD (Liu and Paparrizos, NeurIPS 2024), whose bounds are of the lag less
    three, and whose third rank is the first of a tail of the maxima, by falling height, that begins with as
    many as there are maxima before the second rank's in time.
    """
    x = np.asarray(x[:PERIOD_POINTS], dtype=np.float64)
    centred = x - x.mean()
    size = 1 << (2 * len(x) - 1).bit_length()
    power = np.abs(np.fft.rfft(centred, size)) ** 2
    correlation = np.fft.irfft(power, size)[SHORTEST_LAG : min(LONGEST_LAG + 1, len(x))]
    if len(correlation) < 3 or not centred.any():
        return NO_PERIOD
    inner = correlation[1:-1]
    peaks = np.flatnonzero((inner > correlation[:-2]) & (inner > correlation[2:])) + 1
    chosen = _ranked(np.argsort(correlation[peaks])[::-1].tolist(), rank)
    if chosen is None:
        return NO_PERIOD
    lag = int(peaks[chosen])
    return lag + SHORTEST_LAG if SHORTEST_LAG <= lag <= LONGEST_PERIOD else NO_PERIOD


def _ranked(by_height: list[int], rank: int) -> int | None:
    """Which of the maxima, counted in time and given by falling height, has the rank."""
    if not by_height:
        return None
    highest = by_height[0]
    second = next((peak for peak in by_height if peak > highest), None)
    if rank == 1 or (rank == 2 and second is None):
        return highest
    if rank == 2 or second is None:
        return second
    return next((peak for peak in by_height[second:] if peak > by_height[second]), highest)
