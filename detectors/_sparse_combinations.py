"""The lasso of rows on other rows, given all their products: its optimum, by an active set."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from bench import Floats

Indices = NDArray[np.intp]
# Below this distance to what is active a row adds nothing that rounding does not; as in scikit-learn's LARS.
NEARLY_DEPENDENT = 1e-7
# By how much, of the penalty, a row outside may be over its bound.
SLACK = 1e-10
# For each row that may have a share; two or three are usual.
MOST_STEPS = 100


@njit(cache=True)
def _factor(L: Floats, G: Floats, active: Indices, start: int, size: int) -> None:
    """Cholesky's factor of the active rows' products, from its row ``start`` on."""
    for a in range(start, size):
        for b in range(a):
            L[a, b] = (G[active[a], active[b]] - np.dot(L[a, :b], L[b, :b])) / L[b, b]
        rest = G[active[a], active[a]] - np.dot(L[a, :a], L[a, :a])
        L[a, a] = np.sqrt(max(rest, NEARLY_DEPENDENT**2))


@njit(cache=True)
def _solve(L: Floats, right: Floats, size: int, x: Floats) -> None:
    """x with L Lᵀ x = right."""
    for a in range(size):
        x[a] = (right[a] - np.dot(L[a, :a], x[:a])) / L[a, a]
    for a in range(size - 1, -1, -1):
        x[a] /= L[a, a]
        for b in range(a):
            x[b] -= L[a, b] * x[a]


@njit(cache=True)
def _without(
    leaves: int, active: Indices, x: Floats, sign: Floats, size: int, barred: NDArray[np.bool_]
) -> int:
    """Take a row out of the active ones; returns how many there are then."""
    barred[active[leaves]] = False
    for a in range(leaves, size - 1):
        active[a], x[a], sign[a] = active[a + 1], x[a + 1], sign[a + 1]
    return size - 1


@njit(cache=True)
def represent(
    G: Floats, i: int, n: int, penalty: float, active: Indices, x: Floats, size: int, L: Floats
) -> int:
    """Row i by the others: min ½‖row - Σ x_j row_j‖² + penalty Σ|x_j|; returns how many have a share.

    Parameters
    ----------
    G : array, shape (n or more, n or more)
        Products of all rows with each other.
    active, x : arrays, shape (m,)
        Which rows have which share; the first ``size`` say where to begin, and are overwritten.
    L : array, shape (m, m)
        Room to work in.
    """
    products = G[i, :n].copy()
    barred = np.zeros(n, dtype=np.bool_)
    barred[i] = True
    for a in range(size):
        barred[active[a]] = True
    sign, right, target = np.empty(len(x)), np.empty(len(x)), np.empty(len(x))
    for a in range(size):
        sign[a] = np.sign(x[a])
    _factor(L, G, active, 0, size)
    settled = size == 0
    for _ in range(MOST_STEPS * len(x)):  # where rows are equal, rounding might go round in a circle
        if settled:
            left = products.copy()
            for a in range(size):
                left -= x[a] * G[active[a], :n]
            best, most = -1, penalty * (1 + SLACK)
            for j in range(n):
                if not barred[j] and abs(left[j]) > most:
                    best, most = j, abs(left[j])
            if best < 0 or size == len(x):
                return size
            barred[best] = True
            for b in range(size):
                L[size, b] = (G[best, active[b]] - np.dot(L[size, :b], L[b, :b])) / L[b, b]
            rest = G[best, best] - np.dot(L[size, :size], L[size, :size])
            toward, begin = np.sign(left[best]), 0.0
            if rest < NEARLY_DEPENDENT**2:
                # It is a combination of the active rows: it takes over from them until one is not needed.
                for a in range(size):
                    right[a] = G[best, active[a]] * toward
                _solve(L, right, size, target)
                begin, leaves = np.inf, -1
                for a in range(size):
                    if target[a] * sign[a] > 0 and x[a] / target[a] < begin:
                        begin, leaves = x[a] / target[a], a
                if leaves < 0:
                    continue
                for a in range(size):
                    x[a] -= begin * target[a]
                size = _without(leaves, active, x, sign, size, barred)
                _factor(L, G, active, leaves, size)
                for b in range(size):
                    L[size, b] = (G[best, active[b]] - np.dot(L[size, :b], L[b, :b])) / L[b, b]
                rest = max(G[best, best] - np.dot(L[size, :size], L[size, :size]), NEARLY_DEPENDENT**2)
            L[size, size] = np.sqrt(rest)
            active[size], x[size], sign[size] = best, begin * toward, toward
            size += 1
        # To the optimum for these signs; where a share would change its sign on the way, it leaves.
        for a in range(size):
            right[a] = products[active[a]] - penalty * sign[a]
        _solve(L, right, size, target)
        step, leaves = 1.0, -1
        for a in range(size):
            if target[a] * sign[a] <= 0:
                part = x[a] / (x[a] - target[a]) if x[a] != target[a] else 0.0
                if part < step:
                    step, leaves = part, a
        for a in range(size):
            x[a] += step * (target[a] - x[a])
        settled = leaves < 0
        if settled:
            x[:size] = target[:size]
        else:
            size = _without(leaves, active, x, sign, size, barred)
            _factor(L, G, active, leaves, size)
            settled = size == 0
    return size


@njit(cache=True)
def represent_all(
    G: Floats, rows: Indices, n: int, penalties: Floats, active: Indices, x: Floats, sizes: Indices
) -> None:
    """`represent` the given rows, each from what ``active``, ``x``, (rows, m), and ``sizes`` begin with."""
    L = np.empty((active.shape[1], active.shape[1]))
    for at in range(len(rows)):
        sizes[at] = represent(G, rows[at], n, penalties[at], active[at], x[at], sizes[at], L)
