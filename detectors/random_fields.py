"""Gaussian Markov random fields: along a curve, on the grid of an image, between the columns of a table."""

from __future__ import annotations

import numpy as np

from bench import Floats, Train, detector


class _CausalField:
    """A Gaussian field whose values follow one another, each given its neighbours among those before it.

    That is a Cholesky factor of the precision matrix, row by row, with zeros where two values are no
    neighbours. A regression at each place gives its row: the place has a mean, weights and a variance of
    its own. ``floor``, as a fraction of the mean variance of the training values, is added to each variance,
    so that what never varied in training does not count for everything.
    """

    floor: float
    contamination: float

    def neighbours(self, shape: tuple[int, ...]) -> list[list[int]]:
        """For each value, the places before it that it depends on."""
        raise NotImplementedError

    def fit(self, train: Train) -> None:
        X = train.X
        self.mean = X.mean(axis=0)
        centred = X - self.mean
        noise = self.floor * (centred.var() or 1.0)
        self.before = self.neighbours(train.shape)
        self.weights = [
            _regression(centred[:, places], centred[:, i], noise) for i, places in enumerate(self.before)
        ]
        self.variance = (self._residuals(X) ** 2).mean(axis=0) + noise
        self.threshold = float(np.quantile(self.score(X), 1 - self.contamination))

    def score(self, X: Floats) -> Floats:
        return (self._residuals(X) ** 2 / self.variance).sum(axis=1) / 2

    def _residuals(self, X: Floats) -> Floats:
        """Each value less its prediction from the values before it, shape (n, d)."""
        centred = X - self.mean
        predicted = [
            centred[:, places] @ weights for places, weights in zip(self.before, self.weights, strict=True)
        ]
        return centred - np.stack(predicted, axis=1)


def _regression(A: Floats, b: Floats, noise: float) -> np.ndarray:
    """Ridge regression's weights, where ``noise`` is the variance of errors in the columns of ``A``."""
    gram = A.T @ A + len(A) * noise * np.eye(A.shape[1])
    return np.linalg.solve(gram, A.T @ b)


@detector(family="graphical", modalities=("curve",), complexity="n d", deterministic=True, cost=0.1)
class GaussianChainField(_CausalField):
    """Gaussian Markov random field along a curve, each point given the ones before (Rue and Held, 2005).

    The score is the negative log density, but for a constant: half the sum of the squared differences
    between each point and its regression on the ``order`` points before it, each over its variance. Means,
    weights and variances differ from point to point. ``floor`` is added to each variance, as a fraction of
    the curves' mean variance. The threshold is the score that a fraction ``contamination`` of the training
    curves exceeds.
    """

    def __init__(self, order: int = 10, floor: float = 1e-8, contamination: float = 0.1) -> None:
        self.order = order
        self.floor = floor
        self.contamination = contamination

    def neighbours(self, shape: tuple[int, ...]) -> list[list[int]]:
        return [list(range(max(0, i - self.order), i)) for i in range(shape[0])]


@detector(family="graphical", modalities=("image",), complexity="n d", deterministic=True, cost=0.1)
class GaussianGridField(_CausalField):
    """Gaussian Markov random field on an image's grid of pixels (Besag, 1974; Rue and Held, 2005).

    Each pixel is given its neighbours among the pixels before it, row by row: at a ``reach`` of 1 the left
    one and the three above. The score is the negative log density, but for a constant: half the sum of the
    squared differences between each pixel and its regression on those neighbours, each over its variance.
    Means, weights and variances differ from pixel to pixel. ``floor`` is added to each variance, as a
    fraction of the images' mean variance. The threshold is the score that a fraction ``contamination`` of the
    training images exceeds.
    """

    def __init__(self, reach: int = 1, floor: float = 1e-2, contamination: float = 0.1) -> None:
        self.reach = reach
        self.floor = floor
        self.contamination = contamination

    def neighbours(self, shape: tuple[int, ...]) -> list[list[int]]:
        height, width = (1, *shape)[-2:]
        return [
            [
                above * width + beside
                for above in range(max(0, row - self.reach), row + 1)
                for beside in range(max(0, column - self.reach), min(width, column + self.reach + 1))
                if (above, beside) < (row, column)
            ]
            for row in range(height)
            for column in range(width)
        ]


@detector(
    family="graphical", modalities=("table",), requires=("sklearn",), complexity="n d² + d³",
    deterministic=True, cost=3,
)  # fmt: skip
class GraphicalLasso:
    """Gaussian Markov random field between columns, with a sparse precision matrix (Friedman et al., 2008).

    The score is the squared Mahalanobis distance under that precision. Columns are standardised first, so
    the penalty ``alpha`` is on the scale of correlations; None stands for √(log d / n), the size that
    correlations reach by chance. A column that never varied keeps its unit and counts as having unit
    variance. The threshold is the score that a fraction ``contamination`` of the training rows exceeds.
    """

    def __init__(self, alpha: float | None = None, max_iter: int = 100, contamination: float = 0.1) -> None:
        self.alpha = alpha
        self.max_iter = max_iter
        self.contamination = contamination

    def fit(self, train: Train) -> None:
        from sklearn.preprocessing import StandardScaler

        n, d = train.X.shape
        self.scaler = StandardScaler().fit(train.X)
        Z = self.scaler.transform(train.X)
        correlation = Z.T @ Z / n
        np.fill_diagonal(correlation, 1)
        alpha = np.sqrt(np.log(max(d, 2)) / n) if self.alpha is None else self.alpha
        self.precision = sparse_precision(correlation, alpha, self.max_iter)
        self.threshold = float(np.quantile(self.score(train.X), 1 - self.contamination))

    def score(self, X: Floats) -> Floats:
        Z = self.scaler.transform(X)
        return ((Z @ self.precision) * Z).sum(axis=1)


def sparse_precision(
    covariance: Floats, alpha: float, max_iter: int, step: float = 0.3, tolerance: float = 1e-5
) -> Floats:
    """The precision with the highest likelihood, less ``alpha`` times its elements' size off the diagonal.

    By alternating directions (Boyd et al., 2011, section 6.5): scikit-learn's coordinate descent fails
    where columns are strongly correlated. Of the two copies that approach each other, the sparse one and
    the positive definite one, it is the latter that is returned: distances under it are never negative.
    """
    sparse, dual = np.eye(len(covariance)), np.zeros_like(covariance)
    for _ in range(max_iter):
        values, vectors = np.linalg.eigh(step * (sparse - dual) - covariance)
        roots = (values + np.sqrt(values**2 + 4 * step)) / (2 * step)
        definite = (vectors * roots) @ vectors.T
        last, both = sparse, definite + dual
        sparse = np.sign(both) * np.maximum(np.abs(both) - alpha / step, 0)
        np.fill_diagonal(sparse, np.diag(both))
        dual = both - sparse
        gap, move = np.abs(definite - sparse).max(), np.abs(sparse - last).max()
        if max(gap, move) < tolerance * np.abs(sparse).max():
            break
    return definite
