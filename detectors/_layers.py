"""Layers of small networks with their gradients written out, for batches on which torch dispatches longer
than it computes: numpy multiplies matrices, and what lies between two products is one compiled loop.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from torch import nn

from ._dropout import Dropout
from ._layer_loops import bend, differences, standardise, unbend, unstandardise
from ._learning import Learnt
from ._slices import Values


class Linear:
    """`torch.nn.Linear`."""

    def __init__(self, learnt: Learnt, layer: nn.Linear) -> None:
        self.weight, self.weight_gradient = learnt[layer.weight]
        self.bias, self.bias_gradient = np.zeros((2, layer.out_features), np.float32)
        if layer.bias is not None:
            self.bias, self.bias_gradient = learnt[layer.bias]

    def forward(self, x: Values) -> Values:
        """Rows (n, in) to rows (n, out), in training."""
        out = self.product(x)
        out += self.bias
        return out

    def backward(self, gradient: Values) -> None:
        """Set the gradients of what is learnt, from that of what `forward` last returned; writes over it."""
        self.through(gradient)
        np.matmul(gradient.T, self.x, out=self.weight_gradient)

    def before(self, gradient: Values) -> Values:
        """What `backward` left of the gradient, to that of the rows that `forward` was given."""
        found: Values = gradient @ self.weight
        return found

    def product(self, x: Values) -> Values:
        self.x = x
        found: Values = x @ self.weight.T
        return found

    def through(self, gradient: Values) -> None:
        """Back to the product."""
        np.add.reduce(gradient, out=self.bias_gradient)


class Bent(Linear):
    """`Linear` with ReLU behind it, and dropout at a rate, which draws what torch would draw for it."""

    def __init__(self, learnt: Learnt, layer: nn.Linear, dropout: float = 0.0) -> None:
        super().__init__(learnt, layer)
        self.keep = 1.0 - dropout
        self.unit = np.ones_like(self.bias)
        self.draws: dict[int, Dropout] = {}

    def forward(self, x: Values) -> Values:
        return self.bend(self.product(x), self.unit, self.bias)

    def bend(self, x: Values, slope: Values, offset: Values) -> Values:
        self.out = np.empty_like(x)
        bend(x, slope, offset, self.factors(len(x)), self.out)
        return self.out

    def factors(self, rows: int) -> Values:
        """Dropout's, shape (rows, out)."""
        if rows not in self.draws:
            self.draws[rows] = Dropout([rows * len(self.bias)], self.keep)
        return self.draws[rows].draw().reshape(rows, -1)

    def through(self, gradient: Values) -> None:
        unbend(gradient, self.out, self.keep, self.bias_gradient)


class Normed(Bent):
    """`Bent` with batch normalisation before ReLU, whose running mean and variance go on, too."""

    def __init__(self, learnt: Learnt, layer: nn.Linear, norm: nn.BatchNorm1d, dropout: float = 0.0) -> None:
        super().__init__(learnt, layer, dropout)
        assert norm.running_mean is not None
        assert norm.running_var is not None
        assert norm.num_batches_tracked is not None
        assert norm.momentum is not None
        self.slope, self.slope_gradient = learnt[norm.weight]
        self.offset, self.offset_gradient = learnt[norm.bias]
        self.running = norm.running_mean.numpy(), norm.running_var.numpy()
        self.batches = norm.num_batches_tracked.numpy()
        self.momentum, self.epsilon = norm.momentum, norm.eps

    def forward(self, x: Values) -> Values:
        self.batches += 1
        self.standard = self.product(x)
        self.scale = standardise(self.standard, self.bias, *self.running, self.momentum, self.epsilon)
        return self.bend(self.standard, self.slope, self.offset)

    def through(self, gradient: Values) -> None:
        unbend(gradient, self.out, self.keep, self.offset_gradient)
        unstandardise(
            gradient, self.standard, self.scale, self.slope, self.slope_gradient, self.offset_gradient,
            self.bias_gradient,
        )  # fmt: skip


def layers_of(learnt: Learnt, network: nn.Module) -> list[Linear]:
    """The layers of a network that is a sequence of linear ones, behind which may be ReLU, with batch
    normalisation and dropout or not.
    """
    found: list[tuple[nn.Linear, list[nn.Module]]] = []
    for module in _leaves(network):
        if isinstance(module, nn.Linear):
            found.append((module, []))
        else:
            found[-1][1].append(module)
    return [_layer(learnt, linear, behind) for linear, behind in found]


def _leaves(module: nn.Module) -> list[nn.Module]:
    # Not by `modules`, which names a module that stands at several places once.
    parts = list(module._modules.values())
    return [leaf for part in parts if part is not None for leaf in _leaves(part)] if parts else [module]


def _layer(learnt: Learnt, linear: nn.Linear, behind: list[nn.Module]) -> Linear:
    if not any(isinstance(each, nn.ReLU) for each in behind):
        return Linear(learnt, linear)
    dropout = sum(each.p for each in behind if isinstance(each, nn.Dropout))
    norms = [each for each in behind if isinstance(each, nn.BatchNorm1d)]
    return Normed(learnt, linear, norms[0], dropout) if norms else Bent(learnt, linear, dropout)


def forward(layers: Sequence[Linear], x: Values) -> Values:
    """What the last layer makes of rows."""
    for layer in layers:
        x = layer.forward(x)
    return x


def backward(layers: Sequence[Linear], gradient: Values) -> None:
    """Set the gradients of all that is learnt, from that of what `forward` returned."""
    for layer in reversed(layers[1:]):
        layer.backward(gradient)
        gradient = layer.before(gradient)
    layers[0].backward(gradient)


def backward_to_rows(layers: Sequence[Linear], gradient: Values) -> Values:
    """As `backward`; returns the gradient of the rows that `forward` was given."""
    for layer in reversed(layers):
        layer.backward(gradient)
        gradient = layer.before(gradient)
    return gradient


def squared_error(out: Values, aims: Values, weight: float) -> tuple[float, Values]:
    """The sum of squared differences times ``weight``, and its gradient by ``out``."""
    gradient = np.empty_like(out)
    return weight * differences(out, aims, 2.0 * weight, gradient), gradient
