"""LUNAR's network that weighs distances (Goodge et al., 2022), with its gradients written out.

What ReLU lets nothing through of adds nothing, and what it lets all through of is a linear combination of
what came before: neither is multiplied by for each row. Rows are taken in the order of their distances and in
blocks, in each of which that leaves a fifth of the units. In all arrays a column is a row of the table.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import torch
from numba import njit
from numpy.typing import NDArray

from bench import Floats

from ._layers import REORDERED, ZERO, Adam, Learnt
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


class DistanceWeights:
    """`pyod.models.lunar.WEIGHT_MODEL` in training; its parameters follow.

    Parameters
    ----------
    model : torch.nn.Module
        The library's.
    rate, decay : float
        Of Adam.
    """

    def __init__(self, model: Any, rate: float, decay: float) -> None:
        learnt = self.learnt = Learnt(model.parameters())
        *hidden, last = [layer for layer in model.network if isinstance(layer, torch.nn.Linear)]
        (norm,) = [layer for layer in model.network if isinstance(layer, torch.nn.LayerNorm)]
        self.hidden = [(learnt[layer.weight], learnt[layer.bias]) for layer in hidden]
        self.norm, self.last = [(learnt[each.weight], learnt[each.bias]) for each in (norm, last)]
        final = model.final_norm
        self.final = learnt[final.weight], learnt[final.bias]
        self.width, self.epsilon = last.in_features, norm.eps
        self.final_epsilon, self.momentum = final.eps, final.momentum
        self.batches = final.num_batches_tracked.numpy()
        self.running = final.running_mean.numpy(), final.running_var.numpy()
        self.k = hidden[0].in_features
        self.step = Adam(learnt, rate, decay).step

    def rows(self, distances: Floats) -> Rows:
        return Rows(distances, self.width, len(self.hidden))

    def sums(self, rows: Rows) -> tuple[Values, Values]:
        """The weights of each row's distances, and its weighted sum of them."""
        (slope, _), (offset, _) = self.norm
        (weight, _), (bias, _) = self.last
        self.scaled = weight * slope
        self.scaled_sums = self.scaled.sum(axis=1)
        for block in rows.blocks:
            self.forward(block)
        weights = rows.found[:-2] + (weight @ offset + bias)[:, None]
        weights -= weights.max(axis=0)
        np.exp(weights, out=weights)
        weights /= weights.sum(axis=0)
        return weights, (weights * rows.x).sum(axis=0)

    def forward(self, block: Block) -> None:
        (weight, _), (bias, _) = self.hidden[0]
        coefficients = np.hstack([weight, bias[:, None]])
        block.layers = []
        for i in range(len(self.hidden)):
            before, is_last = coefficients.shape[1], i == len(self.hidden) - 1
            x = block.room if is_last else block.basis[before:]
            kept, linear = np.empty((2, self.width), np.int64)
            counts = _bend(product(coefficients, block.basis[:before]), x, kept, linear, not is_last)
            layer = Layer(coefficients, kept[: counts[0]], linear[: counts[1]])
            block.layers.append(layer)
            if not is_last:
                coefficients = self.coefficients(i + 1, layer)
        x, units = x[: len(layer.kept)], layer.kept
        mean, scale = block.found[-2:]
        _normalise(x, self.width, self.epsilon, mean, scale)
        found = block.found[:-2]
        product(self.scaled[:, units], x, found)
        found -= self.scaled_sums[:, None] * mean
        found *= scale

    def coefficients(self, i: int, before: Layer) -> Values:
        """Those of the i-th layer, after the one ``before``."""
        (weight, _), (bias, _) = self.hidden[i]
        every = np.arange(self.width)
        found = np.empty((self.width, before.before + len(before.kept)), np.float32)
        found[:, : before.before] = product(
            taken(weight, every, before.linear), before.coefficients[before.linear]
        )
        found[:, self.k] += bias
        found[:, before.before :] = taken(weight, every, before.kept)
        return found

    def answers(self, rows: Rows) -> Values:
        """What the network says of rows, normalised as running means are."""
        (slope, _), (offset, _) = self.final
        mean, variance = self.running
        _, sums = self.sums(rows)
        found: Values = (sums - mean) / np.sqrt(variance + np.float32(self.final_epsilon)) * slope + offset
        return found

    def learn(self, rows: Rows, labels: Values) -> None:
        """One step from the squares of what the answers are off from ``labels``."""
        weights, sums = self.sums(rows)
        n = len(sums)
        mean, variance = sums.mean(), sums.var()
        self.batches += 1
        for running, value in zip(self.running, (mean, variance * np.float32(n / (n - 1))), strict=True):
            running += np.float32(self.momentum) * (value - running)
        scale = 1 / np.sqrt(variance + np.float32(self.final_epsilon))
        standard = (sums - mean) * scale
        (slope, slope_gradient), (offset, offset_gradient) = self.final
        off = 2 * (slope * standard + offset - labels)
        self.learnt.gradients[:] = 0
        slope_gradient[:], offset_gradient[:] = off @ standard, off.sum()
        off = slope * scale * (off - off.mean() - standard * (off @ standard / np.float32(n)))
        gradient = off * rows.x
        gradient -= (weights * gradient).sum(axis=0)
        gradient *= weights
        self.backward(rows, gradient)
        self.step()

    def backward(self, rows: Rows, gradient: Values) -> None:
        """From the gradient of what the weights are the softmax of to those of all layers."""
        (slope, slope_gradient), (_, offset_gradient) = self.norm
        (weight, weight_gradient), (_, bias_gradient) = self.last
        found, mean, scale = rows.found[:-2], rows.found[-2], rows.found[-1]
        of_row = (gradient * found).sum(axis=0) / np.float32(self.width)
        factor = -scale * scale * of_row
        shift = -scale * (self.scaled_sums @ gradient / np.float32(self.width)) - mean * factor
        scaled = gradient * scale
        # What the last layer's gradient would be without the normalised one's slope and offset.
        plain = np.zeros_like(weight)
        start = 0
        for block in rows.blocks:
            part = slice(start, start := start + block.basis.shape[1])
            units = block.layers[-1].kept
            x = block.room[: len(units)]
            plain[:, units] += product(scaled[:, part], x.T)
            back = np.empty_like(x)
            weights = np.ascontiguousarray(self.scaled[:, units].T)
            _unnormalise(weights, scaled[:, part], shift[part], factor[part], x, back)
            self.backward_hidden(block, back)
        plain -= (scaled @ mean)[:, None]
        bias_gradient[:] = gradient.sum(axis=1)
        weight_gradient[:] = plain * slope + bias_gradient[:, None] * self.norm[1][0]
        slope_gradient[:] = (weight * plain).sum(axis=0)
        offset_gradient[:] = bias_gradient @ weight

    def backward_hidden(self, block: Block, back: Values) -> None:
        """From the gradient ``back`` of what the last layer's kept units are before ReLU."""
        first, *_, last = block.layers
        of_basis = product(last.coefficients[last.kept, first.before :].T, back)
        sums = [product(back, block.basis[: last.before].T)]
        for layer in block.layers[-2::-1]:
            start, stop = layer.before, layer.before + len(layer.kept)
            back = of_basis[start - first.before : stop - first.before]
            _unbend(back, block.basis[start:stop])
            if layer is not first:
                of_basis[: start - first.before] += product(
                    layer.coefficients[layer.kept, first.before :].T, back
                )
            sums.append(product(back, block.basis[:start].T))
        # Of a layer's units by what was before it: the sums over rows of their gradients times the basis.
        units, of_units = last.kept, sums[0]
        for i in range(len(self.hidden) - 1, 0, -1):
            (weight, weight_gradient), (_, bias_gradient) = self.hidden[i]
            layer = block.layers[i - 1]
            bias_gradient[units] += of_units[:, self.k]
            _add(weight_gradient, units, layer.kept, of_units[:, layer.before :])
            of_units = of_units[:, : layer.before]
            of_linear = product(of_units, layer.coefficients[layer.linear].T)
            _add(weight_gradient, units, layer.linear, of_linear)
            of_linear = product(taken(weight, units, layer.linear).T, of_units)
            of_units = np.vstack([sums[len(self.hidden) - i], of_linear])
            units = np.append(layer.kept, layer.linear)
        (_, weight_gradient), (_, bias_gradient) = self.hidden[0]
        weight_gradient[units] += of_units[:, : self.k]
        bias_gradient[units] += of_units[:, self.k]


