"""LUNAR's network that weighs distances (Goodge et al., 2022), with its gradients written out.

Rows are taken in the order of their distances and in blocks, in each of which all but a fifth of the units
let nothing or all through. In all arrays a column is a row of the table.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from bench import Floats

from ._learning import Adam, Learnt
from ._relu_blocks import (
    Block,
    Layer,
    Rows,
    add_to,
    bend,
    normalise,
    product,
    taken,
    unbend,
    unnormalise,
)
from ._slices import Values


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
            counts = bend(product(coefficients, block.basis[:before]), x, kept, linear, not is_last)
            layer = Layer(coefficients, kept[: counts[0]], linear[: counts[1]])
            block.layers.append(layer)
            if not is_last:
                coefficients = self.coefficients(i + 1, layer)
        x, units = x[: len(layer.kept)], layer.kept
        mean, scale = block.found[-2:]
        normalise(x, self.width, self.epsilon, mean, scale)
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
            unnormalise(weights, scaled[:, part], shift[part], factor[part], x, back)
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
            unbend(back, block.basis[start:stop])
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
            add_to(weight_gradient, units, layer.kept, of_units[:, layer.before :])
            of_units = of_units[:, : layer.before]
            of_linear = product(of_units, layer.coefficients[layer.linear].T)
            add_to(weight_gradient, units, layer.linear, of_linear)
            of_linear = product(taken(weight, units, layer.linear).T, of_units)
            of_units = np.vstack([sums[len(self.hidden) - i], of_linear])
            units = np.append(layer.kept, layer.linear)
        (_, weight_gradient), (_, bias_gradient) = self.hidden[0]
        weight_gradient[units] += of_units[:, : self.k]
        bias_gradient[units] += of_units[:, self.k]
