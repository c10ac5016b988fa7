"""Loops of small perceptrons over units and rows, which the compiler makes vector instructions of."""

from __future__ import annotations

import numpy as np
from numba import njit

from ._learning import ONE, REORDERED, ZERO
from ._slices import Values

# Within these bounds a rational function is tanh to single precision (as in Eigen).
BOUND, LEAST = np.float32(7.90531110763549805), np.float32(0.0004)
A1, A3, A5, A7, A9, A11, A13 = (
    np.float32(a)
    for a in (
        4.89352455891786e-03, 6.37261928875436e-04, 1.48572235717979e-05, 5.12229709037114e-08,
        -8.60467152213735e-11, 2.00018790482477e-13, -2.76076847742355e-16,
    )
)  # fmt: skip
B0, B2, B4, B6 = (
    np.float32(b)
    for b in (4.89352518554385e-03, 2.26843463243900e-03, 1.18534705686654e-04, 1.19825839466702e-06)
)


@njit(cache=True, error_model="numpy", fastmath=REORDERED)
def tanh(x: np.float32) -> np.float32:
    """Without a call, so that a loop of it becomes vector instructions."""
    y = BOUND if x > BOUND else x
    y = -BOUND if y < -BOUND else y
    s = y * y
    found = y * (A1 + s * (A3 + s * (A5 + s * (A7 + s * (A9 + s * (A11 + s * A13))))))
    found /= B0 + s * (B2 + s * (B4 + s * B6))
    return x if abs(x) < LEAST else found


@njit(cache=True, error_model="numpy", fastmath=REORDERED)
def matrix(values: Values, start: int, rows: int, columns: int) -> Values:
    return values[start : start + rows * columns].reshape(rows, columns)


@njit(cache=True, error_model="numpy", fastmath=REORDERED)
def bend(x: Values, bias: Values, copy: Values) -> None:
    for j in range(x.shape[0]):
        for i in range(x.shape[1]):
            y = tanh(x[j, i] + bias[j])
            x[j, i], copy[j, i] = y, y


@njit(cache=True, error_model="numpy", fastmath=REORDERED)
def unbend(gradient: Values, bent: Values) -> None:
    for j in range(bent.shape[0]):
        for i in range(bent.shape[1]):
            gradient[j, i] *= ONE - bent[j, i] * bent[j, i]


@njit(cache=True, error_model="numpy", fastmath=REORDERED)
def drop(x: Values, factors: Values, rows: int, start: int) -> None:
    """Units (k, n) by their factors, which begin at ``start`` among those of each part of so many rows."""
    k, n = x.shape
    stride = len(factors) * rows // n
    for part in range(n // rows):
        factor = matrix(factors, part * stride + start, rows, k)
        for j in range(k):
            for i in range(rows):
                x[j, part * rows + i] *= factor[i, j]


@njit(cache=True, error_model="numpy", fastmath=REORDERED)
def multiply(weight: Values, x: Values, out: Values) -> None:
    """``weight @ x``"""
    out[:] = ZERO
    for j in range(weight.shape[0]):
        for t in range(weight.shape[1]):
            for i in range(x.shape[1]):
                out[j, i] += weight[j, t] * x[t, i]


@njit(cache=True, error_model="numpy", fastmath=REORDERED)
def multiply_transposed(weight: Values, x: Values) -> Values:
    """``weight.T @ x``"""
    out = np.zeros((weight.shape[1], x.shape[1]), np.float32)
    for j in range(weight.shape[0]):
        for t in range(weight.shape[1]):
            for i in range(x.shape[1]):
                out[t, i] += weight[j, t] * x[j, i]
    return out


@njit(cache=True, error_model="numpy", fastmath=REORDERED)
def outer(above: Values, given: Values, out: Values) -> None:
    """``above @ given.T``"""
    for j in range(above.shape[0]):
        for t in range(given.shape[0]):
            total = ZERO
            for i in range(above.shape[1]):
                total += above[j, i] * given[t, i]
            out[j, t] = total