def train(detector: Any, distances: Floats, labels: Values, held_out: Floats, held_labels: Values) -> None:
    """Let ``detector.network`` learn as LUNAR does, and keep what ranks the held-out rows best."""
    order = distances.sum(axis=1).argsort(kind="stable")
    network = DistanceWeights(detector.network, detector.lr, detector.wd)
    rows, labels, held_out_rows = network.rows(distances[order]), labels[order], network.rows(held_out)
    state = [network.learnt.values, *network.running, network.batches]
    best, kept = 0.0, [each.copy() for each in state]
    for epoch in range(detector.n_epochs):
        if epoch:
            network.learn(rows, labels)
        area = area_under_curve(held_labels, network.answers(held_out_rows))
        if area >= best:
            best, kept = area, [each.copy() for each in state]
    for each, values in zip(state, kept, strict=True):
        each[...] = values


def area_under_curve(labels: Values, scores: Values) -> float:
    """`sklearn.metrics.roc_auc_score` to the last digit, by which epochs that rank alike are told apart."""
    order = scores.argsort(kind="stable")[::-1]
    scores = scores[order]
    ends = np.append(np.flatnonzero(np.diff(scores)), len(scores) - 1)
    hits = labels[order].cumsum(dtype=float)[ends]
    misses = 1 + ends - hits
    if len(ends) > 2:
        corners = np.r_[True, np.diff(misses, 2).astype(bool) | np.diff(hits, 2).astype(bool), True]
        hits, misses = hits[corners], misses[corners]
    hits, misses = np.r_[0.0, hits], np.r_[0.0, misses]
    return float(np.trapezoid(hits / hits[-1], misses / misses[-1]))


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
def _add(gradient: Values, rows: Places, columns: Places, part: Values) -> None:
    for i in range(len(rows)):
        for j in range(len(columns)):
            gradient[rows[i], columns[j]] += part[i, j]


@njit(cache=True, error_model="numpy", fastmath=REORDERED)
def _bend(z: Values, found: Values, kept: Places, linear: Places, parts: bool) -> tuple[int, int]:
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
def _unbend(gradient: Values, passed: Values) -> None:
    """Back through ReLU, in place."""
    for u in range(passed.shape[0]):
        for i in range(passed.shape[1]):
            gradient[u, i] = gradient[u, i] if passed[u, i] > ZERO else ZERO


@njit(cache=True, error_model="numpy", fastmath=REORDERED)
def _normalise(x: Values, width: int, epsilon: float, mean: Values, scale: Values) -> None:
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
def _unnormalise(
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
