"""How like windows of a channel are in shape: what the matrix profile is made of (Yeh et al., 2016).

Two windows of m points, each brought to mean 0 and deviation 1, lie sqrt(2 m (1 - correlation)) apart:
sqrt(m) where one of them does not vary, and 0 where neither does. These are the distances of the library
stumpy (Law, 2019), whose functions take half a minute to compile in each process. But windows that are
equally alike have equal distances here, and equal windows have none: in a series of few values, as a switch
or a sensor with coarse steps has, rounding would rank most of them, and on each processor in another order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit

from bench import Floats

# Diagonals that are followed together, and after how many windows a covariance is taken anew: digits are lost
# along a diagonal.
TOGETHER, ANEW = 1024, 1024
# The correlation with a window that is none, since it lies across the end of a stretch.
NONE = -9.0
# A deviation that is this part of the values is one of rounding.
ROUNDING = 1e-12
# The decimals to which a correlation is kept: what rounding adds is a thousandth of the last one, or less.
DECIMALS = 10


@dataclass(frozen=True)
class Windows:
    """The windows of the stretches of a channel, those of all stretches one after another.

    x: the points, shape (n,). length: the points in a window. By window, shape (n - length + 1,): ``mean``;
    ``inverse``, that of its length as a centred vector, 0 where it does not vary; ``offset``, by how much a
    correlation with it differs from that. ``stretches``: of each stretch its windows.
    """

    x: Floats
    length: int
    mean: Floats
    inverse: Floats
    offset: Floats
    stretches: tuple[slice, ...]

    @classmethod
    def of(cls, stretches: Sequence[Floats], length: int) -> Windows:
        """Those of stretches of shape (n,) each; one with fewer points than a window repeats its last."""
        parts = [np.pad(x, (0, max(0, length - len(x))), mode="edge") for x in stretches]
        ends = np.cumsum([len(part) for part in parts]).tolist()
        found = [slice(end - len(part), end - length + 1) for part, end in zip(parts, ends, strict=True)]
        x = np.concatenate(parts).astype(np.float64)
        mean, size = _means_and_sizes(x - x.mean(), length)
        inside = np.zeros(len(mean), dtype=bool)
        for each in found:
            inside[each] = True
        offset = np.where(inside, np.where(size > 0, 0.0, 0.5), NONE)
        inverse = np.divide(1.0, size, out=np.zeros_like(size), where=inside & (size > 0))
        return cls(x - x.mean(), length, mean, inverse, offset, tuple(found))

    @property
    def count(self) -> int:
        """How many lie in a stretch."""
        return sum(each.stop - each.start for each in self.stretches)

    def distances(self, correlation: Floats) -> Floats:
        """From correlations to distances; 0 where there was no window to compare with."""
        unlike = np.round(1 - correlation, DECIMALS)
        unlike[(unlike < 0) | (correlation < NONE / 2)] = 0
        return np.sqrt(2 * self.length * unlike)


def steps(windows: Windows) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats]:
    """What following a diagonal takes of windows: their own arrays, and two factors by which a covariance
    changes with one step of both.
    """
    x, length, mean = windows.x, windows.length, windows.mean
    change, sides = np.zeros(len(mean)), np.zeros(len(mean))
    change[1:] = (x[length:] - x[:-length]) / 2
    sides[1:] = x[length:] - mean[1:] + x[:-length] - mean[:-1]
    return x, mean, windows.inverse, windows.offset, change, sides


def most_alike(windows: Windows, apart: int) -> tuple[Floats, Floats]:
    """Of each window the highest correlations with one at least so many points after it, and before it."""
    after, before = _none(windows), _none(windows)
    _follow(*steps(windows), *steps(windows), windows.length, apart, after, before)
    return after, before


def most_alike_among(windows: Windows, others: Windows) -> Floats:
    """Of each window the highest correlation with one of others, which have the same length."""
    found, unused = _none(windows), _none(others)
    _follow(*steps(windows), *steps(others), windows.length, 0, found, unused)
    _follow(*steps(others), *steps(windows), windows.length, 1, unused, found)
    return found


def _none(windows: Windows) -> Floats:
    return np.full(len(windows.mean), NONE)


@njit(cache=True)
def _means_and_sizes(x: Floats, length: int) -> tuple[Floats, Floats]:
    """Of each window its mean, and its length as a centred vector, 0 where it does not vary."""
    n = len(x) - length + 1
    means, sizes = np.empty(n), np.empty(n)
    for i in range(n):
        total, largest, squares = 0.0, 0.0, 0.0
        for k in range(i, i + length):
            total += x[k]
            largest = max(largest, abs(x[k]))
        means[i] = total / length
        for k in range(i, i + length):
            squares += (x[k] - means[i]) ** 2
        sizes[i] = np.sqrt(squares) if squares > length * (ROUNDING * largest) ** 2 else 0.0
    return means, sizes


@njit(cache=True, fastmath=True)
def _follow(
    x: Floats, x_mean: Floats, x_inverse: Floats, x_offset: Floats, x_change: Floats, x_sides: Floats,
    y: Floats, y_mean: Floats, y_inverse: Floats, y_offset: Floats, y_change: Floats, y_sides: Floats,
    length: int, first: int, best_x: Floats, best_y: Floats,
) -> None:  # fmt: skip
    """Raise ``best_x`` and ``best_y``, by window, to the highest correlation of a pair that a window is in.

    Pairs are those of window i of x and window i + d of y, where d is ``first`` or more. A pair's covariance
    is that of the pair before on its diagonal, and what the step changes.
    """
    covariances = np.empty(TOGETHER)
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
            scale, offset, best = x_inverse[i], x_offset[i], best_x[i]
            for d in range(width):
                correlation = covariances[d] * scale * y_inverse[j + d] + offset + y_offset[j + d]
                best = max(best, correlation)
                best_y[j + d] = max(best_y[j + d], correlation)
            best_x[i] = best
