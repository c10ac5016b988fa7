"""Weighing detectors against each other: their scores as ranks, and weights that a few labels teach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bench.splits.arrays import Floats

# Weights count as well known as this many labelled rows would make them; see `fit_weights`.
STRENGTH = 10.0
# Ranks so near to 0 and 1 that their log-odds would drown the others are moved to here.
LOWEST, HIGHEST = 1e-3, 1 - 1e-4
STEPS, SMALLEST = 20, 1e-4


def rank_shares(scores: Floats) -> Floats:
    """Scores of shape (n,) or (n, k) as mid-ranks within each column, as shares of n: between 0 and 1."""
    from scipy.stats import rankdata

    shares: Floats = (rankdata(scores, axis=0) - 0.5) / len(scores)
    return shares


def log_odds(shares: Floats) -> Floats:
    """The log-odds of rank shares: differences at the top, where anomalies are, count most."""
    within = np.clip(shares, LOWEST, HIGHEST)
    odds: Floats = np.log(within / (1 - within))
    return odds


def fit_weights(odds: Floats, y: NDArray[Any], prior: Floats, strength: float = STRENGTH) -> Floats:
    """Weights of detectors, shape (k,), by logistic regression near ``prior`` where rows are few.

    odds: the detectors' `log_odds` for the labelled rows, shape (n, k). y: 1 anomalous, 0 normal; both are
    needed, and weigh the same together. ``strength``: of the Gaussian prior around ``prior``, its precision.
    The maximum of the posterior, by Newton's method with steps that never make it worse.
    """
    X = np.column_stack([np.ones(len(y)), odds])
    each = np.where(y == 1, 0.5 / np.sum(y == 1), 0.5 / np.sum(y == 0)) * len(y)
    precision = np.r_[1e-3, np.full(len(prior), strength)]
    start = np.r_[0.0, prior]

    def loss(at: Floats) -> float:
        margin = np.where(y == 1, 1, -1) * (X @ at)
        return float(each @ np.logaddexp(0, -margin) + precision @ (at - start) ** 2 / 2)

    at, here = start, loss(start)
    for _ in range(STEPS):
        chance = 0.5 * (1 + np.tanh(X @ at / 2))  # the logistic function, which cannot overflow so
        gradient = X.T @ (each * (chance - y)) + precision * (at - start)
        curvature = (X.T * (each * chance * (1 - chance))) @ X + np.diag(precision)
        step = np.linalg.solve(curvature, gradient)
        while (there := loss(at - step)) > here and np.abs(step).max() > SMALLEST:
            step = step / 2
        at, here = at - step, there
        if np.abs(step).max() <= SMALLEST:
            break
    weights: Floats = at[1:]
    return weights
