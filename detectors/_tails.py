"""Empirical tail probabilities of a few rows among many: the many are sorted once, not for each batch."""

from __future__ import annotations

import numpy as np

from bench import Floats

# Below, rounding may decide on the sign of a skewness; then the library's own function is asked.
UNSURE = 1e-6


class Tails:
    """Of the training rows ``X`` and those of a batch together, as ECOD and COPOD of PyOD take them."""

    def __init__(self, X: Floats) -> None:
        self.X = X
        self.columns = np.ascontiguousarray(np.sort(X, axis=0).T)
        self.mean = X.mean(axis=0)
        self.square, self.cube = moments(X - self.mean)

    def logarithms(self, batch: Floats) -> tuple[Floats, Floats]:
        """Negative logarithms of the left and the right tail probability of each value, (n, d) each."""
        batch = np.asarray(batch, dtype=float)
        among = len(self.X) + len(batch)
        left, right = np.empty(batch.shape), np.empty(batch.shape)
        for j, (column, values) in enumerate(zip(self.columns, batch.T, strict=True)):
            own = np.sort(values)
            left[:, j] = column.searchsorted(values, "right") + own.searchsorted(values, "right")
            right[:, j] = column.searchsorted(values) + own.searchsorted(values)
        return -np.log(left / among), -np.log((among - right) / among)

    def skewness_signs(self, batch: Floats) -> Floats:
        """The sign of each column's skewness, shape (d,): 0 where all its values are one."""
        from pyod.models.ecod import skew

        batch = np.asarray(batch, dtype=float)
        n, b = len(self.X), len(batch)
        square, cube = moments(batch - self.mean)
        shift = (batch - self.mean).sum(axis=0) / (n + b)
        square, cube = (n * self.square + b * square) / (n + b), (n * self.cube + b * cube) / (n + b)
        cube = cube - 3 * shift * square + 2 * shift**3
        square = square - shift**2
        with np.errstate(all="ignore"):
            skewness = cube / square**1.5
            near = ~(np.abs(skewness) > UNSURE) | ~(np.sqrt(square) > UNSURE * np.abs(self.mean + shift))
        signs = np.sign(skewness)
        if near.any():
            signs[near] = np.sign(skew(np.concatenate([self.X[:, near], batch[:, near]]), axis=0))
        return signs


def moments(X: Floats) -> tuple[Floats, Floats]:
    """Means of the squares and of the cubes of each column."""
    squares = X * X
    return squares.mean(axis=0), (squares * X).mean(axis=0)
