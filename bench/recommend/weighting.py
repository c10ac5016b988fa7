"""Weighting detectors: their scores as normalised ranks, and weights fitted to a few labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bench.splits.arrays import Floats

# The precision of the prior of the weights; see `fit_weights`.
STRENGTH = 10.0
# Normalised ranks are clipped to this range, since the log-odds of others would dominate the sum.
LOWEST, HIGHEST = 1e-3, 1 - 1e-4
STEPS, SMALLEST = 20, 1e-4


def normalised_ranks(scores: Floats) -> Floats:
    """The mid-ranks of scores, shape (n,) or (n, k), within each column, divided by n: between 0 and 1."""
    from scipy.stats import rankdata

    ranks: Floats = (rankdata(scores, axis=0) - 0.5) / len(scores)
    return ranks


def log_odds(ranks: Floats) -> Floats:
    """The log-odds of normalised ranks, in which differences among the highest ranks are larger."""
    within = np.clip(ranks, LOWEST, HIGHEST)
    odds: Floats = np.log(within / (1 - within))
    return odds


def fit_weights(odds: Floats, y: NDArray[Any], prior: Floats, strength: float = STRENGTH) -> Floats:
    """Weights of detectors, shape (k,), by logistic regression with a Gaussian prior (maximum a posteriori).

    odds: the detectors' `log_odds` for the labelled rows, shape (n, k). y: 1 anomalous, 0 normal, shape (n,);
    both classes are needed, and have the same total weight. prior: the prior's mean, shape (k,). strength:
    its precision. Found by Newton's method, with steps halved until the loss does not increase.
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
        probability = 0.5 * (
            1 + np.tanh(X @ at / 2)
        )  # the logistic function, written so that it cannot overflow
        gradient = X.T @ (each * (probability - y)) + precision * (at - start)
        curvature = (X.T * (each * probability * (1 - probability))) @ X + np.diag(precision)
        step = np.linalg.solve(curvature, gradient)
        while (there := loss(at - step)) > here and np.abs(step).max() > SMALLEST:
            step = step / 2
        at, here = at - step, there
        if np.abs(step).max() <= SMALLEST:
            break
    weights: Floats = at[1:]
    return weights
