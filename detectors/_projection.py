"""Fewer columns for methods whose covariances need several rows a column."""

from __future__ import annotations

from typing import Self

import numpy as np

from bench import Floats


class LeadingComponents:
    """The leading principal components, and in one more column the length of what they leave of a row.

    There are at most ``limit`` components, one for five rows (the rule of Rousseeuw and van Zomeren, 1990,
    for robust covariances), and as many as the rank of the rows. The further column keeps rows in sight
    that are unusual only outside of the components; where nothing is left of the training rows it is
    missing. Up to the limit, the components are a rotation of the columns.
    """

    def __init__(self, limit: int = 30) -> None:
        self.limit = limit

    def fit(self, X: Floats) -> Self:
        from sklearn.decomposition import PCA

        affordable = max(1, min(self.limit, len(X) // 5, *X.shape))
        self.pca = PCA(affordable, svd_solver="full").fit(X)
        variances = self.pca.explained_variance_
        # Beyond the rank, a component is a direction of rounding errors.
        negligible = len(X) * np.finfo(float).eps * variances[0]
        self.rank = max(1, int((variances > negligible).sum()))
        self.something_left = self.pca.noise_variance_ > negligible
        return self

    def transform(self, X: Floats) -> Floats:
        """Rows of shape (n, d) to (n, components), or (n, components + 1)."""
        X = np.asarray(X, dtype=np.float64)
        components = self.pca.transform(X)
        if not self.something_left:
            return components[:, : self.rank]
        left = X - self.pca.inverse_transform(components)
        return np.column_stack([components[:, : self.rank], np.linalg.norm(left, axis=1)])


class RobustComponents(LeadingComponents):
    """`LeadingComponents`, each column with the median 0 and the interquartile range 1."""

    def fit(self, X: Floats) -> Self:
        from sklearn.preprocessing import RobustScaler

        super().fit(X)
        self.scaler = RobustScaler().fit(super().transform(X))
        return self

    def transform(self, X: Floats) -> Floats:
        return self.scaler.transform(super().transform(X))
