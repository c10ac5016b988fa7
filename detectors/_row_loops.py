"""PyOD's loops over rows, compiled: the same scores, up to rounding, in a fraction of the time.

Each function says which method of the library it stands for.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from bench import Floats

Indices = NDArray[np.intp]
Values = NDArray[np.float32]


@njit(cache=True)
def connectivity(D: Floats, nearest: Indices) -> Floats:
    """pyod.models.cof.COF._cof_fast. D: distances, (n, n). nearest: by distance, itself first, (n, k + 1)."""
    n, k = len(D), nearest.shape[1] - 1
    chained = np.empty(n)
    for i in range(n):
        path = nearest[i]
        total = 0.0
        for j in range(k):
            link = np.inf
            for m in range(j + 1):
                link = min(link, D[path[j + 1], path[m]])
            total += 2.0 * (k - j) / ((k + 1) * k) * link
        chained[i] = total
    factors = np.empty(n)
    for i in range(n):
        around = 0.0
        for j in range(1, k + 1):
            around += chained[nearest[i, j]]
        factors[i] = chained[i] * k / around if around != 0 else (np.nan if chained[i] == 0 else np.inf)
    return factors


@njit(cache=True)
def shared_neighbours(nearest: Indices, size: int) -> NDArray[np.uint32]:
    """pyod.models.sod._snn_imp: the rows with which each shares the most neighbours. nearest: (n, k)."""
    n, k = nearest.shape
    starts = np.zeros(n + 1, dtype=np.int64)
    for i in range(n):
        for j in range(k):
            starts[nearest[i, j] + 1] += 1
    starts = np.cumsum(starts)
    filled = starts.copy()
    bearers = np.empty(n * k, dtype=np.int64)  # for each row, those that have it among their neighbours
    for i in range(n):
        for j in range(k):
            row = nearest[i, j]
            bearers[filled[row]] = i
            filled[row] += 1
    found = np.zeros((n, size), dtype=np.uint32)
    for i in range(n):
        shared = np.zeros(n, dtype=np.uint32)
        for j in range(k):
            row = nearest[i, j]
            for at in range(starts[row], starts[row + 1]):
                shared[bearers[at]] += 1
        shared[i] = np.iinfo(np.uint32).max
        found[i] = np.argsort(shared)[::-1][1 : size + 1]
    return found


@njit(cache=True)
def isolated(
    X: Values,
    roots: Indices,
    features: Indices,
    thresholds: Floats,
    children: Indices,
    lengths: Floats,
) -> tuple[Floats, Floats]:
    """pyod.models.dif._cal_score: depths, and mean distances to thresholds on the way, summed over trees.

    The nodes of all trees lie one after the other. children: left and right one, -1 below a leaf, (nodes, 2).
    lengths: of the path to expect of a leaf's rows if they were parted further, (nodes,).
    """
    depths, distances = np.zeros(len(X)), np.zeros(len(X))
    for i in range(len(X)):
        for root in roots:
            node, depth, total, apart = root, 0, 0.0, 0
            while children[node, 0] >= 0:
                distance = abs(np.float64(X[i, features[node]]) - thresholds[node])
                total += distance
                apart += distance != 0
                depth += 1
                node = children[node, 0 if X[i, features[node]] <= thresholds[node] else 1]
            depths[i] += depth + lengths[node]
            distances[i] += total / (apart + 1e-6)
    return depths, distances
