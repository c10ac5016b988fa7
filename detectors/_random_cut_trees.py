"""Random cut trees of the latest points, into which a point is put and from which the oldest is taken
(Guha et al., 2016).

A node's box is the least that holds its points. A branch cuts its box in two: a dimension is drawn by how far
the box extends along it, and a place there uniformly. Equal points are one leaf.

A tree is four arrays, since numba's cache on disk knows no class of ours. ``links``, shape (nodes, 5): of
each node what stands in the columns below. ``cuts``, (nodes,): points up to there go to the left. ``boxes``,
(nodes, 2, d): low and high corner. ``heads``, (2 + nodes,): the root, how many nodes are unused, and those.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from bench import Floats

Integers = NDArray[np.int64]
LEFT, RIGHT, ABOVE, COUNT, DIMENSION = range(5)
ROOT, UNUSED, FIRST = range(3)
NOTHING = -1


@njit(cache=True)
def stream(
    links: Integers, cuts: Floats, boxes: Floats, heads: Integers, leaves: Integers, seen: Integers,
    random: NDArray[np.uint64], points: Floats,
) -> Floats:  # fmt: skip
    """As `Trees.stream`, whose arrays these are."""
    trees, size = leaves.shape
    scores = np.zeros(len(points))
    for i in range(len(points)):
        slot = seen[0] % size
        seen[0] += 1
        for t in range(trees):
            if leaves[t, slot] != NOTHING:
                _take_out(links[t], boxes[t], heads[t], leaves[t, slot])
            leaf = _put_in(links[t], cuts[t], boxes[t], heads[t], random[t : t + 1], points[i])
            leaves[t, slot] = leaf
            scores[i] += _displacement(links[t], leaf)
    return scores / trees


@njit(cache=True)
def _put_in(
    links: Integers, cuts: Floats, boxes: Floats, heads: Integers, random: NDArray[np.uint64], point: Floats
) -> int:
    """The leaf that the point is then in."""
    node = heads[ROOT]
    if node == NOTHING:
        heads[ROOT] = _new_leaf(links, boxes, heads, point)
        return heads[ROOT]
    while True:
        low, high = boxes[node, 0], boxes[node, 1]
        total = 0.0
        for d in range(len(point)):
            total += max(high[d], point[d]) - min(low[d], point[d])
        if total == 0:
            _count(links, node, 1)
            return node
        rest, dimension = _uniform(random) * total, 0
        for d in range(len(point)):
            extent = max(high[d], point[d]) - min(low[d], point[d])
            if extent > 0:
                dimension = d
                if rest < extent:
                    break
                rest -= extent
        value, low_end, high_end = point[dimension], low[dimension], high[dimension]
        cut = min(low_end, value) + rest
        if cut >= max(high_end, value):  # by rounding
            cut = min(low_end, value)
        if value <= cut < low_end or high_end <= cut < value:
            return _part(links, cuts, boxes, heads, node, point, dimension, cut)
        node = links[node, LEFT if point[links[node, DIMENSION]] <= cuts[node] else RIGHT]


@njit(cache=True)
def _part(
    links: Integers, cuts: Floats, boxes: Floats, heads: Integers,
    node: int, point: Floats, dimension: int, cut: float,
) -> int:  # fmt: skip
    """Part a new leaf from a node; returns it."""
    leaf, branch, above = _new_leaf(links, boxes, heads, point), _new_node(heads), links[node, ABOVE]
    is_left = point[dimension] <= cut
    links[branch, LEFT] = leaf if is_left else node
    links[branch, RIGHT] = node if is_left else leaf
    links[branch, ABOVE], links[branch, COUNT] = above, links[node, COUNT]
    links[branch, DIMENSION], cuts[branch] = dimension, cut
    links[leaf, ABOVE] = links[node, ABOVE] = branch
    _replace(links, heads, above, node, branch)
    _count(links, branch, 1)
    _fit_boxes(links, boxes, branch)
    return leaf


@njit(cache=True)
def _take_out(links: Integers, boxes: Floats, heads: Integers, leaf: int) -> None:
    """Take out one point that is in a leaf."""
    if links[leaf, COUNT] > 1:
        _count(links, leaf, -1)
        return
    branch = links[leaf, ABOVE]
    _free(heads, leaf)
    if branch == NOTHING:
        heads[ROOT] = NOTHING
        return
    other = links[branch, RIGHT if links[branch, LEFT] == leaf else LEFT]
    above = links[branch, ABOVE]
    links[other, ABOVE] = above
    _replace(links, heads, above, branch, other)
    _free(heads, branch)
    _count(links, above, -1)
    _fit_boxes(links, boxes, above)


@njit(cache=True)
def _displacement(links: Integers, leaf: int) -> float:
    found, node = 0.0, leaf
    while links[node, ABOVE] != NOTHING:
        above = links[node, ABOVE]
        found = max(found, (links[above, COUNT] - links[node, COUNT]) / links[node, COUNT])
        node = above
    return found


@njit(cache=True)
def _replace(links: Integers, heads: Integers, above: int, old: int, new: int) -> None:
    """Put a node in the place of another."""
    if above == NOTHING:
        heads[ROOT] = new
    else:
        links[above, LEFT if links[above, LEFT] == old else RIGHT] = new


@njit(cache=True)
def _count(links: Integers, node: int, points: int) -> None:
    """Count so many points more in a node and all above it."""
    while node != NOTHING:
        links[node, COUNT] += points
        node = links[node, ABOVE]


@njit(cache=True)
def _fit_boxes(links: Integers, boxes: Floats, branch: int) -> None:
    """The boxes of a branch and of all above it, from those below."""
    while branch != NOTHING:
        left, right = links[branch, LEFT], links[branch, RIGHT]
        for d in range(boxes.shape[2]):
            boxes[branch, 0, d] = min(boxes[left, 0, d], boxes[right, 0, d])
            boxes[branch, 1, d] = max(boxes[left, 1, d], boxes[right, 1, d])
        branch = links[branch, ABOVE]


@njit(cache=True)
def _new_node(heads: Integers) -> int:
    heads[UNUSED] -= 1
    return heads[FIRST + heads[UNUSED]]


@njit(cache=True)
def _new_leaf(links: Integers, boxes: Floats, heads: Integers, point: Floats) -> int:
    leaf = _new_node(heads)
    links[leaf, LEFT] = links[leaf, RIGHT] = links[leaf, ABOVE] = NOTHING
    links[leaf, COUNT] = 1
    boxes[leaf, 0] = boxes[leaf, 1] = point
    return leaf


@njit(cache=True)
def _free(heads: Integers, node: int) -> None:
    heads[FIRST + heads[UNUSED]] = node
    heads[UNUSED] += 1


@njit(cache=True)
def _uniform(random: NDArray[np.uint64]) -> float:
    """The next random number from 0 to 1 (Marsaglia's xorshift, 2003)."""
    state = random[0]
    state ^= state << np.uint64(13)
    state ^= state >> np.uint64(7)
    state ^= state << np.uint64(17)
    random[0] = state
    return (state >> np.uint64(11)) / 9007199254740992.0
