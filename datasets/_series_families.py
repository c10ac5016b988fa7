"""Series made up of a periodic signal, drift, noise and anomalous ranges, with the optimum of each kind."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bench import BenchError, DataError, Floats, Recording, check_choice

from ._laws import IMPOSSIBLE
from ._series_anomalies import KINDS, Around, Change, Kind
from ._series_places import Places
from ._series_signals import SIGNALS, Course, Signal, random_walk

# The least deviation, in those of the noise, with which the likelihood of a frozen value is computed.
LEAST_NOISE = 1e-6
# By how much values may differ, absolutely and as a fraction, that are taken for the same.
SAME = 1e-9
# Values of ranges that are in memory at a time.
VALUES_HELD = 2_000_000


@dataclass(frozen=True)
class Model:
    """How a series comes about: its normal course, and the ranges of a kind in each stretch of it."""

    course: Course
    kind: Kind
    other: Signal
    strength: float
    stretches: tuple[Places, ...]

    def log_odds(self, values: Floats) -> Floats:
        """The posterior log odds that each point lies in a range, shape (points,).

        ``values`` are those of the whole series, of shape (points, channels).
        """
        scores = np.full(len(values), IMPOSSIBLE)
        for places in self.stretches:
            if places.count:
                log_odds = places.log_odds(self._ratios(values, places))
                scores[places.points()] = np.clip(log_odds, IMPOSSIBLE, -IMPOSSIBLE)
        return scores

    def _ratios(self, values: Floats, places: Places) -> Floats:
        """For each start of a range, the log likelihood ratio of the points that it would have."""
        course, length = self.course, places.length * places.unit
        around = Around(course, values, self.other, self.strength)
        noise = (values - course.means()) / course.noise
        starts = places.starts()
        parts = []
        for begun in np.array_split(starts, 1 + len(starts) * length // VALUES_HELD):
            times = begun[:, None] + np.arange(length)
            each = [self._ratio(around, noise, channel, change, times)
                    for channel in range(course.channels)
                    for change in self.kind.ways(around, channel, times)]  # fmt: skip
            parts.append(np.logaddexp.reduce(each, axis=0) - np.log(len(each)))
        return np.concatenate(parts)

    def _ratio(
        self, around: Around, noise: Floats, channel: int, change: Change, times: np.ndarray
    ) -> Floats:
        """That of a change of one channel, whose noise is partly told by that of the others."""
        unit = self.course.noise
        told, variance = self.course.expected_noise(noise, channel)
        values = around.values[times, channel]
        usual = ((noise[:, channel] - told)[times]) ** 2 / variance + np.log(variance)
        spread = np.sqrt(change.kept**2 * variance + (change.added / unit) ** 2)
        spread = max(spread, LEAST_NOISE)
        changed = ((values - change.mean) / unit - change.kept * told[times]) / spread
        return ((usual - changed**2) / 2 - np.log(spread)).sum(axis=1)


@dataclass(frozen=True)
class SeriesOptimum:
    """The posterior log odds that a point lies in an anomalous range, given the series and all of its model.

    Known are the signal with its drift, the noise, the kind and length of ranges, and how many there are
    before and after the end of training; but not where, in which channel and in which way. No ranking of the
    points of either part has a higher expected ROC AUC. A detector has to learn what is known here.
    """

    model: Model
    values: Floats

    @cached_property
    def scores(self) -> Floats:
        """Of every point of the series, shape (points,)."""
        return self.model.log_odds(self.values)

    def __call__(self, X: Floats) -> Floats:
        """Scores of points of the series that follow one another, shape (n,); X has (n, channels).

        They are found by their values, since what a point is depends on when it is. Raises BenchError for
        points that are not of the series.
        """
        for begin in np.flatnonzero(_equal(self.values[: len(self.values) - len(X) + 1], X[:1])):
            if _equal(self.values[begin : begin + len(X)], X).all():
                return self.scores[begin : begin + len(X)]
        raise BenchError("the optimum knows the points of its own series only, unchanged and in their order")


def _equal(values: Floats, others: Floats) -> np.ndarray:
    """Whether points are the same but for what scaling and its inverse leave."""
    return np.asarray(np.isclose(values, others, rtol=SAME, atol=SAME).all(axis=1))


@dataclass(frozen=True)
class Drawn:
    """A series, and what ranks its points best."""

    recording: Recording
    optimum: SeriesOptimum


def draw_series(
    rng: np.random.Generator,
    *,
    points: int = 5000,
    period: int = 50,
    channels: int = 1,
    signal: str = "",
    anomaly: str = "level_shift",
    ranges: int = 6,
    train_ranges: int = 2,
    length: int | None = None,
    strength: float | None = None,
    noise: float = 0.3,
    coupling: float = 0.8,
    drift: float = 0.0,
    train: float = 0.4,
) -> Drawn:
    """A series as the dataset of that name says, and what ranks its points best."""
    check_choice("anomaly", anomaly, KINDS)
    kind = KINDS[anomaly]
    strength = kind.strength if strength is None else strength
    signal = signal or ("beats" if kind.whole else "waves")
    check_choice("signal", signal, SIGNALS)
    length = max(1, round(kind.cycles * period)) if length is None else length
    _check_course(points, period, noise, coupling, drift, train)
    _check_anomaly(anomaly, channels, period, length, strength)

    signal_rng, other_rng, places_rng, ways_rng, noise_rng, drift_rng = rng.spawn(6)
    drifting = random_walk(drift_rng, points, channels, drift)
    course = Course(SIGNALS[signal](signal_rng, period, channels), drifting, period, noise, coupling)
    other = SIGNALS[signal](other_rng, period, channels)
    unit = period if kind.whole else 1
    trained = round(train * points)
    stretches = (
        _stretch(0, trained, unit, length, train_ranges),
        _stretch(trained, points, unit, length, ranges),
    )
    model = Model(course, kind, other, strength, stretches)
    values, y = _draw(model, places_rng, ways_rng, noise_rng)
    recording = Recording.of_one(values, y, train=trained, period=period)
    return Drawn(recording, SeriesOptimum(model, recording.values))


def _check_course(
    points: int, period: int, noise: float, coupling: float, drift: float, train: float
) -> None:
    if period < 2 or points < 2 * period:
        raise DataError(f"a period has 2 points or more and a series two periods, not {period} and {points}")
    if noise <= 0 or drift < 0 or not 0 <= coupling < 1:
        raise DataError(
            f"noise must be above 0, drift at least 0 and coupling from 0 to below 1, not {noise:g}, "
            f"{drift:g} and {coupling:g}"
        )
    if not 0 < train < 1:
        raise DataError(f"the fraction for training must lie between 0 and 1, not be {train:g}")


def _check_anomaly(anomaly: str, channels: int, period: int, length: int, strength: float) -> None:
    kind = KINDS[anomaly]
    if channels < kind.channels:
        raise DataError(f"{anomaly} needs {kind.channels} channels or more, not {channels}")
    if length < 1 or (kind.whole and length % period):
        what = f"whole periods of {period} points" if kind.whole else "one point or more"
        raise DataError(f"the length of a range of {anomaly} must be {what}, not {length}")
    if not 0 <= strength <= kind.strongest:
        bound = f" and at most {kind.strongest:g}" if np.isfinite(kind.strongest) else ""
        raise DataError(f"the strength of {anomaly} must be at least 0{bound}, not {strength:g}")


def _stretch(begin: int, end: int, unit: int, length: int, count: int) -> Places:
    """From the slot after the first point, which is never anomalous: frozen ranges repeat what is before."""
    first = unit * -(-(begin + 1) // unit)
    slots = max(0, end - first) // unit
    return Places(first, slots, unit, length // unit, gap=length // unit, count=count)


def _draw(
    model: Model,
    places_rng: np.random.Generator,
    ways_rng: np.random.Generator,
    noise_rng: np.random.Generator,
) -> tuple[Floats, np.ndarray]:
    """The values of shape (points, channels), and the labels."""
    course = model.course
    noise = course.draw_noise(noise_rng)
    normal = course.means() + course.noise * noise
    around = Around(course, normal, model.other, model.strength)
    values, y = normal.copy(), np.zeros(course.points, dtype=np.int8)
    streams = zip(model.stretches, places_rng.spawn(2), ways_rng.spawn(2), strict=True)
    for places, where_rng, how_rng in streams:
        channel_rng, way_rng, added_rng = how_rng.spawn(3)
        starts = places.draw(where_rng)
        channels = channel_rng.integers(course.channels, size=len(starts))
        ways = way_rng.random(len(starts))
        length = places.length * places.unit
        added = added_rng.standard_normal((len(starts), length))
        for start, channel, way, draws in zip(starts, channels, ways, added, strict=True):
            times = start + np.arange(length)[None]
            changes = model.kind.ways(around, channel, times)
            change = changes[int(way * len(changes))]
            kept = change.kept * course.noise * noise[times, channel]
            values[times, channel] = change.mean + kept + change.added * draws
            y[times] = 1
    return values, y
