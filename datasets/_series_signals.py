"""Periodic signals that can be asked for their value at any time, and the drift below them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bench import Floats

# From times in points, of any shape, and a channel to values of the same shape.
Signal = Callable[[Floats, int], Floats]

HARMONICS = np.arange(1, 5)
# Of the harmonics above the first: their amplitudes are normal with this deviation over their number.
OVERTONES = 0.8
# The waves of a heart beat (P, Q, R, S, T): where in the cycle, how wide as a fraction of it, how high.
WAVES = np.array([[0.28, 0.04, 0.15], [0.45, 0.015, -0.1], [0.5, 0.02, 1.0], [0.55, 0.015, -0.2],
                  [0.74, 0.06, 0.3]])  # fmt: skip
# How much places and heights of these differ from channel to channel, and from seed to seed.
MOVED, GROWN = 0.015, 0.2
# Places in a cycle at which the mean and the deviation of a signal are taken.
CYCLE = np.arange(1024) / 1024


def waves(rng: np.random.Generator, period: int, channels: int) -> Signal:
    """Sums of a few harmonics, with amplitudes and phases of its own for each channel."""
    amplitudes = OVERTONES * rng.standard_normal((channels, len(HARMONICS))) / HARMONICS
    amplitudes[:, 0] = 1.0
    phases = rng.uniform(0, 2 * np.pi, (channels, len(HARMONICS)))

    def shape(cycles: Floats, channel: int) -> Floats:
        angles = 2 * np.pi * np.multiply.outer(cycles, HARMONICS)
        return np.sin(angles + phases[channel]) @ amplitudes[channel]

    return _standardised(shape, period, channels)


def beats(rng: np.random.Generator, period: int, channels: int) -> Signal:
    """A heart beat in each cycle, and rest where one cycle ends and the next begins."""
    places = WAVES[:, 0] + MOVED * rng.uniform(-1, 1, (channels, len(WAVES)))
    heights = WAVES[:, 2] * (1 + GROWN * rng.uniform(-1, 1, (channels, len(WAVES))))

    def shape(cycles: Floats, channel: int) -> Floats:
        z = ((cycles % 1)[..., None] - places[channel]) / WAVES[:, 1]
        return np.exp(-(z**2) / 2) @ heights[channel]

    return _standardised(shape, period, channels)


SIGNALS: dict[str, Callable[[np.random.Generator, int, int], Signal]] = {"waves": waves, "beats": beats}


def _standardised(shape: Signal, period: int, channels: int) -> Signal:
    """The signal with mean 0 and deviation 1 over a cycle, at times in points."""
    cycle = [shape(CYCLE, channel) for channel in range(channels)]
    return lambda times, channel: (
        (shape(times / period, channel) - cycle[channel].mean()) / cycle[channel].std()
    )


def random_walk(rng: np.random.Generator, points: int, channels: int, deviation: float) -> Floats:
    """A random walk of each channel with this standard deviation at its end; of shape (points, channels)."""
    return deviation / np.sqrt(points) * np.cumsum(rng.standard_normal((points, channels)), axis=0)


@dataclass(frozen=True)
class Course:
    """All that is known of a series of which no point is anomalous: what it is but for noise, and the noise.

    ``drift`` has the shape (points, channels). The noise is Gaussian with the standard deviation ``noise``,
    independent from point to point; ``coupling`` is the correlation of any two channels' noise at one point.
    """

    signal: Signal
    drift: Floats
    period: int
    noise: float
    coupling: float

    @property
    def points(self) -> int:
        return len(self.drift)

    @property
    def channels(self) -> int:
        return self.drift.shape[1]

    def mean(self, times: np.ndarray, channel: int) -> Floats:
        """Of a channel, at times that are points of the series."""
        return self.signal(times, channel) + self.drift[times, channel]

    def means(self) -> Floats:
        """Of all points and channels, of shape (points, channels)."""
        every = np.arange(self.points)
        return np.column_stack([self.mean(every, channel) for channel in range(self.channels)])

    def draw_noise(self, rng: np.random.Generator) -> Floats:
        """Standard normal noise, of shape (points, channels), correlated between channels."""
        own = rng.standard_normal((self.points, self.channels + 1))
        return np.sqrt(self.coupling) * own[:, :1] + np.sqrt(1 - self.coupling) * own[:, 1:]

    def expected_noise(self, noise: Floats, channel: int) -> tuple[Floats, float]:
        """The mean at each point, and the variance, of a channel's noise given that of the other channels.

        ``noise`` is standardised, of shape (points, channels). For equally correlated normal variables, both
        follow from the sum of the others.
        """
        others = self.channels - 1
        if not others:
            return np.zeros(len(noise)), 1.0
        weight = self.coupling / (1 + (others - 1) * self.coupling)
        return weight * (noise.sum(axis=1) - noise[:, channel]), 1 - others * weight * self.coupling
