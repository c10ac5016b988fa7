"""What is most like a row among the training rows, and how much."""

from __future__ import annotations

import numpy as np

from bench import Floats, Train, detector

METRICS = ("cosine", "correlation", "euclidean")


class _NearestRows:
    """Scores from the distances to the ``n_neighbors`` nearest training rows."""

    n_neighbors: int
    contamination: float

    def fit_neighbours(self, X: Floats, metric: str) -> None:
        from sklearn.neighbors import NearestNeighbors

        wanted = max(1, min(self.n_neighbors, len(X) - 1))
        self.neighbours = NearestNeighbors(n_neighbors=wanted, metric=metric).fit(X)
        if len(X) > 1:
            # Without rows, each training row's neighbours are others than itself.
            self.left_out = self.reduce(self.neighbours.kneighbors()[0])
            self.threshold = float(np.quantile(self.left_out, 1 - self.contamination))

    def leave_one_out(self) -> Floats | None:
        """Scores of the training rows by their nearest others; None of a single row."""
        return getattr(self, "left_out", None)

    def reduce(self, distances: Floats) -> Floats:
        """Distances (n, neighbours) to scores (n,)."""
        return distances.mean(axis=1, dtype=np.float64)


@detector(family="neighbours", complexity="n² d", requires=("sklearn",), deterministic=True, cost=0.3)
class FeatureMatching(_NearestRows):
    """Mean distance to the most similar training rows, by cosine or correlation (Tombari et al., 2009).

    ``metric``: "cosine" compares directions from the origin, "correlation" compares forms whatever their
    level and their scale, "euclidean" compares values. A row of zeros, or for the correlation a constant
    one, has no direction: its distance to each row is 1. With a single column, or two for the correlation,
    directions separate rows by their sign alone, and the Euclidean distance is taken. On
    standardised tables, whose rows lie in all directions from the origin, the cosine is seldom of use. The
    threshold is the score that a fraction ``contamination`` of the training rows exceeds, each without
    itself.
    """

    def __init__(self, metric: str = "cosine", n_neighbors: int = 5, contamination: float = 0.1) -> None:
        self.metric = metric
        self.n_neighbors = n_neighbors
        self.contamination = contamination

    def fit(self, train: Train) -> None:
        if self.metric not in METRICS:
            raise ValueError(f"unknown metric {self.metric!r}; one of: {', '.join(METRICS)}")
        needed = {"cosine": 2, "correlation": 3, "euclidean": 1}[self.metric]
        self.used = self.metric if train.X.shape[1] >= needed else "euclidean"
        self.fit_neighbours(self.centred(train.X), "euclidean" if self.used == "euclidean" else "cosine")

    def centred(self, X: Floats) -> Floats:
        """Rows whose cosine is the correlation, where that is asked for."""
        if self.used != "correlation":
            return X
        centred = X - X.mean(axis=1, keepdims=True)
        # The mean of equal values may differ from them by rounding, and then leave a direction.
        return np.where(np.ptp(X, axis=1, keepdims=True) > 0, centred, 0.0)

    def score(self, X: Floats) -> Floats:
        return self.reduce(self.neighbours.kneighbors(self.centred(X))[0])


@detector(
    name="dte_np", family="neighbours", complexity="n² d", requires=("sklearn",), deterministic=True, cost=0.3
)
class NonParametricDiffusionTime(_NearestRows):
    """Diffusion time estimated from the nearest training rows, DTE-NP (Livernoche et al., 2024).

    Had the row come from training rows by adding Gaussian noise, its variance would have an inverse gamma
    posterior of shape d / 2 - 1 and scale m / 2, where m is the mean of the squared distances to the
    ``n_neighbors`` nearest training rows. The score is the mode of that posterior, m / d: the variance
    itself and not, as in the authors' code, its place among 300 steps, which rounds and ends at a variance
    of 0.78. So it ranks rows as the mean squared distance to the neighbours does. The threshold is the
    score that a fraction ``contamination`` of the training rows exceeds, each without itself.
    """

    def __init__(self, n_neighbors: int = 5, contamination: float = 0.1) -> None:
        self.n_neighbors = n_neighbors
        self.contamination = contamination

    def fit(self, train: Train) -> None:
        self.fit_neighbours(train.X, "euclidean")

    def reduce(self, distances: Floats) -> Floats:
        return (distances**2).mean(axis=1) / self.neighbours.n_features_in_

    def score(self, X: Floats) -> Floats:
        return self.reduce(self.neighbours.kneighbors(X)[0])
