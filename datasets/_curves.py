"""Curves that are a function of hidden variables and of time, and how an anomaly changes them."""

from __future__ import annotations

import math
from typing import NamedTuple, Protocol

import numpy as np

from bench import Floats

from ._bump_shapes import SHAPES, bump_nodes
from ._linear_gaussians import LinearGaussians, Nodes, log_sum_exp

# The bounds of a bump's place and width.
MU, SIGMA = (0.1, 0.9), (0.05, 0.5)
# How often each sinusoid swings in [0, 1], and the standard deviations of its amplitude and of a walk's end.
FREQUENCIES = np.arange(1, 13)
AMPLITUDES = 0.4 / np.sqrt(FREQUENCIES)
WALKED = 0.4


class Change(NamedTuple):
    """What an anomaly changes of a curve; arrays of shape (n, points), a row for each way to change it.

    A value is the curve's at other ``times``, multiplied by ``gain``, plus ``offset``, plus Gaussian noise of
    standard deviation ``burst``. ``phase`` is added to the angle of each sinusoid; a bump's right flank is
    wider by the factor exp(``skew``).
    """

    times: Floats
    gain: Floats
    offset: Floats
    burst: Floats
    phase: Floats
    skew: Floats

    @classmethod
    def of(
        cls,
        times: Floats,
        *,
        gain: Floats | float = 1.0,
        offset: Floats | float = 0.0,
        burst: Floats | float = 0.0,
        phase: Floats | float = 0.0,
        skew: Floats | float = 0.0,
    ) -> Change:
        fields = np.broadcast_arrays(np.atleast_2d(times), gain, offset, burst, phase, skew)
        return cls(*fields)

    def at(self, rows: np.ndarray | list[int]) -> Change:
        return Change(*(field[rows] for field in self))

    def only_adds(self, times: Floats) -> bool:
        """Whether it is but something added to a curve with these times."""
        added = Change.of(times, offset=self.offset)
        return all(np.array_equal(one, other) for one, other in zip(self, added, strict=True))


class Base(Protocol):
    """A kind of normal curves."""

    def draw(self, rng: np.random.Generator, size: int, points: int) -> Floats:
        """Hidden variables, of shape (size, k)."""

    def curves(self, hidden: Floats, change: Change) -> Floats:
        """The curves of hidden variables, with the change that belongs to each, or with one for all."""

    def nodes(self, noise: float, points: int) -> Nodes:
        """What covers the hidden variables, fine enough for curves with such noise."""


class Bumps:
    """One bump of height 1, with uniform place and width."""

    def __init__(self, shape: str) -> None:
        self.shape = SHAPES[shape]

    def draw(self, rng: np.random.Generator, size: int, points: int) -> Floats:
        return np.column_stack([rng.uniform(*MU, size), rng.uniform(*SIGMA, size) ** 0.25])

    def curves(self, hidden: Floats, change: Change) -> Floats:
        mu, root = hidden[:, :1], hidden[:, 1:]
        z = (change.times - mu) / root**4
        return change.gain * self.shape(np.where(z > 0, z * np.exp(-change.skew), z)) + change.offset

    def nodes(self, noise: float, points: int) -> Nodes:
        return bump_nodes(MU, SIGMA, height=1.0, noise=noise, points=points)


class _GaussianProcess:
    """A sum of patterns, each multiplied by a hidden variable that is standard normal."""

    def patterns(self, change: Change) -> Floats:
        """Of shape (n, k, points)."""
        raise NotImplementedError

    def count(self, points: int) -> int:
        raise NotImplementedError

    def draw(self, rng: np.random.Generator, size: int, points: int) -> Floats:
        return rng.standard_normal((size, self.count(points)))

    def curves(self, hidden: Floats, change: Change) -> Floats:
        return change.gain * (hidden[:, None] @ self.patterns(change))[:, 0] + change.offset

    def nodes(self, noise: float, points: int) -> Nodes:
        k = self.count(points)
        return Nodes(np.zeros((1, k)), np.eye(k)[None], np.zeros(1))


class Sinusoids(_GaussianProcess):
    """A mixture of sinusoids of given frequencies, with random amplitudes and phases."""

    def count(self, points: int) -> int:
        return 2 * len(FREQUENCIES)

    def patterns(self, change: Change) -> Floats:
        angles = 2 * np.pi * FREQUENCIES[:, None] * change.times[:, None] + change.phase[:, None]
        waves = [AMPLITUDES[:, None] * wave(angles) for wave in (np.cos, np.sin)]
        return np.concatenate(waves, axis=1)


class RandomWalk(_GaussianProcess):
    """A random walk that starts at 0 and is linear between its steps."""

    def count(self, points: int) -> int:
        return points - 1

    def patterns(self, change: Change) -> Floats:
        steps = change.times.shape[-1] - 1
        done = change.times[:, None] * steps - np.arange(steps)[:, None]
        return np.clip(done, 0, 1) * (WALKED / math.sqrt(steps))


BASES: dict[str, Base] = {
    "gaussian": Bumps("gaussian"),
    "lorentzian": Bumps("lorentzian"),
    "sinusoids": Sinusoids(),
    "random_walk": RandomWalk(),
}


def log_ratio(base: Base, times: Floats, changes: Change, noise: float, X: Floats) -> Floats:
    """The log likelihood ratio of rows with one of the changes, each as likely, to rows without."""
    nodes = base.nodes(noise, len(times))

    def density(change: Change) -> LinearGaussians:
        spread = np.hypot(noise, change.burst[0])
        return LinearGaussians(lambda hidden: base.curves(hidden, change), nodes, spread)

    normal = density(Change.of(times))
    if changes.only_adds(times):
        anomalous = normal.log_density_of_shifted(X, changes.offset)
    else:
        count = len(changes.times)
        each = [density(changes.at([i])).log_density(X) for i in range(count)]
        anomalous = log_sum_exp(np.column_stack(each)) - math.log(count)
    return anomalous - normal.log_density(X)
