"""The nearest of many rows, exactly, in machine code: products in single precision choose, doubles decide.

|a - b|² = |a|² + |b|² - 2ab turns distances into a product of matrices, which single precision computes twice
as fast. It rounds, so it only leaves out pairs that are too far apart by more than it can be wrong; distances
of the rest are sums of squared differences, in double precision.
"""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from bench.splits.arrays import Floats
from bench.splits.grouping import Indices

Singles = NDArray[np.float32]

# Rows of a block: its products stay in a processor's second cache.
BLOCK = 512
# Products of which the least distance is found at once, before any is looked at alone.
RUN = 64
# Of all pairs, the part that may be computed in double precision. Where more cannot be told apart in single
# precision, a search that uses doubles for all takes less time.
MOST_EXACT = 0.02
_UNIT = 2.0**-24


def nearest_rows(X: Floats, Y: Floats, k: int) -> tuple[Floats, Indices] | None:
    """Distances to the k nearest rows of Y of each row of X, and their indices, both (n, k), nearest first.

    X, Y: float64, shapes (n, d) and (m, d); where they are the same object, pairs are looked at once.
    Returns None where single precision cannot tell the rows apart, or holds no such numbers.
    """
    same = X is Y
    # The worst case, each row in turn nearer than all before it, is as good as ruled out in random order.
    order = np.random.default_rng(0).permutation(len(Y))
    rows = Y[order]
    centre = rows.mean(axis=0)
    queries = rows if same else np.ascontiguousarray(X)
    centred = rows - centre
    largest = max(float(np.abs(centred).max()), float(np.abs(queries - centre).max()))
    if not 1e-12 < largest < 1e12:
        return None
    theirs = _factors(centred)
    own = _opposite(theirs if same else _factors(queries - centre))
    squares = np.full((len(queries), k), math.inf)
    places = np.full((len(queries), k), -1, dtype=np.int64)
    most = int(MOST_EXACT * len(queries) * len(rows)) + 4 * k * len(queries) * int(math.log(len(rows)) + 1)
    found = squares, places, most
    if not (
        _search_among(rows, own, theirs, *found) if same else _search(queries, rows, own, theirs, *found)
    ):
        return None
    distances, indices = np.sqrt(squares), order[places]
    if same:
        back = np.empty_like(order)
        back[order] = np.arange(len(order))
        distances, indices = distances[back], indices[back]
    return distances, indices


def _factors(centred: Floats) -> Singles:
    """The right side of products that are squared distances: rows in single precision, lengths, ones.

    A squared length is less by all that rounding can add to a distance.
    """
    # Of d products and as many sums, of the rows' own rounding, and of the lengths'.
    error = 2 * (centred.shape[1] + 16) * _UNIT
    lengths = (centred**2).sum(axis=1) * (1 - error)
    return np.column_stack((centred, lengths, np.ones(len(centred)))).astype(np.float32)


def _opposite(factors: Singles) -> Singles:
    """The left side, from the right side of the same rows."""
    return np.hstack((-2 * factors[:, :-2], factors[:, :-3:-1]))


@numba.njit(cache=True)
def _put(squares: Floats, places: Indices, i: int, value: float, j: int) -> None:
    """Keep row j, at a squared distance, among the nearest of row i, which are in ascending order."""
    last = squares.shape[1] - 1
    while last > 0 and squares[i, last - 1] > value:
        squares[i, last] = squares[i, last - 1]
        places[i, last] = places[i, last - 1]
        last -= 1
    squares[i, last] = value
    places[i, last] = j


@numba.njit(cache=True)
def _squared(a: Floats, b: Floats) -> float:
    total = 0.0
    for c in range(len(a)):
        total += (a[c] - b[c]) ** 2
    return total


@numba.njit(cache=True, fastmath=True)
def _count(rough: Singles, limits: Singles, limit: Any) -> int:
    """How many squared distances are within a limit: the row's or the other's, whichever is larger."""
    # A sum without a branch, of which a processor takes many at once.
    found = 0
    for j in range(len(rough)):
        found += rough[j] <= max(limits[j], limit)
    return found


@numba.njit(cache=True)
def _limit(value: float) -> Any:
    """A squared distance in single precision, not less than it was."""
    return np.float32(value * (1 + 2.0**-22))


@numba.njit(cache=True)
def _search_among(
    rows: Floats, own: Singles, theirs: Singles, squares: Floats, places: Indices, most: int
) -> bool:
    """Nearest rows among themselves; False once more than ``most`` pairs had to be computed exactly."""
    n, k = squares.shape
    products = np.empty(BLOCK * BLOCK, dtype=np.float32)
    limits = np.full(n, np.float32(np.inf))
    exact = 0
    for i in range(n):
        _put(squares, places, i, 0.0, i)
        limits[i] = _limit(squares[i, k - 1])
    for first in range(0, n, BLOCK):
        height = min(BLOCK, n - first)
        for second in range(first, n, BLOCK):
            width = min(BLOCK, n - second)
            block = products[: height * width].reshape(height, width)
            np.dot(own[first : first + height], theirs[second : second + width].T, block)
            for i in range(first, first + height):
                for start in range(max(i + 1, second), second + width, RUN):
                    stop = min(start + RUN, second + width)
                    rough = block[i - first, start - second : stop - second]
                    if not _count(rough, limits[start:stop], limits[i]):
                        continue
                    for j in range(start, stop):
                        if rough[j - start] > max(limits[j], limits[i]):
                            continue
                        exact += 1
                        value = _squared(rows[i], rows[j])
                        if value < squares[i, k - 1]:
                            _put(squares, places, i, value, j)
                            limits[i] = _limit(squares[i, k - 1])
                        if value < squares[j, k - 1]:
                            _put(squares, places, j, value, i)
                            limits[j] = _limit(squares[j, k - 1])
            if exact > most:
                return False
    return True


@numba.njit(cache=True)
def _search(
    queries: Floats, rows: Floats, own: Singles, theirs: Singles, squares: Floats, places: Indices, most: int
) -> bool:
    """Nearest rows of other rows; False once more than ``most`` pairs had to be computed exactly."""
    n, k = squares.shape
    products = np.empty(BLOCK * BLOCK, dtype=np.float32)
    none = np.full(RUN, np.float32(-np.inf))
    exact = 0
    for first in range(0, n, BLOCK):
        height = min(BLOCK, n - first)
        for second in range(0, len(rows), BLOCK):
            width = min(BLOCK, len(rows) - second)
            block = products[: height * width].reshape(height, width)
            np.dot(own[first : first + height], theirs[second : second + width].T, block)
            for i in range(first, first + height):
                limit = _limit(squares[i, k - 1])
                for start in range(0, width, RUN):
                    rough = block[i - first, start : min(start + RUN, width)]
                    if not _count(rough, none[: len(rough)], limit):
                        continue
                    for j in range(len(rough)):
                        if rough[j] > limit:
                            continue
                        exact += 1
                        value = _squared(queries[i], rows[second + start + j])
                        if value < squares[i, k - 1]:
                            _put(squares, places, i, value, second + start + j)
                            limit = _limit(squares[i, k - 1])
            if exact > most:
                return False
    return True
