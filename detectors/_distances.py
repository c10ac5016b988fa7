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
# Their partial sums are in the processor's first cache.
TOGETHER = 128


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
def add_block_of_squares(
    x: Floats, columns: Floats, start: int, end: int, lanes: Floats, sums: Floats
) -> None:
    """`block_of_squares` between x and each of the first rows of some, into sums, (width,).

    columns: the rows as columns, (d, n). lanes: room for 8 partial sums of each, (8, width).
    """
    width = len(sums)
    lanes[:, :width] = 0.0
    whole = end - (end - start) % 8 if end - start >= 8 else start
    for at in range(start, whole):
        lane, column, value = lanes[(at - start) % 8], columns[at], x[at]
        for j in range(width):
            lane[j] += (column[j] - value) ** 2
    for j in range(width):
        left = (lanes[0, j] + lanes[1, j]) + (lanes[2, j] + lanes[3, j])
        sums[j] = left + ((lanes[4, j] + lanes[5, j]) + (lanes[6, j] + lanes[7, j]))
    for at in range(whole, end):
        column, value = columns[at], x[at]
        for j in range(width):
            sums[j] += (column[j] - value) ** 2


@njit(cache=True)
def distances(X: Floats, order: Indices) -> Floats:
    """Between all rows, (n, n). order: `numpys_order` of the columns.

    Each is summed as `sum_of_squares` does; those of a row to so many others at once, which the processor
    works out side by side.
    """
    n = len(X)
    found, sums, lanes = np.zeros((n, n)), np.empty((64, TOGETHER)), np.empty((8, TOGETHER))
    for first in range(0, n, TOGETHER):
        columns = X[first : first + TOGETHER].T.copy()
        for i in range(first + 1, n):
            width = min(TOGETHER, i - first)
            kept = 0
            for at in range(len(order)):
                add_block_of_squares(X[i], columns, order[at, 0], order[at, 1], lanes, sums[kept, :width])
                kept += 1
                for _ in range(order[at, 2]):
                    kept -= 1
                    sums[kept - 1, :width] += sums[kept, :width]
            for j in range(width):
                found[i, first + j] = found[first + j, i] = np.sqrt(sums[0, j])
    return found


def nearest(D: Floats, k: int) -> Indices:
    """The k nearest in each row of distances, (n, n), in the order in which numpy sorts them, (n, k)."""
    if k >= len(D):
        return np.argsort(D, axis=1)[:, :k]
    found, tied = _nearest(D, k)
    found[tied] = np.argsort(D[tied], axis=1)[:, :k]
    return found


@njit(cache=True)
def _nearest(D: Floats, k: int) -> tuple[Indices, NDArray[np.bool_]]:
    """The same where no two of the k + 1 nearest are equally far, and where some are."""
    n = len(D)
    found, tied = np.empty((n, k), dtype=np.intp), np.zeros(n, dtype=np.bool_)
    values, places = np.empty(k + 1), np.empty(k + 1, dtype=np.intp)
    for i in range(n):
        values[:] = np.inf
        for j in range(n):
            value = D[i, j]
            if value < values[k]:
                at = k
                while at and values[at - 1] > value:
                    values[at], places[at] = values[at - 1], places[at - 1]
                    at -= 1
                values[at], places[at] = value, j
        found[i] = places[:k]
        for at in range(k):
            tied[i] |= values[at] == values[at + 1]
    return found, tied


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
