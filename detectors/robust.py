"""Distances from a centre that a minority of anomalous training rows cannot move."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bench import Floats, LibraryDetector, Train, detector, estimator

from ._projection import RobustComponents


class OnComponents(LibraryDetector):
    """On `RobustComponents`: with 256 columns the library takes 20 seconds for 2000 rows, and finds that its
    determinants grow where they should shrink; linearly dependent columns have no determinant at all.
    Where more than half of the rows are one and the same, which the library refuses, all rows count.
    """

    def fit_model(self, X: Floats) -> None:
        self.components = RobustComponents().fit(X)
        rows = self.components.transform(X)
        copies = np.unique(rows, axis=0, return_counts=True)[1]
        if 2 * copies.max() >= len(rows):
            self.model.set_params(support_fraction=1.0)
        self.model.fit(rows)

    def score(self, X: Floats) -> Floats:
        return super().score(self.components.transform(X))


elliptic_envelope = estimator(
    "sklearn.covariance.EllipticEnvelope",
    "Robust Mahalanobis distance on at most 30 principal components (Rousseeuw and Van Driessen, 1999).",
    sign=-1, adapter=OnComponents, family="linear", complexity="n d²", cost=1.5,
)  # fmt: skip


@detector(family="linear", complexity="n d² + subsets n", requires=("sklearn",), cost=2)
class MinimumVolumeEllipsoid:
    """Distance in the smallest ellipsoid around half of the rows (Rousseeuw, 1985).

    The resampling algorithm of Van Aelst and Rousseeuw (2009): random subsets of one row more than there are
    columns each give an ellipsoid, blown up until it covers half of the rows; the one of least volume stays.
    Since clean subsets are rare among many columns, each is improved by ``n_steps`` concentration steps,
    which go on from the rows that it covers, and one start is the half nearest to the median. Then centre
    and covariance are taken anew from all rows within the 97.5 % quantile of the chi-square distribution.
    All of this is done on at most 30 principal components and what they leave of a row
    (`RobustComponents`). Among many columns a tight group of anomalies may share the smallest ellipsoid with
    fewer normal rows. The score is the squared robust distance. The threshold is the quantile of the
    chi-square distribution that a fraction ``contamination`` of Gaussian rows exceeds.
    """

    def __init__(self, n_subsets: int = 200, n_steps: int = 2, contamination: float = 0.025) -> None:
        self.n_subsets = n_subsets
        self.n_steps = n_steps
        self.contamination = contamination

    def fit(self, train: Train) -> None:
        from scipy.stats import chi2

        self.components = RobustComponents().fit(train.X)
        X = self.components.transform(train.X)
        n, d = X.shape
        half = min(n, (n + d + 1) // 2)
        ellipsoid = min(self.candidates(X, half, train.seed), key=lambda each: each.log_volume(X, half))
        # Of Gaussian rows, half lie within the median of the chi-square distribution.
        shares = ellipsoid.distances(X) / ellipsoid.covering(X, half)
        furthest = chi2.ppf(0.975, d)
        self.ellipsoid = Ellipsoid(X[shares * chi2.ppf(half / (n + 1), d) <= furthest])
        # The covariance of Gaussian rows that lie within is so much less than that of all of them.
        self.shrinkage = chi2.cdf(furthest, d + 2) / 0.975
        self.threshold = float(chi2.ppf(1 - self.contamination, d))

    def candidates(self, X: Floats, half: int, seed: int) -> Iterator[Ellipsoid]:
        rng = np.random.default_rng(seed)
        n, d = X.shape
        subsets = [rng.choice(n, min(n, d + 1), replace=False) for _ in range(self.n_subsets)]
        # The columns' medians are 0, their interquartile ranges 1.
        for subset in [nearest((X**2).sum(axis=1), half), *subsets]:
            ellipsoid = Ellipsoid(X[subset])
            yield ellipsoid
            for _ in range(self.n_steps):
                ellipsoid = Ellipsoid(X[nearest(ellipsoid.distances(X), half)])
                yield ellipsoid

    def score(self, X: Floats) -> Floats:
        return self.shrinkage * self.ellipsoid.distances(self.components.transform(X))


class Ellipsoid:
    """The centre and the shape of some rows."""

    # Added to variances, where the interquartile range is 1: fewer rows than columns have no volume.
    RIDGE = 1e-8

    def __init__(self, rows: Floats) -> None:
        from scipy.linalg import cholesky

        self.centre = rows.mean(axis=0)
        centred = rows - self.centre
        covariance = centred.T @ centred / max(1, len(rows) - 1)
        covariance[np.diag_indices_from(covariance)] += self.RIDGE
        self.root = cholesky(covariance, lower=True)

    def distances(self, X: Floats) -> Floats:
        """Squared Mahalanobis distances, shape (n,)."""
        from scipy.linalg import solve_triangular

        return (solve_triangular(self.root, (X - self.centre).T, lower=True) ** 2).sum(axis=0)

    def covering(self, X: Floats, half: int) -> float:
        """The squared distance within which ``half`` rows lie, or a little where they are all the same."""
        return max(self.RIDGE, np.partition(self.distances(X), half - 1)[half - 1])

    def log_volume(self, X: Floats, half: int) -> float:
        """Of the ellipsoid of this shape that covers ``half`` rows, but for a constant."""
        return np.log(np.diag(self.root)).sum() + X.shape[1] / 2 * np.log(self.covering(X, half))


def nearest(distances: Floats, count: int) -> np.ndarray:
    """The indices of the smallest distances."""
    return np.argpartition(distances, count - 1)[:count]
