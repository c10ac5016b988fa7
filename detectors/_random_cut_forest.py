"""Several random cut trees of the same points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench import Floats

from ._random_cut_trees import NOTHING, Integers, stream


@dataclass(frozen=True)
class Trees:
    """Trees of the same points: for each the arrays that `_random_cut_trees` is about, on a leading axis.

    ``leaves``, shape (trees, points): where the latest points are. ``seen``, (1,): how many there have been.
    ``random``, (trees,): states of random generators.
    """

    links: Integers
    cuts: Floats
    boxes: Floats
    heads: Integers
    leaves: Integers
    seen: Integers
    random: NDArray[np.uint64]

    @classmethod
    def empty(cls, trees: int, points: int, dimensions: int, seed: int) -> Trees:
        """Trees for so many points."""
        nodes = 2 * points
        heads = np.concatenate([[NOTHING, nodes], np.arange(nodes)])
        return cls(
            links=np.full((trees, nodes, 5), NOTHING),
            cuts=np.zeros((trees, nodes)),
            boxes=np.zeros((trees, nodes, 2, dimensions)),
            heads=np.tile(heads, (trees, 1)),
            leaves=np.full((trees, points), NOTHING),
            seen=np.zeros(1, dtype=np.int64),
            random=np.array(np.random.SeedSequence(seed).generate_state(trees, np.uint64), dtype=np.uint64),
        )

    def stream(self, points: Floats) -> Floats:
        """Put points of shape (n, d) in, each for the oldest; how much each displaces then, shape (n,).

        That is the mean over the trees of the collusive displacement: of all groups that a point is in, the
        greatest number of other points that would move up without the group, for each point of it.
        """
        return stream(
            self.links, self.cuts, self.boxes, self.heads, self.leaves, self.seen, self.random, points
        )
