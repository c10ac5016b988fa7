"""Rows of a table as points of series: their order, repeated times, gaps in sampling, missing values."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from bench.errors import BenchWarning, DataError
from bench.tables.timestamps import Times

# A step of more than so many usual ones is a gap in sampling.
GAP = 1.5
# A longer gap counts as so many steps.
LONGEST = 1e6
# Missing values of so many points in succession are filled with the last value; more of them cut the series.
FILLED = 3


@dataclass(frozen=True)
class Points:
    """Points of series in some order; arrays of shape (n,), and values of shape (n, channels).

    ``series``: the number of each point's series. ``row``: its row in the file, from 1.
    """

    values: np.ndarray
    y: np.ndarray
    series: np.ndarray
    times: np.ndarray
    row: np.ndarray

    def __len__(self) -> int:
        return len(self.y)

    def taken(self, which: np.ndarray) -> Points:
        """Some of them, by a mask or by their indices."""
        return Points(
            self.values[which], self.y[which], self.series[which], self.times[which], self.row[which]
        )

    @property
    def follows(self) -> np.ndarray:
        """Whether each point is of the same series as the one before it."""
        return np.asarray(np.diff(self.series, prepend=-1) == 0)


def sort_points(points: Points, file: str, time: str) -> Points:
    """The points by series and time; says so where the file has another order of time."""
    together = points.taken(np.argsort(points.series, kind="stable"))
    early = together.follows & (np.diff(together.times, prepend=together.times[:1]) < 0)
    if early.any():
        say(
            f"{file}: time goes back in {_number(early.sum(), 'row')} (first: row "
            f"{together.row[early].min()}); the rows are sorted by {time!r}"
        )
    return points.taken(np.lexsort((points.times, points.series)))


def without_copies(points: Points, times: Times, file: str) -> Points:
    """One of each rows that are equal, time and all; DataError for two that differ at one time."""
    again = points.follows & (np.diff(points.times, prepend=points.times[:1]) == 0)
    if not again.any():
        return points
    before = points.taken(np.maximum(np.arange(len(points)) - 1, 0))
    equal = (points.values == before.values) | (np.isnan(points.values) & np.isnan(before.values))
    differs = again & ~(equal.all(axis=1) & (points.y == before.y))
    if differs.any():
        first = int(np.flatnonzero(differs)[0])
        raise DataError(
            f"{file}: two rows have one time and different values, {differs.sum():,} times (first: "
            f"{times.shown(points.times[first])}, rows {points.row[first - 1]} and {points.row[first]}); "
            "average them, or name the column that tells series apart with --series"
        )
    say(f"{file}: left out: {_number(again.sum(), 'row')} the same as another, time and all")
    return points.taken(~again)


def positions(points: Points, times: Times, file: str) -> tuple[np.ndarray, float]:
    """Where sorted points lie in their series, in usual steps, shape (n,); and the usual step of all.

    A step of up to 1.5 of the usual ones of its series counts as one, a longer one as many as it has; those
    are said.
    """
    steps = np.diff(points.times, prepend=points.times[:1]).astype(float)
    follows = points.follows
    begins = np.flatnonzero(~follows)
    usual = np.array([np.median(each[1:]) for each in np.split(steps, begins[1:])])
    ratio = np.where(follows, steps / usual[points.series], 0)
    gap = ratio > GAP
    if gap.any():
        longest = int(np.argmax(np.where(gap, steps, 0)))
        shown, expected = map(times.shown_step, (steps[longest], usual[points.series[longest]]))
        say(
            f"{file}: sampling has {_number(gap.sum(), 'gap')} of more than {GAP:g} times the usual step "
            f"(the longest, of {shown} in place of {expected}, ends in row {points.row[longest]}); what "
            "lies before and after a gap is not taken for neighbours"
        )
    jumps = np.where(gap, np.clip(np.rint(ratio), 2, LONGEST), 1).astype(np.int64)
    total = np.cumsum(np.where(follows, jumps, 0))
    return total - total[begins][points.series], float(np.median(steps[follows]))


def fill_missing(
    points: Points, position: np.ndarray, names: list[str], file: str
) -> tuple[Points, np.ndarray]:
    """Points without missing values, and their positions.

    Up to three missing values in succession become the last value of their channel; points with more of them,
    or with none before them, are left out, which cuts the series there. Both are said.
    """
    missing = np.isnan(points.values)
    if not missing.any():
        return points, position
    values, cut = points.values.copy(), np.zeros_like(missing)
    joined = points.follows & (np.diff(position, prepend=position[:1]) == 1)
    for channel, is_missing in enumerate(missing.T):
        for begin, end in _runs(is_missing, joined):
            if end - begin <= FILLED and joined[begin]:
                values[begin:end, channel] = values[begin - 1, channel]
            else:
                cut[begin:end, channel] = True
    left = ~cut.any(axis=1)
    filled = missing & left[:, None]
    if filled.any():
        say(
            f"{file}: filled in with the last value before: {_number(filled.sum(), 'missing value')} in "
            f"{_listed(names, filled)}, {FILLED} or fewer in succession"
        )
    if not left.all():
        of_them = int((points.y[~left] == 1).sum())
        lost = f", of which {of_them:,} are anomalous" if of_them else ""
        say(
            f"{file}: left out: {_number((~left).sum(), 'row')} with missing values in "
            f"{_listed(names, cut)}, more than {FILLED} in succession or with no value before them{lost}; "
            "the series is cut there"
        )
    kept = Points(values, points.y, points.series, points.times, points.row).taken(left)
    return kept, position[left]


def _runs(flags: np.ndarray, joined: np.ndarray) -> list[tuple[int, int]]:
    """Begin and end of each stretch of flagged points that no gap cuts."""
    begins = flags & ~(np.concatenate([[False], flags[:-1]]) & joined)
    ends = flags & ~np.concatenate([flags[1:] & joined[1:], [False]])
    first, last = np.flatnonzero(begins), np.flatnonzero(ends)
    return list(zip(first.tolist(), (last + 1).tolist(), strict=True))


def _listed(names: list[str], which: np.ndarray) -> str:
    """The channels with some of these values, the first of them."""
    found = [names[channel] for channel in np.flatnonzero(which.any(axis=0))]
    return ", ".join(map(repr, found[:3])) + (f" and {len(found) - 3} more" if len(found) > 3 else "")


def _number(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def say(sentence: str) -> None:
    warnings.warn(sentence, BenchWarning, stacklevel=3)
