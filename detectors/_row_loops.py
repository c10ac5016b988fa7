"""PyOD's loops over rows, compiled: the same scores, up to rounding, in a fraction of the time.

Each function says which method of the library it stands for. Where the order of equal distances decides, the
distances are summed in numpy's order and sorted by the routine that the library sorts them by.
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


@njit(cache=True)
def correlation_integrals(D: Floats, ascending: Floats, alpha: float, k: float) -> Floats:
    """pyod.models.loci.LOCI._calculate_decision_score. D: distances, ascending: its rows sorted, (n, n).

    As the radius grows, each row's number of near rows only rises: a pointer into its sorted distances takes
    the place of counting them anew.
    """
    n = len(D)
    scores = np.zeros(n)
    largest = D.max() / alpha
    for i in range(n):
        # Rows enter the neighbourhood in the order of their distances.
        order = np.argsort(D[i])
        near = ascending[i]
        reached = near[(near > 0) & (near <= largest)]
        radii = np.sort(np.concatenate((reached, reached / alpha)))
        counts = np.zeros(n, dtype=np.int64)
        inside, own = 0, 0
        for radius in radii:
            small = radius * alpha
            while inside < n and near[inside] <= radius:
                inside += 1
            while own < n and near[own] < small:
                own += 1
            total, squares = 0, 0
            for at in range(inside):
                row = order[at]
                count = counts[at]
                while count < n and ascending[row, count] < small:
                    count += 1
                counts[at] = count
                total += count
                squares += count * count
            if total < 20 * inside:
                continue
            mean = total / inside
            deviation = np.sqrt(inside * squares - total * total) / inside / mean
            difference = 1 - own / mean
            scores[i] = difference / deviation if deviation else (np.nan if difference == 0 else np.inf)
            if difference > k * deviation:
                break
    return scores


@njit(cache=True)
def affinities(D: Floats, perplexity: float, tolerance: float) -> Floats:
    """pyod.models.sos.SOS._d2a: by bisection, the kernel width at which a row has so many neighbours."""
    n = len(D)
    found = np.zeros((n, n))
    wanted = np.log(perplexity)
    for i in range(n):
        beta, low, high = 1.0, -np.inf, np.inf
        tries = 0
        while True:
            total, weighted = 0.0, 0.0
            for j in range(n):
                if j != i:
                    value = np.exp(-D[i, j] * beta)
                    found[i, j] = value
                    total += value
                    weighted += D[i, j] * value
            excess = np.log(total) + beta * weighted / total - wanted if total else np.nan
            if not (np.isnan(excess) or abs(excess) > tolerance) or tries == 5000:
                break
            tries += 1
            if np.isnan(excess):
                beta /= 10.0
            elif excess > 0:
                low = beta
                beta = beta * 2.0 if np.isinf(high) else (beta + high) / 2.0
            else:
                high = beta
                beta = beta / 2.0 if np.isinf(low) else (beta + low) / 2.0
    return found
