"""Isolation by cuts in any direction."""

from __future__ import annotations

import math

import numpy as np

from bench import Floats, Train, detector


@detector(family="isolation", complexity="trees samples d", cost=2)
class ExtendedIsolationForest:
    """Isolation forest whose cuts are hyperplanes of random direction (Hariri et al., 2019).

    Cuts along the axes alone leave bands beside each cluster where rows look more normal than they are.
    Here a cut has a Gaussian normal vector and goes through a point drawn from the box around the node's
    rows. ``extension_level``: how many columns beyond one a cut may involve, all by default; with 0 cuts are
    along the axes. ``max_samples``: rows that each tree sees. The score is the paper's, between 0 and 1.
    The threshold is the score that a fraction ``contamination`` of the training rows exceeds.
    """

    def __init__(
        self,
        n_estimators: int = 100,
        max_samples: int = 256,
        extension_level: int | None = None,
        contamination: float = 0.1,
    ) -> None:
        self.n_estimators = n_estimators
        self.max_samples = max_samples
        self.extension_level = extension_level
        self.contamination = contamination

    def fit(self, train: Train) -> None:
        rng = np.random.default_rng(train.seed)
        n, d = train.X.shape
        samples = min(self.max_samples, n)
        level = d - 1 if self.extension_level is None else min(self.extension_level, d - 1)
        self.trees = [
            Tree(train.X[rng.choice(n, samples, replace=False)], level, rng) for _ in range(self.n_estimators)
        ]
        self.typical_length = max(1.0, float(unsplit_length(np.array(samples))))
        self.threshold = float(np.quantile(self.score(train.X), 1 - self.contamination))

    def score(self, X: Floats) -> Floats:
        lengths = np.mean([tree.path_lengths(X) for tree in self.trees], axis=0)
        return 2 ** -(lengths / self.typical_length)


class Tree:
    """A complete binary tree in arrays: the nodes of each level side by side, after those of the level above.

    It is as deep as a balanced tree of its rows would be. A node with nothing to separate hands all rows to
    its left child and is not counted in the length of their paths.
    """

    def __init__(self, rows: Floats, extension_level: int, rng: np.random.Generator) -> None:
        self.depth = max(1, math.ceil(math.log2(len(rows))))
        self.normals = random_normals(2**self.depth - 1, rows.shape[1], extension_level, rng)
        self.offsets = np.full(len(self.normals), np.inf)
        place = np.zeros(len(rows), dtype=int)
        cuts = np.zeros(1)
        for level in range(self.depth):
            nodes = slice(2**level - 1, 2 ** (level + 1) - 1)
            self.cut(nodes, rows, place, rng)
            sides = np.einsum("ij,ij->i", rows, self.normals[nodes][place]) > self.offsets[nodes][place]
            place = 2 * place + sides
            cuts = np.repeat(cuts + np.isfinite(self.offsets[nodes]), 2)
        self.lengths = cuts + unsplit_length(np.bincount(place, minlength=len(cuts)))

    def cut(self, nodes: slice, rows: Floats, place: np.ndarray, rng: np.random.Generator) -> None:
        """Set the offsets of a level's nodes that have different rows; ``place``: in which each row is."""
        order = np.argsort(place, kind="stable")
        occupied, starts = np.unique(place[order], return_index=True)
        low = np.minimum.reduceat(rows[order], starts)
        high = np.maximum.reduceat(rows[order], starts)
        normals = self.normals[nodes][occupied]
        offsets = (rng.uniform(low, high) * normals).sum(axis=1)
        separable = ((low < high) & (normals != 0)).any(axis=1)
        self.offsets[nodes][occupied[separable]] = offsets[separable]

    def path_lengths(self, X: Floats) -> Floats:
        projections = X @ self.normals.T
        each, place = np.arange(len(X)), np.zeros(len(X), dtype=int)
        for level in range(self.depth):
            node = place + 2**level - 1
            place = 2 * place + (projections[each, node] > self.offsets[node])
        return self.lengths[place]


def random_normals(count: int, columns: int, extension_level: int, rng: np.random.Generator) -> Floats:
    """Gaussian vectors with all but ``extension_level`` + 1 random entries zero, shape (count, columns)."""
    normals = rng.standard_normal((count, columns))
    if extension_level + 1 < columns:
        ranks = rng.random(normals.shape).argsort(axis=1)
        normals[ranks > extension_level] = 0.0
    return normals


def unsplit_length(sizes: np.ndarray) -> Floats:
    """Mean length of the paths if that many rows were separated further: c(n) of Liu et al. (2008)."""
    more = np.maximum(sizes, 2)
    harmonic = np.log(more - 1) + np.euler_gamma
    lengths = np.where(more > 2, 2 * harmonic - 2 * (more - 1) / more, 1.0)
    return np.where(sizes > 1, lengths, 0.0)
