"""What lies between two products of matrices, in a layer and on the way back: each one compiled loop."""

from __future__ import annotations

import numpy as np
from numba import njit

from ._learning import ONE, REORDERED, ZERO
from ._slices import Values


@njit(cache=True, error_model="numpy", fastmath=REORDERED)
def bend(x: Values, slope: Values, offset: Values, factors: Values, out: Values) -> None:
    """ReLU of ``slope * x + offset``, then dropout. x, factors and out, another than x: (n, d)."""
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            value = slope[j] * x[i, j] + offset[j]
            value = ZERO if value <= ZERO else value
            out[i, j] = value * factors[i, j]


@njit(cache=True, error_model="numpy", fastmath=REORDERED)
def unbend(gradient: Values, out: Values, keep: float, total: Values) -> None:
    """Back through `bend` to what ReLU was of, in place; ``total`` becomes the sum over rows."""
    factor = ONE / np.float32(keep)
    total[:] = ZERO
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            value = ZERO if out[i, j] == ZERO else gradient[i, j] * factor
            gradient[i, j] = value
            total[j] += value


@njit(cache=True, error_model="numpy", fastmath=REORDERED)
def standardise(
    x: Values, bias: Values, running_mean: Values, running_variance: Values, momentum: float, epsilon: float
) -> Values:
    """Bring columns to mean 0 and variance 1, in place; returns what each is multiplied by.

    The running values are those of x with ``bias`` added.
    """
    n, d = x.shape
    mean, scale = np.zeros(d, np.float32), np.zeros(d, np.float32)
    for i in range(n):
        for j in range(d):
            mean[j] += x[i, j]
    for j in range(d):
        mean[j] /= np.float32(n)
    for i in range(n):
        for j in range(d):
            x[i, j] -= mean[j]
            scale[j] += x[i, j] * x[i, j]
    new, old, unbiased = np.float32(momentum), np.float32(1 - momentum), np.float32(max(n - 1, 1))
    for j in range(d):
        running_mean[j] = old * running_mean[j] + new * (mean[j] + bias[j])
        running_variance[j] = old * running_variance[j] + new * (scale[j] / unbiased)
        scale[j] = ONE / np.sqrt(scale[j] / np.float32(n) + np.float32(epsilon))
    for i in range(n):
        for j in range(d):
            x[i, j] *= scale[j]
    return scale


@njit(cache=True, error_model="numpy", fastmath=REORDERED)
def unstandardise(
    gradient: Values, standard: Values, scale: Values, slope: Values, of_slope: Values, of_offset: Values,
    of_bias: Values,
) -> None:  # fmt: skip
    """Back through slope, offset and `standardise`, in place; ``of_offset`` is known, the others are set."""
    n, d = gradient.shape
    of_slope[:] = ZERO
    of_bias[:] = ZERO
    for i in range(n):
        for j in range(d):
            of_slope[j] += gradient[i, j] * standard[i, j]
    share_of_row = ONE / np.float32(n)
    for i in range(n):
        for j in range(d):
            rest = of_offset[j] + standard[i, j] * of_slope[j]
            value = (gradient[i, j] - rest * share_of_row) * (slope[j] * scale[j])
            gradient[i, j] = value
            of_bias[j] += value


@njit(cache=True, error_model="numpy", fastmath=REORDERED)
def differences(out: Values, aims: Values, factor: float, gradient: Values) -> float:
    """Sum of the squares of out - aims; ``gradient`` becomes the difference, multiplied by ``factor``."""
    total, by = ZERO, np.float32(factor)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            rest = out[i, j] - aims[i, j]
            gradient[i, j] = by * rest
            total += rest * rest
    return float(total)
