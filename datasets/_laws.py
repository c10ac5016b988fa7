"""Distributions of rows that can be both drawn from and evaluated, so that the optimum is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from bench import Floats, Score

# What an optimum gives rows that cannot be anomalous, where a score must be finite.
IMPOSSIBLE = -1e9
# Rows whose density along a path is computed at a time.
ROWS_HELD = 2000


class Law(Protocol):
    def draw(self, rng: np.random.Generator, size: int) -> Floats:
        """Rows of shape (size, d)."""

    def log_density(self, X: Floats) -> Floats:
        """Natural logarithm of the density of rows of shape (n, d); shape (n,)."""


def log_ratio(normal: Law, anomalous: Law) -> Score:
    """The Bayes-optimal score: log density among anomalies less log density among normal rows."""
    return lambda X: np.maximum(anomalous.log_density(X) - normal.log_density(X), IMPOSSIBLE)


@dataclass(frozen=True)
class Mixture:
    """A Gaussian mixture: weights (k,), means (k, d) and covariances (k, d, d)."""

    weights: Floats
    means: Floats
    covariances: Floats

    @classmethod
    def round(cls, centres: Floats, deviation: float) -> Mixture:
        """Equally likely components that are as wide in every direction; centres have the shape (k, d)."""
        count, columns = centres.shape
        covariances = np.tile(deviation**2 * np.eye(columns), (count, 1, 1))
        return cls(np.ones(count) / count, centres, covariances)

    @property
    def centre(self) -> Floats:
        return self.weights @ self.means

    def draw(self, rng: np.random.Generator, size: int) -> Floats:
        which = rng.choice(len(self.weights), size=size, p=self.weights)
        steps = rng.standard_normal((size, self.means.shape[1]))
        factors = np.linalg.cholesky(self.covariances)
        return self.means[which] + np.einsum("nij,nj->ni", factors[which], steps)

    def log_density(self, X: Floats) -> Floats:
        from scipy.special import logsumexp
        from scipy.stats import Covariance, multivariate_normal

        # By Cholesky factors, which do not mind that columns differ in scale by orders of magnitude.
        of_components = [
            multivariate_normal(mean, Covariance.from_cholesky(factor)).logpdf(X)
            for mean, factor in zip(self.means, np.linalg.cholesky(self.covariances), strict=True)
        ]
        return logsumexp(np.reshape(of_components, (-1, len(X))), axis=0, b=self.weights[:, None])

    def of_columns(self, columns: Sequence[int]) -> Mixture:
        """The marginal distribution of some columns."""
        chosen = np.ix_(range(len(self.weights)), columns, columns)
        return Mixture(self.weights, self.means[:, columns], self.covariances[chosen])


@dataclass(frozen=True)
class Independent:
    """Groups of columns, each with a law of its own, independent of one another."""

    groups: Sequence[Sequence[int]]
    laws: Sequence[Law]

    def draw(self, rng: np.random.Generator, size: int) -> Floats:
        drawn = np.concatenate([law.draw(rng, size) for law in self.laws], axis=1)
        return drawn[:, np.argsort(np.concatenate(self.groups))]

    def log_density(self, X: Floats) -> Floats:
        parts = [law.log_density(X[:, group]) for group, law in zip(self.groups, self.laws, strict=True)]
        return np.asarray(sum(parts))


@dataclass(frozen=True)
class Box:
    """Uniform between two corners, each of shape (d,)."""

    low: Floats
    high: Floats

    def widened(self, factor: float) -> Box:
        """The box, larger about its own centre: the origin may be far away."""
        centre, reach = (self.high + self.low) / 2, (self.high - self.low) / 2
        return Box(centre - factor * reach, centre + factor * reach)

    def draw(self, rng: np.random.Generator, size: int) -> Floats:
        return rng.uniform(self.low, self.high, (size, len(self.low)))

    def log_density(self, X: Floats) -> Floats:
        inside = (np.clip(X, self.low, self.high) == X).all(axis=1)
        return np.where(inside, -np.log(self.high - self.low).sum(), -np.inf)


@dataclass(frozen=True)
class Jittered:
    """A point of one of several paths, all as likely, with Gaussian jitter of one standard deviation.

    A path takes places t of shape (n,), from 0 to 1, to points of shape (n, d); it is a few units long.
    """

    paths: Sequence[Callable[[Floats], Floats]]
    jitter: float

    def draw(self, rng: np.random.Generator, size: int) -> Floats:
        which, places = rng.integers(len(self.paths), size=size), rng.random(size)
        points = np.stack([path(places) for path in self.paths])[which, np.arange(size)]
        return points + self.jitter * rng.standard_normal(points.shape)

    def log_density(self, X: Floats) -> Floats:
        """By Gauss-Legendre quadrature along the paths, with nodes closer to one another than the jitter."""
        from scipy.spatial.distance import cdist
        from scipy.special import logsumexp

        places, weights = np.polynomial.legendre.leggauss(int(32 + 20 / self.jitter))
        nodes = np.concatenate([path((places + 1) / 2) for path in self.paths])
        weights = np.tile(weights / 2 / len(self.paths), len(self.paths))
        normaliser = X.shape[1] * np.log(self.jitter * np.sqrt(2 * np.pi))
        # So many rows at a time, since each has a distance to each node.
        parts = np.array_split(X, range(ROWS_HELD, len(X), ROWS_HELD))
        exponents = (-cdist(part, nodes, "sqeuclidean") / (2 * self.jitter**2) for part in parts)
        return np.concatenate([logsumexp(each, axis=1, b=weights) for each in exponents]) - normaliser
