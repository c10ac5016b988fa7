"""Rules of one line, which a detector of series has to beat."""

from __future__ import annotations

import numpy as np

from bench import Floats, Train, detector, window_length

# A part of the score by which each point's is above that of the point before it.
RISE = 1e-9


@detector(family="baseline", modalities=("series",), complexity="n d", deterministic=True, cost=0)
class ConstantAfterChange:
    """Always alarm: the largest distance so far from the training points' mean.

    At each threshold it is silent up to a point and alarms at all that come after: what a metric gives for
    that, it gives for nothing. Distances are in deviations of the training points, of the channel where they
    are largest. Where nothing new comes the score still rises by a trifle, so that it is never constant.
    """

    def fit(self, train: Train) -> None:
        self.mean = train.X.mean(axis=0)
        deviation = train.X.std(axis=0)
        self.deviation = np.where(deviation > 0, deviation, 1)

    def score(self, X: Floats) -> Floats:
        distances = np.abs((X - self.mean) / self.deviation).max(axis=1)
        return np.maximum.accumulate(distances) + RISE * np.arange(len(X))


@detector(family="baseline", modalities=("series",), complexity="n d", deterministic=True, cost=0)
class MedianDifference:
    """Difference of a point to the median of those around it: one line of code (Wu and Keogh, 2021).

    In deviations that such differences have in training; of several channels the mean.
    """

    def __init__(self, window: int | str = 21) -> None:
        self.window = window

    def fit(self, train: Train) -> None:
        self.points = window_length(self.window, train.X[:, 0])
        differences = np.concatenate([self._differences(train.X[segment]) for segment in train.segments])
        deviation = np.sqrt((differences**2).mean(axis=0))
        self.deviation = np.where(deviation > 0, deviation, 1)

    def score(self, X: Floats) -> Floats:
        return (self._differences(X) / self.deviation).mean(axis=1)

    def _differences(self, X: Floats) -> Floats:
        from scipy.ndimage import median_filter

        X = np.asarray(X, dtype=np.float64)
        return np.abs(X - median_filter(X, size=(self.points, 1), mode="nearest"))
