"""LOCI's scan of radii, in which whole ranges of radii are left out that provably change no score."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from bench import Floats

Counts = NDArray[np.int32]
Indices = NDArray[np.intp]

FEWEST = 20  # rows that must be near on average, before a radius counts
CELLS = 1024


def deviations(D: Floats, alpha: float, k: float) -> Floats:
    """pyod.models.loci.LOCI._calculate_decision_score, to the last bit. D: distances, (n, n). k: from 0."""
    ascending = np.sort(D, axis=1)
    # Any ascending distances do; quantiles put as many counts between two of them as between others.
    some = ascending[:: max(1, len(D) // 100)]
    grid = np.unique(np.quantile(some, np.linspace(0, 1, CELLS)))
    grid[0] = 0.0
    found: Floats = scan(ascending, np.argsort(D, axis=1), grid, alpha, k)
    return found


@njit(cache=True)
def scan(ascending: Floats, orders: Indices, grid: Floats, alpha: float, k: float) -> Floats:
    """ascending: distances, each row sorted; orders: the rows at those, both (n, n). grid: ascending, from 0.

    The score of a row is that at the first radius where it deviates by more than ``k``, else at the last one.
    As the radius grows, the rows inside and each row's number of near ones only rise. So their numbers at two
    radii bound the deviation at all between; only where that does not exclude an end is every radius tried.
    """
    n, cells = len(ascending), len(grid)
    below = np.empty((cells + 1, n), dtype=np.int32)
    for row in range(n):
        below[:cells, row] = np.searchsorted(ascending[row], grid)
    below[cells] = n
    scores, counts = np.zeros(n), np.empty(n, dtype=np.int32)
    largest = ascending.max() / alpha
    for i in range(n):
        order, near = orders[i], ascending[i]
        reached = near[(near > 0) & (near <= largest)]
        radii = np.sort(np.concatenate((reached, reached / alpha)))
        small = radii * alpha
        cell = np.searchsorted(grid, small, side="right") - 1
        inside = np.searchsorted(near, radii, side="right")
        own = np.searchsorted(near, small)
        at, width, ended = 0, 1, False
        while at < len(radii) and not ended:
            beyond = min(cell[at] + width, cells)
            to = np.searchsorted(cell, beyond)
            if excluded(order, below[cell[at]], below[beyond], inside[at], inside[to - 1], own[at], k):
                at, width = to, 2 * width
            elif width > 1:
                width //= 2
            else:
                counts[:] = below[cell[at]]
                while at < to and not ended:
                    total, squares = sums(ascending, order[: inside[at]], counts, small[at])
                    if total >= FEWEST * inside[at]:
                        scores[i], ended = deviation(total, squares, inside[at], own[at], k)
                    at += 1
        while at > 0 and not ended:  # the last radius that counts
            at -= 1
            counts[:] = below[cell[at]]
            total, squares = sums(ascending, order[: inside[at]], counts, small[at])
            if total >= FEWEST * inside[at]:
                scores[i], ended = deviation(total, squares, inside[at], own[at], k)[0], True
    return scores


@njit(cache=True)
def excluded(order: Indices, before: Counts, after: Counts, start: int, end: int, own: int, k: float) -> bool:
    """Whether no radius of a range ends the scan.

    before, after: how many rows each row has near, at least and at most. start, end: how many are inside, at
    least and at most. own: before, for the row of which all this is.
    """
    total, squares, moved, ahead, most = 0, 0, 0, 0, 0.0
    for at in range(start):
        low, high = int(before[order[at]]), int(after[order[at]])
        total += low
        squares += low * low
        moved += (high - low) * (high - low)
        ahead += high
    if start:
        most = ahead / start
    for at in range(start, end):
        ahead += after[order[at]]
        most = max(most, ahead / (at + 1))
    # The mean is at most ``most``. The root of the sum of squared differences from the mean is a norm, which
    # changes by no more than what is added to it, and more rows only make it larger.
    if most < FEWEST or most <= own:
        return True
    if start == 0:
        return False
    spread = np.sqrt((start * squares - total * total) / start) - np.sqrt(moved)
    return (most - own) * (1 + 1e-9) < k * spread / np.sqrt(end)


@njit(cache=True)
def sums(ascending: Floats, rows: Indices, counts: Counts, small: float) -> tuple[int, int]:
    """Of the numbers of distances below ``small``, and of their squares; ``counts`` rises to the numbers."""
    total, squares = 0, 0
    for row in rows:
        far, count = ascending[row], int(counts[row])
        while count < len(far) and far[count] < small:
            count += 1
        counts[row] = count
        total += count
        squares += count * count
    return total, squares


@njit(cache=True)
def deviation(total: int, squares: int, inside: int, own: int, k: float) -> tuple[float, bool]:
    """The score, and whether it ends the scan."""
    mean = total / inside
    spread = np.sqrt(inside * squares - total * total) / inside / mean
    difference = 1 - own / mean
    score = difference / spread if spread else (np.nan if difference == 0 else np.inf)
    return score, difference > k * spread
