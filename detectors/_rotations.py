"""ROD (Almardeny et al., 2020) on triples of columns, without PyOD's loops over rows.

A score is divided by a median that may be a rounding error, so the order of each sum is the library's.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from bench import Floats

from ._distances import Indices
from ._geometric_median import distinct_rows, geometric_median

RIGHT_ANGLE = np.pi / 2
# Angles up to 90 degrees are scaled to the first range, and others to the second.
RANGES = (0.001, 0.955), (RIGHT_ANGLE + 0.001, 2.186)
# So many rows of triples are judged at a time: what is worked out of them is in a processor's cache.
TOGETHER = 1 << 14


@dataclass(frozen=True)
class Triple:
    """What is learnt of three columns: the geometric median, the median cost, and how angles are scaled."""

    middle: Floats
    cost: float
    scales: tuple[tuple[float, float], ...]

    @classmethod
    def fitted(cls, points: Floats, distinct: Indices) -> Triple:
        """points: shape (n, 3). distinct: which of them, each once, in ascending order."""
        middle = geometric_median(points[distinct])
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


class Triples:
    """All triples of columns; rows are judged by many of them at once, as each takes few rows no time.

    Parameters
    ----------
    X : array, shape (n, d)
        Rows to learn from.
    """

    def __init__(self, X: Floats) -> None:
        places = np.array([np.unique(column, return_inverse=True)[1] for column in X.T])
        found = []
        # One after the other: of a thousand columns there are more triples than any memory holds.
        for columns in map(list, combinations(range(X.shape[1]), 3)):
            triple = Triple.fitted(X[:, columns], distinct_rows(places[columns]))
            found.append((columns, triple.middle, triple.cost, triple.scales))
        self.columns, self.middles, self.costs, self.scales = map(np.array, zip(*found, strict=True))

    def deviations(self, X: Floats) -> Floats:
        """Modified z-scores of the costs of rows, shape (triples, n)."""
        rows = np.ascontiguousarray(X.T)
        found = np.empty((len(self.columns), len(X)))
        step = max(1, TOGETHER // len(X))
        for at in range(0, len(found), step):
            found[at : at + step] = self._deviations(rows, slice(at, at + step))
        return found

    def _deviations(self, rows: Floats, some: slice) -> Floats:
        x, y, z = self.middles[some].T[:, :, None]
        a, b, c = (rows[column] - at for column, at in zip(self.columns[some].T, (x, y, z), strict=True))
        lengths = np.sqrt(a * a + b * b + c * c)
        norms = np.sqrt(x * x + y * y + z * z)
        products = lengths * norms
        with np.errstate(divide="ignore", invalid="ignore"):
            angles = np.arccos(np.clip((a * x + b * y + c * z) / products, -1, 1))
            angles[norms[:, 0] == 0] = RIGHT_ANGLE
            factors, shifts = (
                np.where(angles <= RIGHT_ANGLE, *self.scales[some, :, of].T[:, :, None]) for of in (0, 1)
            )
            scaled = angles * factors + shifts
            costs = np.power(lengths, 3) * np.cos(scaled) * np.square(np.sin(scaled))
            costs[(products == 0) & (norms != 0)] = 0
            far = np.abs(costs - self.costs[some, None])
            found: Floats = 0.6745 * far / np.median(far, axis=1, keepdims=True)
        return found


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
