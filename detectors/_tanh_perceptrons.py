"""Compiled perceptrons with tanh and dropout, for batches and for one row at a time.

A perceptron is linear layers with tanh between them and dropout before all but the last. Here it is a tuple:
``sizes``, the number of its inputs and of each layer's outputs; ``values``, weights (out, in) and biases of
layer after layer in one vector; and their ``gradients``. What a pass through it leaves for the way back is a
tuple, too: dropout's ``factors``, for each part of a batch and each layer but the last those of its inputs
(rows, in); the ``inputs`` of all layers; and ``bent``, what each tanh makes.

In batches hidden units are rows of arrays, (units, n), so that small loops go along the batch. The widest
products are left to BLAS.
"""

from __future__ import annotations

import numpy as np
import torch
from numba import njit
from numpy.typing import NDArray

from ._learning import ONE, REORDERED, ZERO
from ._tanh_loops import bend, drop, matrix, multiply, multiply_transposed, outer, tanh, unbend

Values = NDArray[np.float32]
Sizes = NDArray[np.int64]
Network = tuple[Sizes, Values, Values]
Pass = tuple[Values, Values, Values]


def sizes_of(network: torch.nn.Module) -> Sizes:
    """The number of inputs and of each linear layer's outputs."""
    layers = [layer for layer in network.modules() if isinstance(layer, torch.nn.Linear)]
    return np.array([layers[0].in_features, *(layer.out_features for layer in layers)])


def dropped(sizes: Sizes) -> list[int]:
    """How many factors dropout draws for a row, layer by layer."""
    return [int(size) for size in sizes[:-2]]


@njit(cache=True, error_model="numpy", fastmath=REORDERED)
def new_pass(n: int, network: Network, factors: Values) -> Pass:
    """Of n rows."""
    sizes = network[0]
    return factors, np.empty(n * sizes[:-1].sum(), np.float32), np.empty(n * sizes[1:-1].sum(), np.float32)


@njit(cache=True, error_model="numpy", fastmath=REORDERED)
def give(x: Values, factors: Values, inputs: Values) -> None:
    """Write rows (n, in), multiplied by their factors, where a pass begins to read the part that they are."""
    values = x.reshape(x.size)
    for i in range(len(values)):
        inputs[i] = values[i] * factors[i]


@njit(cache=True, error_model="numpy", fastmath=REORDERED)
def forward(n: int, rows: int, network: Network, run: Pass) -> Values:
    """A batch of n rows, given in parts of ``rows``, to what the last layer makes of it, (n, out)."""
    sizes, values, _ = network
    factors, inputs, bent = run
    last = len(sizes) - 2
    k, d = sizes[0], sizes[1]
    np.dot(matrix(values, 0, d, k), matrix(inputs, 0, n, k).T, matrix(bent, 0, d, n))
    a, u, v, f = d * k, n * k, 0, rows * k  # where to go on in values, inputs, bent, and factors of a part
    for layer in range(1, last):
        k, d = sizes[layer], sizes[layer + 1]
        given = matrix(inputs, u, k, n)
        bend(matrix(bent, v, k, n), values[a : a + k], given)
        drop(given, factors, rows, f)
        multiply(matrix(values, a + k, d, k), given, matrix(bent, v + k * n, d, n))
        a, u, v, f = a + k + d * k, u + k * n, v + k * n, f + rows * k
    k, d = sizes[last], sizes[last + 1]
    given = matrix(inputs, u, k, n)
    bend(matrix(bent, v, k, n), values[a : a + k], given)
    out = np.empty((n, d), np.float32)
    np.dot(given.T, matrix(values, a + k, d, k).T, out)
    bias = values[a + k + d * k :]
    for i in range(n):
        for j in range(d):
            out[i, j] += bias[j]
    return out


