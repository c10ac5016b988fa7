"""EM with deterministic annealing for a mixture of spherical Gaussians (Ueda and Nakano, 1998)."""

from __future__ import annotations

import numpy as np

from bench import Floats

# Iterations at one temperature, at most.
ITERATIONS = 100
# They end when no mean moves further than this, in standard deviations.
TOLERANCE = 1e-4
# Components that have merged separate only if they differ a little: by noise of this standard deviation.
NOISE = 1e-2


def anneal(X: Floats, means: Floats, betas: Floats, rng: np.random.Generator) -> tuple[Floats, Floats, float]:
    """Weights, means and the common variance, after EM at each power ``betas`` of the posteriors in turn.

    means: where to start, shape (components, d).
    """
    weights = np.full(len(means), 1 / len(means))
    # Spreads below the floor are rounding errors.
    floor = np.finfo(float).eps * X.var(axis=0).mean() or 1.0
    variance = max(floor, X.var(axis=0).mean())
    for beta in betas:
        means = means + NOISE * np.sqrt(variance) * rng.standard_normal(means.shape)
        for _ in range(ITERATIONS):
            before = means
            shares = posteriors(X, weights, means, variance, beta)
            weights, means, variance = maximise(X, shares, floor)
            if np.abs(means - before).max() < TOLERANCE * np.sqrt(variance):
                break
    return weights, means, variance


def posteriors(X: Floats, weights: Floats, means: Floats, variance: float, beta: float) -> Floats:
    """Tempered posteriors of the components, shape (n, components)."""
    from scipy.spatial.distance import cdist
    from scipy.special import softmax

    return softmax(beta * (np.log(weights) - cdist(X, means, "sqeuclidean") / (2 * variance)), axis=1)


def maximise(X: Floats, shares: Floats, floor: float) -> tuple[Floats, Floats, float]:
    """The M-step: weights, means and the common variance."""
    from scipy.spatial.distance import cdist

    # A component that no row wants keeps a trace of weight, for its logarithm's sake.
    sizes = shares.sum(axis=0) + 10 * np.finfo(float).tiny
    means = shares.T @ X / sizes[:, None]
    variance = (shares * cdist(X, means, "sqeuclidean")).sum() / X.size
    return sizes / sizes.sum(), means, max(floor, variance)
