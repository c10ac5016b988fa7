"""Centres of groups of rows, from which prototypes and radial units start."""

from __future__ import annotations

import numpy as np

from bench import Floats


def centres(X: Floats, count: int, seed: int) -> Floats:
    """K-means centres of rows (n, d); at most ``count`` of them, and no more than there are distinct rows."""
    from sklearn.cluster import KMeans

    distinct = len(np.unique(X, axis=0))
    return KMeans(min(count, distinct), random_state=seed).fit(X).cluster_centers_


def centres_of_classes(X: Floats, anomalous: np.ndarray, count: int, seed: int) -> tuple[Floats, Floats]:
    """Centres of the normal and of the anomalous rows; there may be too few of the latter for joint ones."""
    return centres(X[~anomalous], count, seed), centres(X[anomalous], count, seed)
