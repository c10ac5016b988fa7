"""Adaptive resonance, a clustering network that opens a category for what resembles none it has."""

from __future__ import annotations

import numpy as np

from bench import Floats, Train, detector


@detector(requires=("sklearn", "artlib"), family="clustering", complexity="n k d", cost=3)
class AdaptiveResonance:
    """Little resonance with the categories of a fuzzy ART network (Carpenter, Grossberg and Rosen, 1991).

    Categories are boxes around rows that are scaled to [0, 1]; ``vigilance`` bounds their size, so more of
    it makes more of them. At most ``max_rows`` training rows, drawn at random, are shown once each. The
    score is one minus the choice function of the best category, which falls as the box would have to grow
    to take the row in. (The match function, which training compares with the vigilance, also counts the
    size that the box already has.) The threshold is the score that a fraction ``contamination`` of the rows
    shown last exceeds when the first half has been learned: a row that has been learned lies in its box.
    """

    def __init__(
        self,
        vigilance: float = 0.9,
        choice: float = 1e-3,
        learning_rate: float = 1.0,
        max_rows: int = 1000,
        contamination: float = 0.1,
    ) -> None:
        self.vigilance = vigilance
        self.choice = choice
        self.learning_rate = learning_rate
        self.max_rows = max_rows
        self.contamination = contamination

    def fit(self, train: Train) -> None:
        from artlib import FuzzyART
        from sklearn.preprocessing import MinMaxScaler

        self.scaler = MinMaxScaler().fit(train.X)
        shown = np.random.default_rng(train.seed).permutation(len(train.X))[: self.max_rows]
        rows = train.X[shown]
        # Scaled values may pass one by a rounding error, which the library refuses.
        coded = self._complement_code(rows).clip(0, 1)
        half = (len(rows) + 1) // 2
        network = FuzzyART(self.vigilance, self.choice, self.learning_rate).fit(coded[:half])
        self.categories = np.array(network.W)
        self.threshold = float(np.quantile(self.score(rows[-half:]), 1 - self.contamination))
        if len(rows) > half:
            network.partial_fit(coded[half:])
            self.categories = np.array(network.W)

    def _complement_code(self, X: Floats) -> Floats:
        scaled = self.scaler.transform(np.asarray(X, dtype=np.float64))
        return np.hstack([scaled, 1 - scaled])

    def score(self, X: Floats) -> Floats:
        from scipy.spatial.distance import cdist

        coded = self._complement_code(X)
        sizes = self.categories.sum(axis=1)
        # min(a, b) = (a + b - |a - b|) / 2, summed over the columns; a coded row sums to their number.
        common = (X.shape[1] + sizes - cdist(coded, self.categories, "cityblock")) / 2
        return 1 - (common / (self.choice + sizes)).max(axis=1)
