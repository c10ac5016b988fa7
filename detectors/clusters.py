"""Distances to the centres of clusters."""

from __future__ import annotations

import numpy as np

from bench import Floats, Train, detector


@detector(family="clustering", complexity="n d clusters", requires=("sklearn",), cost=1)
class KMeans:
    """Distance to the nearest k-means centre (MacQueen, 1967).

    The best of ``n_init`` runs from k-means++ starts counts; there are ``n_clusters`` centres, or as many as
    distinct rows. The threshold is the distance that a fraction ``contamination`` of the training rows
    exceeds.
    """

    def __init__(self, n_clusters: int = 8, n_init: int = 5, contamination: float = 0.1) -> None:
        self.n_clusters = n_clusters
        self.n_init = n_init
        self.contamination = contamination

    def fit(self, train: Train) -> None:
        from sklearn.cluster import KMeans

        distinct = len(np.unique(train.X, axis=0))
        self.clusters = KMeans(
            min(self.n_clusters, distinct), n_init=self.n_init, random_state=train.seed
        ).fit(train.X)
        self.threshold = float(np.quantile(self.score(train.X), 1 - self.contamination))

    def score(self, X: Floats) -> Floats:
        return self.clusters.transform(X).min(axis=1).astype(np.float64)