@njit(cache=True, error_model="numpy", fastmath=REORDERED)
def backward(gradient: Values, rows: int, network: Network, run: Pass) -> Values:
    """From the gradient (n, out) of what `forward` returned to that (units, n) of what the first tanh is of.

    Sets the network's gradients, unless it has none.
    """
    sizes, values, gradients = network
    factors, inputs, bent = run
    n, last, learns = len(gradient), len(sizes) - 2, len(gradients) > 0
    k, d = sizes[last], sizes[last + 1]
    a, u, v, f = len(values) - d - d * k, len(inputs) - n * k, len(bent), len(factors) * rows // n
    if learns:
        np.dot(gradient.T, matrix(inputs, u, k, n).T, matrix(gradients, a, d, k))
        of_bias = gradients[a + d * k :]
        of_bias[:] = ZERO
        for i in range(n):
            for j in range(d):
                of_bias[j] += gradient[i, j]
    above = np.empty((k, n), np.float32)
    np.dot(matrix(values, a, d, k).T, gradient.T, above)
    for layer in range(last - 1, -1, -1):
        k, d = sizes[layer], sizes[layer + 1]
        a, u, v = a - d - d * k, u - n * k, v - n * d
        if layer < last - 1:
            f -= rows * d
            drop(above, factors, rows, f)
        unbend(above, matrix(bent, v, d, n))
        if learns:
            for j in range(d):
                gradients[a + d * k + j] = above[j].sum()
        if layer > 0:
            if learns:
                outer(above, matrix(inputs, u, k, n), matrix(gradients, a, d, k))
            above = multiply_transposed(matrix(values, a, d, k), above)
    if learns:
        np.dot(above, matrix(inputs, 0, n, k), matrix(gradients, 0, d, k))
    return above


@njit(cache=True, error_model="numpy", fastmath=REORDERED)
def before(above: Values, network: Network, run: Pass) -> Values:
    """What `backward` returned to the gradient of a batch of one part that was given."""
    sizes, values, _ = network
    factors = run[0]
    below = np.empty((above.shape[1], sizes[0]), np.float32)
    np.dot(above.T, matrix(values, 0, sizes[1], sizes[0]), below)
    flat = below.reshape(below.size)
    for i in range(len(flat)):
        flat[i] *= factors[i]
    return below


@njit(cache=True, error_model="numpy", fastmath=REORDERED)
def forward_row(x: Values, network: Network, run: Pass, out: Values) -> None:
    """One row (in,) to what the last layer makes of it, (out,)."""
    sizes, values, _ = network
    factors, inputs, bent = run
    last, width = len(sizes) - 2, len(x)
    for j in range(width):
        inputs[j] = x[j] * factors[j]
    a, u = 0, 0
    for layer in range(last + 1):
        k, d = sizes[layer], sizes[layer + 1]
        given, weight, bias = inputs[u : u + k], matrix(values, a, d, k), values[a + d * k : a + d * k + d]
        a, u = a + d * k + d, u + k
        made = out if layer == last else bent[u - width : u - width + d]
        for j in range(d):
            total = ZERO
            for t in range(k):
                total += weight[j, t] * given[t]
            made[j] = total + bias[j]
        if layer < last:
            for j in range(d):
                made[j] = tanh(made[j])
                inputs[u + j] = made[j]
        if layer + 1 < last:
            for j in range(d):
                inputs[u + j] *= factors[u + j]


@njit(cache=True, error_model="numpy", fastmath=REORDERED)
def backward_row(gradient: Values, network: Network, run: Pass, below: Values) -> None:
    """From the gradient (out,) of what `forward_row` found to that of its row, ``below``.

    Sets the network's gradients.
    """
    sizes, values, gradients = network
    factors, inputs, bent = run
    last, width = len(sizes) - 2, sizes[0]
    a, u = len(values), len(inputs)
    above = gradient
    for layer in range(last, -1, -1):
        k, d = sizes[layer], sizes[layer + 1]
        a, u = a - d - d * k, u - k
        weight, of_weight, given = matrix(values, a, d, k), matrix(gradients, a, d, k), inputs[u : u + k]
        found = np.empty(k, np.float32) if layer > 0 else below
        found[:] = ZERO
        for j in range(d):
            gradients[a + d * k + j] = above[j]
            for t in range(k):
                of_weight[j, t] = above[j] * given[t]
                found[t] += above[j] * weight[j, t]
        if layer < last:
            for t in range(k):
                found[t] *= factors[u + t]
        if layer > 0:
            for t in range(k):
                found[t] *= ONE - bent[u - width + t] * bent[u - width + t]
        above = found
