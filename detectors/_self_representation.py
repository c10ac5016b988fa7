"""Rows as sparse combinations of the other rows, and a random walk from each row to those that it is made of.

PyOD's R-graph asks scikit-learn's LARS for the same optimum, many times for each row, and for all rows anew
with each ten that it scores. Here a row is only asked again where one of the ten would be part of its
combination.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from bench import Floats

from ._sparse_combinations import SLACK, Indices, represent_all


@njit(cache=True)
def _over_bound(
    products: Floats, penalties: Floats, active: Indices, x: Floats, sizes: Indices
) -> NDArray[np.bool_]:
    """Which rows would be made of others if those with these products, (n, new), were there as well."""
    found = np.zeros(len(products), dtype=np.bool_)
    for i in range(len(products)):
        left = products[i].copy()
        for a in range(sizes[i]):
            left -= x[i, a] * products[active[i, a]]
        found[i] = np.abs(left).max() > penalties[i] * (1 + SLACK)
    return found


@njit(cache=True)
def _visits(active: Indices, x: Floats, sizes: Indices, largest: int, steps: int) -> Floats:
    """How often a random walk is at each row, by the ``largest`` shares of each: the mean over its steps."""
    n = len(active)
    at, total = np.full(n, 1 / n), np.zeros(n)
    weights = np.zeros(x.shape)
    for i in range(n):
        shares = np.abs(x[i, : sizes[i]])
        if len(shares) > largest:
            shares[np.argsort(-shares)[largest:]] = 0
        if shares.sum() > 0:
            weights[i, : sizes[i]] = shares / shares.sum()
    for _ in range(steps):
        after = np.zeros(n)
        for i in range(n):
            for a in range(sizes[i]):
                after[active[i, a]] += at[i] * weights[i, a]
        at = after
        total += at
    return total / steps


@dataclass
class Representations:
    """Rows X, (n, d), each as a combination of the others.

    gamma: the penalty is the least at which nothing is left, divided by this; or one by it, not ``relative``.
    largest, steps: of how many shares the graph is made, and how long one walks in it.
    """

    X: Floats
    gamma: float
    relative: bool
    largest: int
    steps: int

    def __post_init__(self) -> None:
        n = len(self.X)
        room = min(n, self.X.shape[1] + 1)
        self.products = self.X @ self.X.T
        self.penalties = self._penalties(self.products - np.diag(np.diag(self.products)))
        self.active = np.zeros((n, room), dtype=np.intp)
        self.shares, self.sizes = np.zeros((n, room)), np.zeros(n, dtype=np.intp)
        represent_all(
            self.products, np.arange(n), n, self.penalties, self.active, self.shares, self.sizes
        )  # fmt: skip

    def visits(self) -> Floats:
        """Of the rows, shape (n,)."""
        return _visits(self.active, self.shares, self.sizes, self.largest, self.steps)

    def visits_with(self, rows: Floats) -> Floats:
        """Of further rows, shape (m,), that are in the graph along with X."""
        n, m = len(self.X), len(rows)
        beside = self.X @ rows.T
        products = np.block([[self.products, beside], [beside.T, rows @ rows.T]])
        without = products - np.diag(np.diag(products))
        penalties = self._penalties(without)
        again = _over_bound(beside, self.penalties, self.active, self.shares, self.sizes)
        again |= penalties[:n] != self.penalties
        chosen = np.concatenate([np.flatnonzero(again), np.arange(n, n + m)])
        room = min(n + m, self.X.shape[1] + 1)
        active, shares = np.zeros((n + m, room), dtype=np.intp), np.zeros((n + m, room))
        active[:n, : self.active.shape[1]], shares[:n, : self.active.shape[1]] = self.active, self.shares
        sizes = np.concatenate([self.sizes, np.zeros(m, dtype=np.intp)])
        of_chosen = active[chosen], shares[chosen], sizes[chosen]
        represent_all(products, chosen, n + m, penalties[chosen], *of_chosen)
        active[chosen], shares[chosen], sizes[chosen] = of_chosen
        return _visits(active, shares, sizes, self.largest, self.steps)[n:]

    def _penalties(self, products: Floats) -> Floats:
        least = np.abs(products).max(axis=1)
        return least / self.gamma if self.relative else np.full(len(products), 1 / self.gamma)
