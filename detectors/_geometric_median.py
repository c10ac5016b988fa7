"""The geometric median of points in space, as ROD of PyOD finds it: each sum is in the library's order."""

from __future__ import annotations

import numpy as np
from numba import njit

from bench import Floats

from ._distances import Indices, numpys_order

# Where a step is shorter it ends, as in the library.
NEAR = 1e-5


def distinct_rows(places: Indices) -> Indices:
    """Those of which there are no two alike, in ascending order; places: of their values, (3, n)."""
    first, second, third = places
    size = places.max() + 1
    return np.unique((first * size + second) * size + third, return_index=True)[1]


def geometric_median(points: Floats) -> Floats:
    """Of distinct points in ascending order, (n, 3), by the library's algorithm, that of Vardi and Zhang."""
    order = numpys_order(len(points))
    middle = points.mean(axis=0)
    while True:
        moved, ended = approached(points, middle, order)
        if ended:
            return moved
        middle = moved  # which is one of the points
        distances = np.linalg.norm(points - middle, axis=1)
        apart = distances != 0
        if not apart.any():
            return middle
        weights = 1 / distances[apart]
        total = weights.sum()
        moved = ((weights / total)[:, None] * points[apart]).sum(axis=0)
        pull = np.linalg.norm((moved - middle) * total)
        held = 0 if pull == 0 else 1 / pull
        moved = max(0, 1 - held) * moved + min(1, held) * middle
        if np.linalg.norm(middle - moved) < NEAR:
            return moved
        middle = moved


@njit(cache=True)
def approached(points: Floats, middle: Floats, order: Indices) -> tuple[Floats, bool]:
    """Where the steps from ``middle`` end, or come upon a point; and whether they have ended.

    order: `numpys_order` of the points, in which it adds their weights.
    """
    n = len(points)
    weights, sums = np.empty(n), np.empty(64)
    a, b, c = middle
    while True:
        for i in range(n):
            x, y, z = points[i, 0] - a, points[i, 1] - b, points[i, 2] - c
            weights[i] = np.sqrt(x * x + y * y + z * z)
        if weights.min() == 0:
            return np.array([a, b, c]), False
        for i in range(n):
            weights[i] = 1 / weights[i]
        kept = 0
        for at in range(len(order)):
            sums[kept] = block_sum(weights, order[at, 0], order[at, 1])
            kept += 1
            for _ in range(order[at, 2]):
                kept -= 1
                sums[kept - 1] += sums[kept]
        x, y, z = a, b, c
        a, b, c = 0.0, 0.0, 0.0
        for i in range(n):
            weight = weights[i] / sums[0]
            a += weight * points[i, 0]
            b += weight * points[i, 1]
            c += weight * points[i, 2]
        if np.sqrt((x - a) ** 2 + (y - b) ** 2 + (z - c) ** 2) < NEAR:
            return np.array([a, b, c]), True


@njit(cache=True)
def block_sum(values: Floats, start: int, end: int) -> float:
    """The sum of at most 128 values, as numpy adds them."""
    if end - start < 8:
        total = 0.0
        for i in range(start, end):
            total += values[i]
        return total
    lanes = values[start : start + 8].copy()
    whole = end - (end - start) % 8
    for i in range(start + 8, whole, 8):
        for lane in range(8):
            lanes[lane] += values[i + lane]
    total = ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]))
    for i in range(whole, end):
        total += values[i]
    return total
