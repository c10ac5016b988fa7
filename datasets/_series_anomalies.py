"""What an anomalous range does to a channel of a series, for drawing one and for the likelihood of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bench import Floats

from ._series_signals import Course, Signal


@dataclass(frozen=True)
class Change:
    """A channel's values within a range: ``mean + kept * noise + added * (standard normal draws)``.

    ``mean`` has the shape of the range's times; ``noise`` is the series' own there.
    """

    mean: Floats
    kept: float = 1.0
    added: float = 0.0


@dataclass(frozen=True)
class Around:
    """What a change depends on: the normal course, the series' values (points, channels), another pattern."""

    course: Course
    values: Floats
    other: Signal
    strength: float


# From what is around, a channel, and the times of ranges, of shape (ranges, points of each), to the ways in
# which the channel may change there, each as likely.
Ways = Callable[[Around, int, np.ndarray], Sequence[Change]]


@dataclass(frozen=True)
class Kind:
    """A kind of anomalies, its usual strength, and its usual length in periods; 0 is a single point.

    ``whole``: a range consists of whole cycles. ``channels``: the fewest that it needs.
    """

    ways: Ways
    strength: float
    cycles: float = 1.0
    whole: bool = False
    channels: int = 1
    strongest: float = np.inf


def _spike(around: Around, channel: int, times: np.ndarray) -> Sequence[Change]:
    return [Change(around.course.mean(times, channel), added=around.strength)]


def _level_shift(around: Around, channel: int, times: np.ndarray) -> Sequence[Change]:
    mean = around.course.mean(times, channel)
    return [Change(mean + around.strength), Change(mean - around.strength)]


def _trend(around: Around, channel: int, times: np.ndarray) -> Sequence[Change]:
    mean, length = around.course.mean(times, channel), times.shape[1]
    ramp = around.strength * np.arange(1, length + 1) / length
    return [Change(mean + ramp), Change(mean - ramp)]


def _frequency(around: Around, channel: int, times: np.ndarray) -> Sequence[Change]:
    begin = times[:, :1]
    return [Change(_at(around, begin + around.strength * (times - begin), channel, times))]


def _amplitude(around: Around, channel: int, times: np.ndarray) -> Sequence[Change]:
    signal = around.course.signal(times, channel)
    return [Change(around.course.mean(times, channel) + (around.strength - 1) * signal)]


def _variance(around: Around, channel: int, times: np.ndarray) -> Sequence[Change]:
    return [Change(around.course.mean(times, channel), kept=around.strength)]


def _missing_beat(around: Around, channel: int, times: np.ndarray) -> Sequence[Change]:
    return [_blended(around, channel, times, _at(around, np.zeros_like(times), channel, times))]


def _frozen(around: Around, channel: int, times: np.ndarray) -> Sequence[Change]:
    last = around.values[times[:, :1] - 1, channel]
    return [Change(np.broadcast_to(last, times.shape), kept=around.strength)]


def _pattern_swap(around: Around, channel: int, times: np.ndarray) -> Sequence[Change]:
    other = around.other(times, channel) + around.course.drift[times, channel]
    return [_blended(around, channel, times, other)]


def _contextual(around: Around, channel: int, times: np.ndarray) -> Sequence[Change]:
    elsewhere = times + around.strength * around.course.period
    return [Change(_at(around, elsewhere, channel, times))]


def _collective(around: Around, channel: int, times: np.ndarray) -> Sequence[Change]:
    return [Change(around.course.drift[times, channel], added=around.strength)]


def _correlation(around: Around, channel: int, times: np.ndarray) -> Sequence[Change]:
    kept = np.sqrt(1 - around.strength**2)
    return [Change(around.course.mean(times, channel), kept, around.strength * around.course.noise)]


def _at(around: Around, elsewhere: np.ndarray, channel: int, times: np.ndarray) -> Floats:
    """The signal of other times, on the drift of these."""
    return around.course.signal(elsewhere, channel) + around.course.drift[times, channel]


def _blended(around: Around, channel: int, times: np.ndarray, other: Floats) -> Change:
    """From the usual course, at strength 0, to another, at strength 1."""
    return Change((1 - around.strength) * around.course.mean(times, channel) + around.strength * other)


KINDS = {
    "spike": Kind(_spike, 3.0, cycles=0),
    "level_shift": Kind(_level_shift, 0.6),
    "frequency": Kind(_frequency, 2.0),
    "amplitude": Kind(_amplitude, 1.5),
    "trend": Kind(_trend, 1.0),
    "variance": Kind(_variance, 2.0),
    "missing_beat": Kind(_missing_beat, 1.0, whole=True),
    "frozen": Kind(_frozen, 0.0, cycles=0.2),
    "pattern_swap": Kind(_pattern_swap, 0.5),
    "contextual": Kind(_contextual, 0.5, cycles=0.2),
    "collective": Kind(_collective, 1.0),
    "correlation": Kind(_correlation, 1.0, channels=2, strongest=1.0),
}
