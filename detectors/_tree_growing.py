"""Growing a tree as scikit-learn's best splitter does, compiled: the same tree in less time.

scikit-learn sorts a node's rows by each column that it looks at. Here columns are sorted once for all trees,
and where a node is split, so is each column's order. Columns are drawn as scikit-learn 1.9 draws them, with
what it learns of constant ones on the way. The weights of classes are whole numbers, so trees for two classes
are equal to the last bit. Sums of targets are rounded, here in another order: where two splits of a tree for
numbers are as good, rounding decides between them, in both.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from bench import Floats

from ._tree_splits import SAME, Bits, Place, Rows, Values, drawn, gini, part, surely_leaves
from ._tree_splits import best_for_classes as for_classes
from ._tree_splits import best_for_numbers as for_numbers

# Impurities below are none; the words for a leaf.
PURE = np.finfo(float).eps
NO_CHILD, NO_COLUMN = -1, -2


class Nodes(NamedTuple):
    """A tree's nodes, the root first, each array of shape (nodes,), by the names that scikit-learn has."""

    left_child: NDArray[np.int64]
    right_child: NDArray[np.int64]
    feature: NDArray[np.int64]
    threshold: Floats
    impurity: Floats
    n_node_samples: NDArray[np.int64]
    weighted_n_node_samples: Floats
    missing_go_to_left: Bits
    target: Floats  # weighted sum
    depth: NDArray[np.int64]


@njit(cache=True)
def grow(
    columns: Values, sorted_rows: Rows, weights: Floats, targets: Floats, squares: Floats, classes: bool,
    max_features: int, seed: Any,
) -> Nodes:  # fmt: skip
    """Grow a tree until its leaves are pure.

    columns: values, shape (d, n). sorted_rows: each column's rows by value, shape (d, n). weights: of rows, 0
    where one is left out; targets, squares: weighted targets and their squares, weighted, each shape (n,).
    classes: whether targets are two classes, 0 and 1, and not numbers. seed: of the generator that draws
    columns, as numpy.uint32.
    """
    d, n = columns.shape
    count = 0
    for row in range(n):
        count += weights[row] > 0
    order = np.empty((d, count), dtype=np.int32)
    for column in range(d):
        kept = 0
        for row in sorted_rows[column]:
            if weights[row] > 0:
                order[column, kept] = row
                kept += 1
    rows = order[0].copy()
    most = 2 * count - 1
    left, right = np.full(most, NO_CHILD), np.full(most, NO_CHILD)
    feature, threshold = np.full(most, NO_COLUMN), np.full(most, float(NO_COLUMN))
    impurities, node_weights, node_targets = np.empty(most), np.empty(most), np.empty(most)
    sizes, depths = np.empty(most, dtype=np.int64), np.empty(most, dtype=np.int64)
    missing_left = np.zeros(most, dtype=np.uint8)
    # Begin, end, depth, parent, whether it is the left child, how many columns are known to be constant.
    waiting = np.empty((count + 1, 6), dtype=np.int64)
    waiting[0] = (0, count, 0, -1, 0, 0)
    waiting_count, nodes = 1, 0

    state = np.array([seed], dtype=np.uint32)
    features, constant = np.arange(d), np.empty(d, dtype=np.int64)
    to_left, spare = np.empty(n, dtype=np.uint8), np.empty(count + 1, dtype=np.int32)
    while waiting_count:
        waiting_count -= 1
        begin, end, depth, parent, is_left, known = waiting[waiting_count]
        node, nodes = nodes, nodes + 1
        if parent >= 0:
            if is_left:
                left[parent] = node
            else:
                right[parent] = node
        own = rows[begin:end]
        weight = target = square = 0.0
        for row in own:
            weight += weights[row]
            target += targets[row]
            square += squares[row]
        impurity = gini(weight, target) if classes else square / weight - (target / weight) ** 2
        impurities[node], node_weights[node], node_targets[node] = impurity, weight, target
        sizes[node], depths[node] = len(own), depth
        if len(own) < 2 or impurity <= PURE:
            continue

        best, best_column, best_threshold = Place(0, 0.0, 0.0, -np.inf), 0, 0.0
        # As scikit-learn draws without replacement: what is known to be constant is drawn, but not looked at.
        undrawn, looked_at, found_constant, drawn_constant = d, 0, 0, 0
        while undrawn > known + found_constant and (
            looked_at < max_features or looked_at <= found_constant + drawn_constant
        ):
            looked_at += 1
            j = drawn(state, drawn_constant, undrawn - found_constant)
            if j < known:
                features[drawn_constant], features[j] = features[j], features[drawn_constant]
                drawn_constant += 1
                continue
            j += found_constant
            column = features[j]
            values, found = columns[column], order[column, begin:end]
            if values[found[-1]] <= values[found[0]] + SAME:
                other = known + found_constant
                features[j], features[other] = features[other], features[j]
                found_constant += 1
                continue
            undrawn -= 1
            features[undrawn], features[j] = features[j], features[undrawn]
            if classes:
                place = for_classes(found, values, weights, targets, weight, target, best.gain)
            else:
                place = for_numbers(found, values, weights, targets, weight, target, best.gain)
            if place.rows:
                before, after = values[found[place.rows - 1]], values[found[place.rows]]
                best, best_column = place, column
                best_threshold = np.float64(before) / 2.0 + np.float64(after) / 2.0
        features[:known] = constant[:known]
        constant[known : known + found_constant] = features[known : known + found_constant]
        known += found_constant
        if not best.rows:
            continue

        feature[node], threshold[node] = best_column, best_threshold
        missing_left[node] = best.rows > len(own) - best.rows
        for row in own:
            to_left[row] = columns[best_column, row] <= best_threshold
        part(own, to_left, spare)
        if not surely_leaves(best, len(own), weight, target, classes):
            for column in features[known:]:
                part(order[column, begin:end], to_left, spare)
        split = begin + best.rows
        waiting[waiting_count] = (split, end, depth + 1, node, 0, known)
        waiting[waiting_count + 1] = (begin, split, depth + 1, node, 1, known)
        waiting_count += 2
    return Nodes(
        left[:nodes], right[:nodes], feature[:nodes], threshold[:nodes], impurities[:nodes], sizes[:nodes],
        node_weights[:nodes], missing_left[:nodes], node_targets[:nodes], depths[:nodes],
    )  # fmt: skip
