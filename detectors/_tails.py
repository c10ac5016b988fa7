"""Sums over columns of the logarithms of empirical tail probabilities, by one sort of each column."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from bench import Floats

Indices = NDArray[np.intp]
# Below, rounding may decide on the sign of a skewness; then the library's own function is asked.
UNSURE = 1e-6
# So many times more rows are searched by halving rather than gone through.
MANY = 32


class Tails:
    """ECOD and COPOD of PyOD: how far out in their columns the training rows ``X`` are, and rows of a batch.

    A value's tails are counted among its batch and the training rows together. It scores the tail to which
    its column is skewed, and at least ``larger`` of both or their mean.
    """

    def __init__(self, X: Floats, larger: bool) -> None:
        self.X, self.larger = X, larger
        self.order = [np.argsort(column) for column in np.ascontiguousarray(X.T)]
        self.columns = [column[order] for column, order in zip(X.T, self.order, strict=True)]
        self.mean = X.mean(axis=0)
        self.square, self.cube = moments(X - self.mean)

    def of_training(self) -> Floats:
        """Scores of the training rows, shape (n,)."""
        scores = np.zeros(len(self.X))
        signs = self._signs(self.square, self.cube, self.mean, self.X)
        for column, order, sign in zip(self.columns, self.order, signs, strict=True):
            add_column(column[:0], column, order, sign, self.larger, scores)
        return scores

    def of(self, batch: Floats) -> Floats:
        """Scores of a batch's rows, shape (m,)."""
        batch = np.asarray(batch, dtype=float)
        scores = np.zeros(len(batch))
        values = np.ascontiguousarray(batch.T)
        for known, column, sign in zip(self.columns, values, self.skewness_signs(batch), strict=True):
            order = np.argsort(column)
            add_column(known, column[order], order, sign, self.larger, scores)
        return scores

    def skewness_signs(self, batch: Floats) -> Floats:
        """The sign of each column's skewness with a batch, shape (d,): 0 where all its values are one."""
        n, b = len(self.X), len(batch)
        apart = batch - self.mean
        square, cube = moments(apart)
        shift = apart.sum(axis=0) / (n + b)
        square, cube = (n * self.square + b * square) / (n + b), (n * self.cube + b * cube) / (n + b)
        cube = cube - 3 * shift * square + 2 * shift**3
        return self._signs(square - shift**2, cube, self.mean + shift, self.X, batch)

    def _signs(self, square: Floats, cube: Floats, mean: Floats, *parts: Floats) -> Floats:
        with np.errstate(all="ignore"):
            skewness = cube / square**1.5
            near = ~(np.abs(skewness) > UNSURE) | ~(np.sqrt(square) > UNSURE * np.abs(mean))
        signs = np.sign(skewness)
        if near.any():
            from pyod.models.ecod import skew

            signs[near] = np.sign(skew(np.concatenate([part[:, near] for part in parts]), axis=0))
        return signs


@njit(cache=True)
def add_column(
    known: Floats, ascending: Floats, order: Indices, sign: float, larger: bool, scores: Floats
) -> None:
    """Add what a batch's values in a column score to the scores of its rows.

    known: the training rows' values, ascending. ascending, order: the batch's, and from which rows these are.
    sign: of the column's skewness.
    """
    among, m = len(known) + len(ascending), len(ascending)
    start, below, up_to = 0, 0, 0
    while start < m:
        value, end = ascending[start], start + 1
        while end < m and ascending[end] == value:
            end += 1
        if len(known) > MANY * m:
            below = np.searchsorted(known, value)
            up_to = np.searchsorted(known, value, side="right")
        else:
            while below < len(known) and known[below] < value:
                below += 1
            up_to = max(up_to, below)
            while up_to < len(known) and known[up_to] == value:
                up_to += 1
        left = -np.log((up_to + end) / among)
        right = -np.log((among - below - start) / among)
        score = max(left, right) if larger else (left + right) / 2
        score = max(score, left * (sign <= 0) + right * (sign >= 0))
        for at in range(start, end):
            scores[order[at]] += score
        start = end


def moments(X: Floats) -> tuple[Floats, Floats]:
    """Means of the squares and of the cubes of each column."""
    squares = X * X
    return squares.mean(axis=0), (squares * X).mean(axis=0)
