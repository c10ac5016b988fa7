"""LSCP's local regions: which training rows are near in many subspaces, and which scores agree there."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench import Floats

Indices = NDArray[np.intp]

# With more columns a tree looks at nearly all rows.
MANY_COLUMNS = 15
# Of the largest squared length; squared distances nearer to each other are not told apart without a tree.
ROUNDING = 1e-9
CHUNK = 2000  # rows whose correlations are taken at once


def regions(model: Any, X: Floats) -> list[Indices]:
    """pyod.models.lscp.LSCP._get_local_region: for each row those training rows that are among its nearest in
    more than so many subspaces, in the order in which they come up.
    """
    from pyod.utils.utility import generate_bagging_indices

    trained, columns = model.X_train_norm_, model.X_train_norm_.shape[1]
    if columns * model.local_min_features < 1:
        model.local_min_features = 1.0
    least, most = int(columns * model.local_min_features), int(columns * model.local_max_features)
    found = []
    for _ in range(model.local_region_iterations):
        if model.local_max_features == model.local_min_features:
            features = np.arange(columns)
        else:
            features = generate_bagging_indices(model.random_state, False, columns, least, most)
        found.append(nearest(trained[:, features], X[:, features], model.local_region_size))
    return [often(row, model.local_region_threshold) for row in np.concatenate(found, axis=1)]


def nearest(trained: Floats, X: Floats, k: int) -> Indices:
    """The k nearest training rows by distance, as scikit-learn's tree has them, (n, k)."""
    from sklearn.neighbors import KDTree, NearestNeighbors

    if trained.shape[1] < MANY_COLUMNS or k >= len(trained):
        tree: Indices = KDTree(trained).query(X, k=k, return_distance=False)
        return tree
    by_all = NearestNeighbors(n_neighbors=k + 1, algorithm="brute").fit(trained)
    distances, found = by_all.kneighbors(X)
    longest = max(np.square(trained).sum(axis=1).max(), np.square(X).sum(axis=1).max())
    unsure = (np.diff(distances**2, axis=1) <= ROUNDING * longest).any(axis=1)
    found = found[:, :k]
    if unsure.any():
        found[unsure] = KDTree(trained).query(X[unsure], k=k, return_distance=False)
    return found


def often(rows: Indices, threshold: int) -> Indices:
    """Those that are there more than so many times; the threshold falls until there are two."""
    values, first, counts = np.unique(rows, return_index=True, return_counts=True)
    while np.count_nonzero(counts > threshold) < 2 and threshold > 1:
        threshold -= 1
    kept = np.flatnonzero(counts > threshold)
    return values[kept[np.argsort(first[kept])]]


def correlations(scores: Floats, target: Floats, local: list[Indices]) -> Floats:
    """Pearson's correlation of each column of ``scores`` with ``target`` within each region, (n, columns)."""
    from scipy.stats import pearsonr

    of_size = defaultdict(list)
    for i, region in enumerate(local):
        of_size[len(region)].append(i)
    found = np.empty((len(local), scores.shape[1]))
    for alike in of_size.values():
        for start in range(0, len(alike), CHUNK):
            chosen = alike[start : start + CHUNK]
            inside = np.array([local[i] for i in chosen])
            of_each = np.ascontiguousarray(scores[inside].transpose(0, 2, 1))
            found[chosen] = pearsonr(target[inside][:, None], of_each, axis=-1).statistic
    return found
