"""Networks of radial units: few, with fitted output weights, or one for each training row."""

from __future__ import annotations

import numpy as np

from bench import Floats, Train, detector

from ._centres import centres_of_classes
from ._standardised import standardiser
from ._torch import blocks


@detector(labels=True, requires=("sklearn",), family="classifier", complexity="n k d", cost=0.5)
class RBFNetwork:
    """Radial basis function network: Gaussian units, linear output (Broomhead and Lowe, 1988).

    The units' centres are up to ``units`` k-means centres of each class, with standardised columns;
    unlabelled rows count as normal. A unit is ``width`` times as wide as its mean distance from the two
    units nearest to it. Ridge regression of the labels, +1 and -1, with equal weight on the classes,
    gives the score; the threshold is 0.
    """

    def __init__(self, units: int = 50, width: float = 1.0, penalty: float = 1.0) -> None:
        self.units = units
        self.width = width
        self.penalty = penalty

    def fit(self, train: Train) -> None:
        from scipy.spatial.distance import cdist
        from sklearn.linear_model import RidgeClassifier

        self.standardise = standardiser(train.X)
        X, anomalous = self.standardise(train.X), train.y == 1
        self.centres = np.concatenate(centres_of_classes(X, anomalous, self.units, train.seed))
        # The first column of the sorted distances is each centre's from itself.
        nearest = np.sort(cdist(self.centres, self.centres), axis=1)[:, 1:3].mean(axis=1)
        # Centres of both classes may coincide, and a unit of no width would answer to nothing.
        self.widths = self.width * np.where(nearest > 0, nearest, nearest.mean() or 1.0)
        self.output = RidgeClassifier(self.penalty, class_weight="balanced")
        self.output.fit(self.activations(train.X), anomalous)
        self.threshold = 0.0

    def activations(self, X: Floats) -> Floats:
        from scipy.spatial.distance import cdist

        return np.exp(-0.5 * (cdist(self.standardise(X), self.centres) / self.widths) ** 2)

    def score(self, X: Floats) -> Floats:
        return self.output.decision_function(self.activations(X))


@detector(labels=True, requires=("sklearn",), family="classifier", complexity="n² d", cost=1)
class ProbabilisticNeuralNetwork:
    """Probabilistic neural network: Bayes' rule on kernel densities of the classes (Specht, 1990).

    Each training row carries a Gaussian kernel, on standardised columns; unlabelled rows count as normal.
    All kernels share a bandwidth: of ``candidates`` between 1/32 and twice the median distance between
    rows, the one under which each row is likeliest by the other rows of its class; at most ``sample`` rows
    are evaluated. The score is the log-odds of the anomaly class, with the class frequencies in training as
    priors, so the threshold is 0; far from all rows it grows or falls, and never rounds to a constant.
    """

    def __init__(self, bandwidth: float | None = None, candidates: int = 13, sample: int = 1000) -> None:
        self.bandwidth = bandwidth
        self.candidates = candidates
        self.sample = sample

    def fit(self, train: Train) -> None:

        self.standardise = standardiser(train.X)
        X, anomalous = self.standardise(train.X), train.y == 1
        self.normal, self.anomalous = X[~anomalous], X[anomalous]
        self.scale = self.bandwidth or self._likeliest_bandwidth(np.random.default_rng(train.seed))
        self.threshold = 0.0

    def _likeliest_bandwidth(self, rng: np.random.Generator) -> float:
        from scipy.spatial.distance import cdist

        # A row alone in its class says nothing of a bandwidth.
        classes = [rows for rows in (self.normal, self.anomalous) if len(rows) > 1]
        total = sum(map(len, classes))
        squares = []
        for rows in classes:
            chosen = rng.permutation(len(rows))[: max(2, self.sample * len(rows) // total)]
            distances = cdist(rows[chosen], rows, "sqeuclidean")
            distances[np.arange(len(chosen)), chosen] = np.inf
            squares.append(distances)
        finite = np.concatenate([each[np.isfinite(each)] for each in squares]) if squares else np.ones(1)
        widths = (np.median(finite) or 1.0) ** 0.5 * np.geomspace(1 / 32, 2, self.candidates)
        columns = self.normal.shape[1]
        return max(widths, key=lambda width: sum(_likelihood(each, width, columns) for each in squares))

    def score(self, X: Floats) -> Floats:
        X = self.standardise(X)
        width = len(self.normal) + len(self.anomalous)
        return np.concatenate([self._log_odds(X[block]) for block in blocks(len(X), width)])

    def _log_odds(self, X: Floats) -> Floats:
        return _log_kernels(X, self.anomalous, self.scale) - _log_kernels(X, self.normal, self.scale)


def _likelihood(squares: Floats, width: float, columns: int) -> float:
    """Summed log densities of rows, from squared distances to other rows, but for what no width changes."""
    from scipy.special import logsumexp

    return logsumexp(-0.5 * squares / width**2, axis=1).sum() - len(squares) * columns * np.log(width)


def _log_kernels(X: Floats, rows: Floats, width: float) -> Floats:
    from scipy.spatial.distance import cdist
    from scipy.special import logsumexp

    return logsumexp(-0.5 * cdist(X, rows, "sqeuclidean") / width**2, axis=1)
