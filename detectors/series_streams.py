"""Detectors that read a series once, point after point, and score each before they have learnt it."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from typing import Any

import numpy as np

from bench import Floats, Train, detector, windows_of


class Stream:
    """What both detectors share: points with those before them, streamed through what was learnt.

    As many points of training as the model holds are learnt before the first is scored: so the first points
    have scores, too. Then training is streamed through, and each new stretch after it.
    """

    shingle: int
    model: Any
    own: Floats

    def fit(self, train: Train) -> None:
        self.low, self.high = train.X.min(axis=0), train.X.max(axis=0)
        points = np.concatenate([self._seen(train.X[segment]) for segment in train.segments])
        self.model = self.begun(points, train.seed)
        self.own = self.streamed(self.model, points)

    def score(self, X: Floats) -> Floats:
        return self.streamed(deepcopy(self.model), self._seen(X))

    def leave_one_out(self) -> Floats:
        """Scores of the training points as they came, shape (n,): each before it was learnt."""
        return self.own

    def begun(self, points: Floats, seed: int) -> Any:
        """What has learnt as many points as it holds: the first of those given, shape (n, d)."""
        raise NotImplementedError

    def streamed(self, model: Any, points: Floats) -> Floats:
        """Scores of points that ``model`` learns, shape (n,)."""
        raise NotImplementedError

    def _seen(self, X: Floats) -> Floats:
        """Each point with those before it, as fractions of the range of training, (n, shingle * channels)."""
        extent = np.where(self.high > self.low, self.high - self.low, 1)
        scaled = (np.asarray(X, dtype=np.float64) - self.low) / extent
        return windows_of(np.pad(scaled, ((self.shingle - 1, 0), (0, 0)), mode="edge"), self.shingle).copy()


@detector(
    family="isolation", modalities=("series",), requires=("river",), complexity="n trees height", cost=5
)
class HalfSpaceTrees(Stream):
    """Half-space trees: few points of the window before fell where this one does (Tan et al., 2011).

    A point is seen with the ``shingle - 1`` before it, in all channels. Every ``window_size`` points the
    trees' counts are those of the latest.
    """

    def __init__(self, shingle: int = 8, n_trees: int = 25, height: int = 8, window_size: int = 250) -> None:
        self.shingle = shingle
        self.n_trees = n_trees
        self.height = height
        self.window_size = window_size

    def begun(self, points: Floats, seed: int) -> Any:
        from river.anomaly import HalfSpaceTrees

        trees: Any = HalfSpaceTrees(self.n_trees, self.height, self.window_size, seed=seed)
        for point in _named(points[_first(self.window_size, len(points))]):
            trees.learn_one(point)
        return trees

    def streamed(self, model: Any, points: Floats) -> Floats:
        scores = []
        for point in _named(points):
            scores.append(model.score_one(point))
            model.learn_one(point)
        return np.array(scores, dtype=np.float64)


@detector(family="isolation", modalities=("series",), complexity="n trees d log window", cost=2)
class RobustRandomCutForest(Stream):
    """Robust random cut forest: how much a point displaces in trees of the latest (Guha et al., 2016).

    A point is seen with the ``shingle - 1`` before it, in all channels. Each of ``n_trees`` trees holds the
    latest ``window_size`` points.
    """

    def __init__(self, shingle: int = 8, n_trees: int = 40, window_size: int = 256) -> None:
        self.shingle = shingle
        self.n_trees = n_trees
        self.window_size = window_size

    def begun(self, points: Floats, seed: int) -> Any:
        from ._random_cut_forest import Trees

        trees = Trees.empty(self.n_trees, self.window_size, points.shape[1], seed)
        trees.stream(points[_first(self.window_size, len(points))])
        return trees

    def streamed(self, model: Any, points: Floats) -> Floats:
        return model.stream(points)


def _first(count: int, points: int) -> Any:
    """Indices of the first so many of points, which begin again where there are fewer."""
    return np.arange(count) % points


def _named(points: Floats) -> Iterable[dict[int, float]]:
    return (dict(enumerate(point)) for point in points.tolist())
