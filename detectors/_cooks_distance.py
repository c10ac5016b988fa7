"""Cook's distances of all columns from one inverse, where PyOD's CD fits a regression for each of them."""

from __future__ import annotations

import numpy as np

from bench import Floats

# Beyond this condition number the inverse is too rough: the library's regressions are taken.
WORST_CONDITION = 1e6


class Regressions:
    """Each column regressed on all others, with an intercept, by the inverse of their covariances.

    Raises numpy.linalg.LinAlgError where columns are, or are nearly, linear combinations of others.
    """

    def __init__(self, X: Floats) -> None:
        """X: training rows, shape (n, d)."""
        if X.shape[1] < 2:
            raise np.linalg.LinAlgError("one column has no others")
        self.mean = X.mean(axis=0)
        precision = inverse(X - self.mean)
        self.weights = precision / precision.diagonal()

    def distances(self, X: Floats) -> Floats:
        """The mean over columns of Cook's distances, each scaled to [0, 1]: (n,), for X of shape (n, d).

        The residuals are those of the training rows' regressions, and the leverages those of these rows, as
        in the library. Raises as the class does, and where a row has all the leverage.
        """
        n, d = X.shape
        residuals = (X - self.mean) @ self.weights
        errors = np.square(residuals).sum(axis=0) / (n - (d - 1))
        crossed = inverse(X)
        projected = X @ crossed
        leverages = (projected * X).sum(axis=1)[:, None] - np.square(projected) / crossed.diagonal()
        if leverages.max() > 1 - 1 / WORST_CONDITION or not errors.all():
            raise np.linalg.LinAlgError("a row has all the leverage, or a column has no residuals")
        found = np.square(residuals) / errors / (d - 1) * leverages / np.square(1 - leverages)
        found -= found.min(axis=0)
        scaled: Floats = (found / found.max(axis=0)).mean(axis=1)
        return scaled


def inverse(X: Floats) -> Floats:
    """Of the rows' cross products, shape (d, d)."""
    crossed = X.T @ X
    values, vectors = np.linalg.eigh(crossed)
    if len(X) <= X.shape[1] or values[0] * WORST_CONDITION**2 < values[-1] or values[0] <= 0:
        raise np.linalg.LinAlgError("linearly dependent columns")
    found: Floats = vectors / values @ vectors.T
    return found
