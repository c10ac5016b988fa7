"""Distances between rows to the last bit of numpy's: sums of squares in the order in which it adds.

Where equal distances are sorted, their order decides on scores, and a last bit on what is equal. What uses
these sums is in this file: numba's cache on disk does not see a change of another one.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from bench import Floats

Indices = NDArray[np.intp]


def numpys_order(length: int) -> Indices:
    """The blocks in which numpy.sum adds so many values, (blocks, 3).

    Start, end, and how many sums are put together after it, the latest two at a time.
    """

    def blocks(start: int, end: int) -> list[list[int]]:
        if end - start <= 128:
            return [[start, end, 0]]
        half = (end - start) // 2
        half -= half % 8
        found = blocks(start, start + half) + blocks(start + half, end)
        found[-1][2] += 1
        return found

    return np.array(blocks(0, length))


@njit(cache=True)
def block_of_squares(x: Floats, y: Floats, start: int, end: int) -> float:
    """The sum of the squared differences in a block, as numpy adds them."""
    if end - start < 8:
        total = 0.0
        for i in range(start, end):
            total += (x[i] - y[i]) ** 2
        return total
    a0, a1, a2, a3 = 0.0, 0.0, 0.0, 0.0
    a4, a5, a6, a7 = 0.0, 0.0, 0.0, 0.0
    whole = end - (end - start) % 8
    for i in range(start, whole, 8):
        a0 += (x[i] - y[i]) ** 2
        a1 += (x[i + 1] - y[i + 1]) ** 2
        a2 += (x[i + 2] - y[i + 2]) ** 2
        a3 += (x[i + 3] - y[i + 3]) ** 2
        a4 += (x[i + 4] - y[i + 4]) ** 2
        a5 += (x[i + 5] - y[i + 5]) ** 2
        a6 += (x[i + 6] - y[i + 6]) ** 2
        a7 += (x[i + 7] - y[i + 7]) ** 2
    total = ((a0 + a1) + (a2 + a3)) + ((a4 + a5) + (a6 + a7))
    for i in range(whole, end):
        total += (x[i] - y[i]) ** 2
    return total


@njit(cache=True)
def sum_of_squares(x: Floats, y: Floats, order: Indices, sums: Floats) -> float:
    """Of the differences, so that ties are the same to the last bit. sums: room for 64 values."""
    kept = 0
    for start, end, merged in order:
        sums[kept] = block_of_squares(x, y, start, end)
        kept += 1
        for _ in range(merged):
            kept -= 1
            sums[kept - 1] += sums[kept]
    return sums[0]


@njit(cache=True)
def distances(X: Floats, order: Indices) -> Floats:
    """Between all rows, (n, n). order: `numpys_order` of the columns."""
    n = len(X)
    found, sums = np.zeros((n, n)), np.empty(64)
    for i in range(n):
        for j in range(i):
            found[i, j] = found[j, i] = np.sqrt(sum_of_squares(X[i], X[j], order, sums))
    return found


@njit(cache=True)
def subspace_degrees(X: Floats, references: NDArray[np.uint32], alpha: float, order: Indices) -> Floats:
    """pyod.models.sod.SOD._sod, given the reference rows of each row, (n, size).

    order: `numpys_order` of all values of such a set. Columns of whole numbers may be exactly at the limit.
    """
    n, d = X.shape
    sums = np.empty(64)
    size = references.shape[1]
    degrees = np.zeros(n)
    rows, means = np.empty(size * d), np.empty(size * d)
    for i in range(n):
        mean, variance = np.zeros(d), np.zeros(d)
        for at in range(size):
            rows[at * d : (at + 1) * d] = X[references[i, at]]
            mean += X[references[i, at]]
        mean /= size
        for at in range(size):
            means[at * d : (at + 1) * d] = mean
            variance += (X[references[i, at]] - mean) ** 2
        variance /= size
        limit = alpha * (sum_of_squares(rows, means, order, sums) / size) / d
        alike, distance = 0, 0.0
        for column in range(d):
            if variance[column] < limit:
                alike += 1
                distance += (X[i, column] - mean[column]) ** 2
        if alike:
            degrees[i] = np.sqrt(distance / alike)
    return degrees
