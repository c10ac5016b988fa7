"""LMDD's smoothing factors, compiled: sums over growing sets of rows are kept, not added up anew.

The dissimilarity of a set of rows is the mean absolute deviation of all their values. With the values in
ascending order, and counts and sums kept for blocks of about the square root of their number, one more row
costs its own values, and a deviation one pass over the blocks.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from bench import Floats

Indices = NDArray[np.intp]


@njit(cache=True)
def smoothing_factors(X: Floats, order: Indices, values: Floats, places: Indices) -> Floats:
    """By how much a set gets more alike without a row, the rows joining in this order (Arning et al., 1996).

    X: shape (n, d). order: a permutation of the rows. values: all values, ascending; places: of each value of
    X, among them, (n, d). pyod.models.lmdd.LMDD.__dis.
    """
    n, d = X.shape
    width = int(np.sqrt(n * d)) + 1
    blocks = n * d // width + 1
    counts, sums = np.zeros(blocks, dtype=np.int64), np.zeros(blocks)
    present = np.zeros(n * d, dtype=np.bool_)
    factors = np.zeros(n)
    before, largest, leap = 0.0, -np.inf, 0
    total = 0.0
    for i in range(n):
        row = order[i]
        for column in range(d):
            place = places[row, column]
            present[place] = True
            counts[place // width] += 1
            sums[place // width] += X[row, column]
            total += X[row, column]
        size = (i + 1) * d
        mean = total / size
        below = np.searchsorted(values, mean)
        low_count, low_sum = 0, 0.0
        for block in range(below // width):
            low_count += counts[block]
            low_sum += sums[block]
        for place in range(below // width * width, below):
            if present[place]:
                low_count += 1
                low_sum += values[place]
        deviation = (mean * low_count - low_sum + (total - low_sum) - mean * (size - low_count)) / size
        if i and deviation - before > largest:
            largest, leap = deviation - before, i
        before = deviation
    if largest <= 0:
        return factors
    factors[leap] = largest
    without = _with_one_more(X, order, values, places, leap)
    with_it = _with_one_more(X, order, values, places, leap + 1)
    for i in range(leap + 1, n):
        if without[i] - with_it[i] >= 0:
            factors[i] = without[i] - with_it[i] + largest
    return factors


@njit(cache=True)
def _with_one_more(X: Floats, order: Indices, values: Floats, places: Indices, size: int) -> Floats:
    """The dissimilarity of the first ``size`` rows and one more, for each row that follows, (n,)."""
    n, d = X.shape
    counts, sums = np.zeros(n * d + 1, dtype=np.int64), np.zeros(n * d + 1)
    for i in range(size):
        for column in range(d):
            counts[places[order[i], column] + 1] = 1
            sums[places[order[i], column] + 1] = X[order[i], column]
    counts, sums = np.cumsum(counts), np.cumsum(sums)
    total, number = sums[-1], counts[-1] + d
    found = np.zeros(n)
    for i in range(size, n):
        row = X[order[i]]
        mean = (total + row.sum()) / number
        below = np.searchsorted(values, mean)
        deviation = mean * counts[below] - sums[below]
        deviation += (total - sums[below]) - mean * (number - d - counts[below])
        for column in range(d):
            deviation += abs(row[column] - mean)
        found[i] = deviation / number
    return found
