"""Principal components as Shyu et al. score them: standardised, squared and summed."""

from __future__ import annotations

import numpy as np

from bench import Floats, Train, detector


@detector(family="linear", complexity="n d² + d³", deterministic=True, cost=0.3)
class PrincipalComponentClassifier:
    """Squared standardised scores of major or of minor principal components (Shyu et al., 2003).

    "A novel anomaly detection scheme based on principal component classifier". The components are those of
    the correlation matrix, taken anew after a fraction ``trim`` of the training rows with the largest
    Mahalanobis distances is left out. The major ones are the first that hold a fraction ``major`` of the
    variance, and show rows that are extreme; the minor ones have a variance below ``minor`` (the columns'
    own is 1), and show rows that break the columns' correlation. Each of the two sums of squares is divided
    by its quantile over the training rows; the score is the larger ratio, and the threshold 1. If the sums
    are independent, a fraction ``contamination`` of such rows exceeds it. Directions in which the training
    rows do not vary are left out. `pca` is what PyOD makes of the same paper.
    """

    def __init__(
        self, major: float = 0.5, minor: float = 0.2, trim: float = 0.005, contamination: float = 0.1
    ) -> None:
        self.major = major
        self.minor = minor
        self.trim = trim
        self.contamination = contamination
        self.threshold = 1.0

    def fit(self, train: Train) -> None:
        X = np.asarray(train.X, dtype=np.float64)
        distances = Components(X).squares(X).sum(axis=1)
        kept = np.argsort(distances, kind="stable")[: len(X) - int(self.trim * len(X))]
        self.components = Components(X[kept])
        variances = self.components.variances
        before = np.cumsum(variances) - variances
        self.groups = [before < self.major * variances.sum()]
        if (variances < self.minor).any():
            self.groups.append(variances < self.minor)
        # The share of rows that may exceed each quantile, if independent ones exceed either.
        share = 1 - (1 - self.contamination) ** (1 / len(self.groups))
        self.quantiles = np.quantile(self.sums(X), 1 - share, axis=0).clip(min=np.finfo(float).tiny)

    def score(self, X: Floats) -> Floats:
        return (self.sums(np.asarray(X, dtype=np.float64)) / self.quantiles).max(axis=1)

    def sums(self, X: Floats) -> Floats:
        """Of the major and, where there are any, of the minor components; shape (n, 1) or (n, 2)."""
        squares = self.components.squares(X)
        return np.column_stack([squares[:, group].sum(axis=1) for group in self.groups])


class Components:
    """The principal components of rows whose columns are standardised, those of largest variance first."""

    def __init__(self, X: Floats) -> None:
        self.mean, scale = X.mean(axis=0), X.std(axis=0)
        # What varies by no more than rounding errors is constant, and not scaled.
        rounding = len(X) * np.finfo(float).eps
        self.scale = np.where(scale > rounding * np.abs(self.mean), scale, 1)
        standard = (X - self.mean) / self.scale
        variances, axes = np.linalg.eigh(standard.T @ standard / len(X))
        varies = variances > rounding * variances[-1]
        self.variances, self.axes = variances[varies][::-1], axes[:, varies][:, ::-1]

    def squares(self, X: Floats) -> Floats:
        """Squared scores over the components' variances: their sum is the squared Mahalanobis distance."""
        return ((X - self.mean) / self.scale @ self.axes) ** 2 / self.variances
