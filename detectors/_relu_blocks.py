"""Blocks of rows in layers with ReLU, multiplied by those units alone that differ among the rows of a block.

What ReLU lets nothing through of adds nothing, and what it lets all through of is a linear combination of
what came before: neither is multiplied by for each row. In all arrays a column is a row of the table.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from numba import njit
from numpy.typing import NDArray

from bench import Floats

from ._learning import REORDERED, ZERO
from ._slices import Values

Places = NDArray[np.int64]
BLOCK = 768


class Layer(NamedTuple):
    """What a layer is for the rows of a block: before ReLU, ``coefficients`` times the basis' first rows.

    kept : array
        The units that some rows pass through, and others do not; of the last layer all that any does.
    linear : array
        The units that all rows pass through.
    """

    coefficients: Values
    kept: Places
    linear: Places

    @property
    def before(self) -> int:
        """How many rows of the basis there are before this layer's."""
        return self.coefficients.shape[1]


class Block:
    """Some of the rows, and what the layers make of them.

    Parameters
    ----------
    x : array, shape (k, n)
        Distances.
    found : array, shape (k + 2, n)
        Becomes, for each row, what its weights are the softmax of before the last layer's bias is added, and
        the mean and scale of the normalised layer.
    width, layers : int
        Of the network.
    """

    def __init__(self, x: Values, found: Values, width: int, layers: int) -> None:
        self.found, (k, n) = found, x.shape
        # Distances, ones, then of each layer but the last what the kept units let through.
        self.basis = np.empty((k + 1 + (layers - 1) * width, n), np.float32)
        self.basis[:k], self.basis[k] = x, 1
        self.room = np.empty((width, n), np.float32)
        self.layers: list[Layer] = []


class Rows:
    """Rows in blocks.

    Parameters
    ----------
    distances : array, shape (n, k)
    width, layers : int
        Of the network.
    """

    def __init__(self, distances: Floats, width: int, layers: int) -> None:
        self.x = np.ascontiguousarray(distances.T, np.float32)
        k, n = self.x.shape
        self.found = np.empty((k + 2, n), np.float32)
        parts = [slice(start, start + BLOCK) for start in range(0, n, BLOCK)]
        self.blocks = [Block(self.x[:, part], self.found[:, part], width, layers) for part in parts]


def product(a: Values, b: Values, out: Values | None = None) -> Values:
    """Of two matrices, by what torch multiplies with, which is faster at odd sizes than numpy."""
    found = None if out is None else torch.from_numpy(out)
    return torch.mm(torch.from_numpy(a), torch.from_numpy(b), out=found).numpy()


def taken(weight: Values, rows: Places, columns: Places) -> Values:
    found = np.empty((len(rows), len(columns)), np.float32)
    _take(weight, rows, columns, found)
    return found


@njit(cache=True)
def _take(weight: Values, rows: Places, columns: Places, found: Values) -> None:
    for i in range(len(rows)):
        for j in range(len(columns)):
            found[i, j] = weight[rows[i], columns[j]]


@njit(cache=True)
def add_to(gradient: Values, rows: Places, columns: Places, part: Values) -> None:
    for i in range(len(rows)):
        for j in range(len(columns)):
            gradient[rows[i], columns[j]] += part[i, j]


@njit(cache=True, error_model="numpy", fastmath=REORDERED)
def bend(z: Values, found: Values, kept: Places, linear: Places, parts: bool) -> tuple[int, int]:
    """ReLU: ``found`` becomes what the kept units let through; returns how many are kept, and linear.

    Units that all rows pass through are linear if ``parts``, or else kept, too.
    """
    keeps = passes = 0
    for u in range(z.shape[0]):
        above = 0
        for i in range(z.shape[1]):
            value = z[u, i]
            above += value > ZERO
        if parts and above == z.shape[1]:
            linear[passes] = u
            passes += 1
        elif above:
            for i in range(z.shape[1]):
                value = z[u, i]
                found[keeps, i] = value if value > ZERO else ZERO
            kept[keeps] = u
            keeps += 1
    return keeps, passes


@njit(cache=True, error_model="numpy", fastmath=REORDERED)
def unbend(gradient: Values, passed: Values) -> None:
    """Back through ReLU, in place."""
    for u in range(passed.shape[0]):
        for i in range(passed.shape[1]):
            gradient[u, i] = gradient[u, i] if passed[u, i] > ZERO else ZERO


@njit(cache=True, error_model="numpy", fastmath=REORDERED)
def normalise(x: Values, width: int, epsilon: float, mean: Values, scale: Values) -> None:
    """Mean and reciprocal of the deviation over ``width`` units, of which all that are not in x are zero."""
    units, n = x.shape
    mean[:] = ZERO
    for u in range(units):
        for i in range(n):
            mean[i] += x[u, i]
    for i in range(n):
        mean[i] /= np.float32(width)
        scale[i] = np.float32(width - units) * (mean[i] * mean[i])
    for u in range(units):
        for i in range(n):
            rest = x[u, i] - mean[i]
            scale[i] += rest * rest
    for i in range(n):
        scale[i] = np.float32(1) / np.sqrt(scale[i] / np.float32(width) + np.float32(epsilon))


@njit(cache=True, error_model="numpy", fastmath=REORDERED)
def unnormalise(
    weight: Values, gradient: Values, shift: Values, factor: Values, passed: Values, back: Values
) -> None:
    """Back through the normalisation and ReLU.

    weight: (units, k), gradient: (k, n), passed, back: (units, n).
    """
    for u in range(passed.shape[0]):
        for i in range(passed.shape[1]):
            back[u, i] = shift[i] + factor[i] * passed[u, i]
        for c in range(gradient.shape[0]):
            for i in range(passed.shape[1]):
                back[u, i] += weight[u, c] * gradient[c, i]
        for i in range(passed.shape[1]):
            back[u, i] = back[u, i] if passed[u, i] > ZERO else ZERO
