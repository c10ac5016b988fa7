"""ROD (Almardeny et al., 2020) on triples of columns, without PyOD's loops over rows.

A score is divided by a median that may be a rounding error, so the order of each sum is the library's.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from bench import Floats

RIGHT_ANGLE = np.pi / 2
# Angles up to 90 degrees are scaled to the first range, and others to the second.
RANGES = (0.001, 0.955), (RIGHT_ANGLE + 0.001, 2.186)


@dataclass(frozen=True)
class Triple:
    """What is learnt of three columns: the geometric median, the median cost, and how angles are scaled."""

    middle: Floats
    cost: float
    scales: tuple[tuple[float, float], ...]

    @classmethod
    def fitted(cls, points: Floats) -> Triple:
        """points: shape (n, 3)."""
        middle = geometric_median(points)
        angles, _, _ = _angles(points, middle)
        first = angles <= RIGHT_ANGLE
        scales = tuple(_scale(angles[chosen], *RANGES[i]) for i, chosen in enumerate((first, ~first)))
        unjudged = cls(middle, 0.0, scales)
        return cls(middle, float(np.nanmedian(unjudged.costs(points))), scales)

    def costs(self, points: Floats) -> Floats:
        """The volumes that the rotations around the median span, shape (n,); 0 for a row on it."""
        angles, lengths, valid = _angles(points, self.middle)
        first = angles <= RIGHT_ANGLE
        scaled = np.empty_like(angles)
        for chosen, (factor, shift) in zip((first, ~first), self.scales, strict=True):
            scaled[chosen] = angles[chosen] * factor + shift
        found = np.zeros(len(points))
        found[valid] = np.power(lengths[valid], 3) * np.cos(scaled) * np.square(np.sin(scaled))
        return found

    def deviations(self, points: Floats) -> Floats:
        """Modified z-scores of the costs, shape (n,)."""
        far = np.abs(self.costs(points) - self.cost)
        with np.errstate(divide="ignore", invalid="ignore"):
            found: Floats = 0.6745 * far / np.median(far)
        return found


def triples_of(X: Floats) -> list[Floats]:
    """All triples of columns, each of shape (n, 3)."""
    return [X[:, columns] for columns in combinations(range(X.shape[1]), 3)]


def geometric_median(points: Floats) -> Floats:
    """By the algorithm of Vardi and Zhang, to 1e-5 as in the library."""
    points = np.unique(points, axis=0)
    middle = points.mean(axis=0)
    while True:
        x, y, z = (points - middle).T
        distances = np.sqrt(x**2 + y**2 + z**2)
        apart = distances != 0
        zeros = len(points) - int(apart.sum())
        if zeros == len(points):
            return middle
        weights = 1 / distances[apart]
        total = weights.sum()
        moved = ((weights / total)[:, None] * points[apart]).sum(axis=0)
        if zeros:
            pull = np.linalg.norm((moved - middle) * total)
            held = 0 if pull == 0 else zeros / pull
            moved = max(0, 1 - held) * moved + min(1, held) * middle
        x, y, z = middle - moved
        if np.sqrt(x**2 + y**2 + z**2) < 1e-5:
            return moved
        middle = moved


def _angles(points: Floats, middle: Floats) -> tuple[Floats, Floats, Floats]:
    """Angles between the median and the rows seen from it, of those that have one; distances; which have."""
    around = points - middle
    lengths, norm = np.linalg.norm(around, axis=1), np.linalg.norm(middle)
    if norm == 0:
        return np.full(len(points), RIGHT_ANGLE), lengths, np.ones(len(points), dtype=bool)
    product = lengths * norm
    valid = product > 0
    if valid.all():
        cosines = np.dot(around, middle) / product
    else:
        cosines = np.dot(around[valid], middle) / product[valid]
    return np.arccos(np.clip(cosines, -1, 1)), lengths, valid


def _scale(angles: Floats, least: float, most: float) -> tuple[float, float]:
    """Factor and shift that bring these angles, and the ends of the range, into the range."""
    low, high = angles.min(initial=least), angles.max(initial=most)
    factor = (most - least) / (high - low)
    return factor, least - low * factor
