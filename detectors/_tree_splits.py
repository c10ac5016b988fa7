"""Where a tree splits a node, and drawing the columns that it looks at, as scikit-learn does, compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from bench import Floats

Bits = NDArray[np.uint8]
Rows = NDArray[np.int32]
Values = NDArray[np.float32]

# Values that differ by no more are one value.
SAME = np.float32(1e-7)
# Which classes rows of one value have: 1 for the first, 2 for the second.
BOTH = 3
# Between rows of one class the criterion is strictly convex: its best place is at an end of such a run, by
# more than 2 / w**3 in a node of weight w. Up to this weight that is more than rounding: ends are enough.
SURELY_CONVEX = 5000


class Place(NamedTuple):
    """Where a column's order is split: after how many rows, the sums of these, and how good that is."""

    rows: int
    weight: float
    target: float
    gain: float


@njit(cache=True)
def drawn(state: NDArray[np.uint32], low: int, high: int) -> int:
    """A number from low to high - 1 by an xorshift generator, of which ``state``, shape (1,), moves on."""
    x = state[0] if state[0] else np.uint32(1)
    x ^= np.uint32(x << np.uint32(13))
    x ^= np.uint32(x >> np.uint32(17))
    x ^= np.uint32(x << np.uint32(5))
    state[0] = x
    return low + int(x & np.uint32(0x7FFFFFFF)) % (high - low)


@njit(cache=True)
def gini(weight: float, second: float) -> float:
    """The impurity of rows of this weight, of which so much is of the second class."""
    first = weight - second
    return 1.0 - (first * first + second * second) / (weight * weight)


@njit(cache=True)
def part(rows: Rows, to_left: Bits, spare: Rows) -> None:
    """Put the rows that go to the left before the others, each in the order that they are in."""
    left = right = 0
    for row in rows:
        rows[left] = row  # the next one takes its place, unless this one goes to the left
        spare[right] = row
        left += to_left[row]
        right += 1 - to_left[row]
    rows[left:] = spare[:right]


@njit(cache=True)
def best_for_classes(
    rows: Rows, column: Values, weights: Floats, targets: Floats, weight: float, target: float, least: float
) -> Place:
    """The first of the best places to split rows in a column's order; 0 rows where none gains over ``least``.

    weights, targets: each row's, the target weighted, shape (n,). weight, target: their sums over ``rows``.
    """
    ends_only = weight <= SURELY_CONVEX
    best = Place(0, 0.0, 0.0, least)
    left_weight = left_target = 0.0  # of what comes before the rows of one value that are now gone through
    begin, kind_before = 0, BOTH
    value = column[rows[0]]
    own_weight, own_target = weights[rows[0]], targets[rows[0]]
    for i in range(1, len(rows) + 1):
        row = rows[min(i, len(rows) - 1)]
        latest = column[row]
        if i < len(rows) and latest <= value + SAME:
            own_weight += weights[row]
            own_target += targets[row]
            value = latest
            continue
        kind = (own_target < own_weight) + 2 * (own_target > 0)
        if begin > 0 and not (ends_only and kind == kind_before and kind != BOTH):
            right_weight, right_target = weight - left_weight, target - left_target
            of_left, of_right = gini(left_weight, left_target), gini(right_weight, right_target)
            gain = -right_weight * of_right - left_weight * of_left
            if gain > best.gain:
                best = Place(begin, left_weight, left_target, gain)
        left_weight += own_weight
        left_target += own_target
        own_weight, own_target = weights[row], targets[row]
        begin, kind_before, value = i, kind, latest
    return best


@njit(cache=True)
def best_for_numbers(
    rows: Rows, column: Values, weights: Floats, targets: Floats, weight: float, target: float, least: float
) -> Place:
    """As `best_for_classes`, by squared error."""
    best = Place(0, 0.0, 0.0, least)
    left_weight = left_target = 0.0
    value = column[rows[0]]
    for i in range(1, len(rows)):
        left_weight += weights[rows[i - 1]]
        left_target += targets[rows[i - 1]]
        latest = column[rows[i]]
        if latest > value + SAME:
            right_weight, right_target = weight - left_weight, target - left_target
            gain = left_target * left_target / left_weight + right_target * right_target / right_weight
            if gain > best.gain:
                best = Place(i, left_weight, left_target, gain)
        value = latest
    return best


@njit(cache=True)
def surely_leaves(place: Place, rows: int, weight: float, target: float, classes: bool) -> bool:
    """Whether both parts will not be split again, so that no column's order is needed of them."""
    if not classes:
        return rows == 2
    left_pure = place.target == 0 or place.target == place.weight
    rest = target - place.target
    return left_pure and (rest == 0 or rest == weight - place.weight)
