"""From series to a recommendation: scores by all candidates, a choice, and the ranges to look at first."""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bench.errors import BenchError, BenchWarning
from bench.plugins.contract import UNLABELLED
from bench.recommend.choosing import Choice, choose_among
from bench.recommend.peaks import Peak, peaks
from bench.recommend.scoring import score_points
from bench.recommend.series import LoadedSeries
from bench.recommend.weighting import normalised_ranks
from bench.splits.timeline import period, ranges

if TYPE_CHECKING:
    from bench.splits.arrays import Floats, Labels

# Candidates by their mean VUS-PR over the real series of the committed run of the suite series-real, of one
# channel each. So many of these series are independent, and smoothed random scores have so much.
STUDY = {
    "knn:smoothing=auto,window=auto": 0.649,
    "mahalanobis:smoothing=auto,window=auto": 0.614,
    "lof:smoothing=auto,window=auto": 0.554,
    "isolation_forest:smoothing=auto,window=auto": 0.538,
    "spectral_residual:smoothing=auto": 0.523,
    "poly": 0.500,
    "sub_pca:smoothing=auto": 0.481,
    "hbos:smoothing=auto,window=auto": 0.478,
    "sub_knn:smoothing=auto": 0.471,
    "matrix_profile:smoothing=auto": 0.465,
}
STUDY_SERIES, INDEPENDENT, RANDOM = 66, 12, 0.234
FEWEST_POINTS = 50
# Fewer labelled ranges decide nothing: of one or two, several candidates are as good by chance.
FEWEST_RANGES = 3
# Stretches of normal points that anomalous ranges are compared with, at most.
MOST_BLOCKS = 2000


@dataclass(frozen=True)
class SeriesRecommendation:
    """What is recommended for series.

    ``choice`` is None with fewer labelled ranges than `FEWEST_RANGES`, or no normal stretch. ``scores``: of
    all points by the detector ``name``, shape (n,). ``first``: the ranges to look at first. ``labelled``:
    labelled anomalous ranges. ``missing``: why a candidate is left out.
    """

    name: str
    series: LoadedSeries
    choice: Choice | None
    scores: Floats
    first: list[Peak]
    labelled: int
    missing: Mapping[str, str]

    def to_label(self, count: int, seed: int) -> list[slice]:
        """Up to ``count`` ranges without a label, in time order: half with the highest peaks, half drawn."""
        free = np.ones(len(self.scores), bool) if self.series.y is None else self.series.y == UNLABELLED
        found = [slice(p.start, p.stop) for p in self.first if free[p.start : p.stop].all()]
        found = found[: -(-count // 2)]
        length = int(np.median([each.stop - each.start for each in found])) if found else 1
        for each in found:
            free[each] = False
        pieces = [p for segment in self.series.segments for p in _cut(segment, length) if free[p].all()]
        drawn = np.random.default_rng(seed).permutation(len(pieces))[: count - len(found)]
        return sorted([*found, *(pieces[i] for i in drawn)], key=lambda each: each.start)


def recommend_in_time(
    series: LoadedSeries, *, started: float, seconds: float, seed: int, folders: tuple[Path, ...] = ()
) -> SeriesRecommendation:
    """A recommendation within ``seconds`` of ``started``, a time of the monotonic clock.

    Without labels the detector of `STUDY` with the highest figure, of those that gave scores in time.
    Raises BenchError for series of too few points, and where no candidate gives scores in time.
    """
    file = series.file.name
    if len(series.X) < FEWEST_POINTS:
        raise BenchError(f"{file} has {len(series.X)} points; at least {FEWEST_POINTS} are needed")
    left = started + seconds - time.monotonic()
    found = score_points(tuple(STUDY), series.X, series.segments, seconds=left, seed=seed, folders=folders)
    if not found.of:
        name, why = next(iter(found.missing.items()))
        raise BenchError(
            f"{file}: no candidate gave scores ({name}: {why}); give more time with --budget, or a part of "
            "the series"
        )
    names = tuple(found.of)
    ranks = normalised_ranks(np.column_stack([found.of[name] for name in names]))
    name, choice, labelled = names[0], None, 0
    if series.y is not None:
        labelled = len(ranges(series.y, series.places))
        units, y = _units(series, ranks)
        if labelled >= FEWEST_RANGES and (y == 0).any():
            choice = choose_among(names, units, y, np.ones(len(y)), name)
            name = choice.name
    scores = found.of[name]
    first = peaks(_where_windows_fit(scores, series), series.segments)
    return SeriesRecommendation(name, series, choice, scores, first, labelled, found.missing)


def _where_windows_fit(scores: Floats, series: LoadedSeries) -> Floats:
    """Scores with their median in stretches that are shorter than a period; as they are where all are.

    A window that is filled up to its length is unlike any other, whatever the points in it.
    """
    points = period(series.X[:, 0])
    short = [each for each in series.segments if each.stop - each.start < points]
    if not short or len(short) == len(series.segments):
        return scores
    warnings.warn(
        f"{series.file.name}: of {len(series.segments)} stretches without a gap {len(short)} are shorter "
        f"than a window of {points} points; no range is looked for in them",
        BenchWarning,
        stacklevel=2,
    )
    found = scores.copy()
    for each in short:
        found[each] = np.median(scores)
    return found


def _units(series: LoadedSeries, ranks: Floats) -> tuple[Floats, Labels]:
    """Labelled ranges, and stretches of normal points as long, by the highest rank in each: shape (m, k).

    So a range counts once, however many points it has. Normal points within half a period of an anomalous
    range are left out where others are there: windows reach across its ends.
    """
    assert series.y is not None
    anomalous = ranges(series.y, series.places)
    length = int(np.median([each.stop - each.start for each in anomalous])) if anomalous else 1
    blocks: list[slice] = []
    for beside in (period(series.X[:, 0]) // 2, 0):
        normal = series.y == 0
        for each in anomalous:
            normal[max(0, each.start - beside) : each.stop + beside] = False
        blocks = [p for segment in series.segments for p in _cut(segment, length) if normal[p].all()]
        if blocks:
            break
    drawn = np.random.default_rng(0).permutation(len(blocks))[:MOST_BLOCKS]
    units = [*anomalous, *(blocks[i] for i in sorted(drawn))]
    y = np.r_[np.ones(len(anomalous), np.int8), np.zeros(len(units) - len(anomalous), np.int8)]
    return np.array([ranks[each].max(axis=0) for each in units]).reshape(len(units), -1), y


def _cut(segment: slice, length: int) -> list[slice]:
    """A stretch in pieces of so many points; what is left at its end is none."""
    return [slice(a, a + length) for a in range(segment.start, segment.stop - length + 1, length)]
