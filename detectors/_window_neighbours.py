"""The nearest windows of a channel by shape, several of each; `_window_joins` says how near windows are."""

from __future__ import annotations

import numpy as np
from numba import njit

from bench import Floats

from ._window_joins import NONE, Windows, steps

# Diagonals that are followed together, and after how many windows a covariance is taken anew.
TOGETHER, ANEW = 1024, 1024


def kth_most_alike(windows: Windows, k: int) -> Floats:
    """Of each window the k-th highest correlation with another, or the lowest where there are fewer."""
    found = _heaps(windows, min(k, windows.count - 1))
    _follow(*steps(windows), *steps(windows), windows.length, 1, found, found)
    return found[:, 0]


def kth_most_alike_among(windows: Windows, others: Windows, k: int) -> Floats:
    """Of each window the k-th highest correlation with one of others, or the lowest where there are fewer."""
    found, none = _heaps(windows, min(k, others.count)), np.empty((0, 0))
    _follow(*steps(windows), *steps(others), windows.length, 0, found, none)
    _follow(*steps(others), *steps(windows), windows.length, 1, none, found)
    return found[:, 0]


def _heaps(windows: Windows, k: int) -> Floats:
    return np.full((len(windows.mean), max(k, 1)), NONE)


@njit(cache=True, fastmath=True)
def _follow(
    x: Floats, x_mean: Floats, x_inverse: Floats, x_offset: Floats, x_change: Floats, x_sides: Floats,
    y: Floats, y_mean: Floats, y_inverse: Floats, y_offset: Floats, y_change: Floats, y_sides: Floats,
    length: int, first: int, best_x: Floats, best_y: Floats,
) -> None:  # fmt: skip
    """Keep in ``best_x`` and ``best_y``, by window, the highest correlations of pairs that a window is in.

    Pairs are those of window i of x and window i + d of y, where d is ``first`` or more. Each window has a
    heap, shape (windows, k), the least in front; one of no windows is left alone.
    """
    covariances, correlations = np.empty(TOGETHER), np.empty(TOGETHER)
    for begin in range(first, len(y_mean), TOGETHER):
        for i in range(min(len(x_mean), len(y_mean) - begin)):
            width = min(TOGETHER, len(y_mean) - begin - i)
            j = i + begin
            if i % ANEW == 0:
                for d in range(width):
                    total = 0.0
                    for k in range(length):
                        total += (x[i + k] - x_mean[i]) * (y[j + d + k] - y_mean[j + d])
                    covariances[d] = total
            else:
                for d in range(width):
                    covariances[d] += x_change[i] * y_sides[j + d] + x_sides[i] * y_change[j + d]
            scale, offset = x_inverse[i], x_offset[i]
            for d in range(width):
                correlations[d] = covariances[d] * scale * y_inverse[j + d] + offset + y_offset[j + d]
            if len(best_x):
                for d in range(width):
                    if correlations[d] > best_x[i, 0]:
                        _keep(best_x[i], correlations[d])
            if len(best_y):
                for d in range(width):
                    if correlations[d] > best_y[j + d, 0]:
                        _keep(best_y[j + d], correlations[d])


@njit(cache=True)
def _keep(heap: Floats, value: float) -> None:
    """Put a value in the place of the least."""
    place = 0
    while True:
        child = 2 * place + 1
        if child >= len(heap):
            break
        if child + 1 < len(heap) and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= value:
            break
        heap[place] = heap[child]
        place = child
    heap[place] = value
