"""PyOD's stochastic outlier selection: each row's kernel width, by fewer looks at all the other rows."""

from __future__ import annotations

import numpy as np
from numba import njit

from bench import Floats

# A step of Newton's method below this, in the width's logarithm, ends it: the bisection is less exact.
NARROW = 1e-9
MOST_STEPS = 50
# Where the linear estimate of what the bisection would find is this near to its tolerance, it looks itself.
UNSURE = 4.0
# From this exponent on kernels may all be zero, which the bisection takes for another case.
UNDERFLOW = 700.0


@njit(cache=True)
def affinities(D: Floats, perplexity: float, tolerance: float) -> Floats:
    """pyod.models.sos.SOS._d2a: by bisection, the kernel width at which a row has so many neighbours.

    The bisection goes the same way, but by the root: it sums over all other rows only where it might end.
    """
    n = len(D)
    found = np.zeros((n, n))
    wanted = np.log(perplexity)
    root = 1.0
    for i in range(n):
        root, slope = _root(D[i], i, wanted, root, found[i])
        nearest = min(D[i, :i].min() if i else np.inf, D[i, i + 1 :].min() if i + 1 < n else np.inf)
        near = UNSURE * tolerance / abs(slope) if slope < 0 else np.inf
        beta, low, high = 1.0, -np.inf, np.inf
        tries = 0
        while True:
            if abs(np.log(beta / root)) > near and beta * nearest < UNDERFLOW:
                excess = root - beta
            else:
                excess, _ = _excess(D[i], i, wanted, beta, found[i])
                if not (np.isnan(excess) or abs(excess) > tolerance) or tries == 5000:
                    break
            tries += 1
            if np.isnan(excess):
                beta /= 10.0
            elif excess > 0:
                low = beta
                beta = beta * 2.0 if np.isinf(high) else (beta + high) / 2.0
            else:
                high = beta
                beta = beta / 2.0 if np.isinf(low) else (beta + low) / 2.0
        if not np.isfinite(root):
            root = 1.0
    return found


@njit(cache=True)
def _excess(distances: Floats, i: int, wanted: float, beta: float, values: Floats) -> tuple[float, float]:
    """By how much row i's entropy is more than wanted, and its slope in the logarithm of beta.

    values: the kernel's, of all rows but i.
    """
    total, weighted, squared = 0.0, 0.0, 0.0
    for j in range(len(distances)):
        if j != i:
            value = np.exp(-distances[j] * beta)
            values[j] = value
            total += value
            weighted += distances[j] * value
            squared += distances[j] * distances[j] * value
    if not total:
        return np.nan, np.nan
    mean = weighted / total
    return np.log(total) + beta * mean - wanted, -(beta**2) * (squared / total - mean**2)


@njit(cache=True)
def _root(distances: Floats, i: int, wanted: float, beta: float, values: Floats) -> tuple[float, float]:
    """Where the excess is none, and its slope there; a slope of 0 where it is not found."""
    low, high = -np.inf, np.inf  # of beta's logarithm
    at = np.log(beta)
    for _ in range(MOST_STEPS):
        excess, slope = _excess(distances, i, wanted, np.exp(at), values)
        if not slope < 0:
            break
        if excess > 0:
            low = at
        else:
            high = at
        step = -excess / slope
        if abs(step) < NARROW:
            return np.exp(at + step), slope
        step = max(-1.5, min(1.5, step))
        inside = low < at + step < high
        at = at + step if inside else (low + high) / 2 if np.isfinite(low + high) else at + np.sign(step)
    return 1.0, 0.0
