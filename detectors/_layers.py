"""Layers of small networks with their gradients written out, for batches on which torch dispatches longer
than it computes: numpy multiplies matrices, and what lies between two products is one compiled loop.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import torch
from numba import njit
from torch import nn

from ._dropout import Dropout
from ._slices import Values, cut, share

ZERO, ONE = np.float32(0), np.float32(1)
# In any order, but what is not a number stays that.
REORDERED = {"reassoc", "contract", "arcp", "nsz"}


class Learnt:
    """Parameters of a network in one vector, ``values``, and their ``gradients`` in another, in one order.

    The network's own parameters follow the vector from then on.
    """

    def __init__(self, parameters: Iterable[nn.Parameter]) -> None:
        parameters = list(parameters)
        self.values = np.empty(sum(p.numel() for p in parameters), np.float32)
        self.gradients = np.zeros_like(self.values)
        views = share(parameters, self.values)
        pairs = zip(views, cut(self.gradients, [view.shape for view in views]), strict=True)
        self._of = dict[torch.Tensor, tuple[Values, Values]](zip(parameters, pairs, strict=True))

    def __getitem__(self, parameter: torch.Tensor) -> tuple[Values, Values]:
        """A parameter and its gradient, as parts of the vectors."""
        return self._of[parameter]


class Adam:
    """`torch.optim.Adam` of a rate and a weight decay, for all parameters at once."""

    def __init__(self, learnt: Learnt, rate: float, decay: float) -> None:
        self.learnt, self.rate, self.decay = learnt, float(rate), float(decay)
        self.means, self.squares = np.zeros((2, len(learnt.values)), np.float32)
        self.steps = 0

    def step(self) -> None:
        self.steps += 1
        rate, root = self.rate / (1 - 0.9**self.steps), (1 - 0.999**self.steps) ** 0.5
        values, gradients = self.learnt.values, self.learnt.gradients
        adam_step(values, gradients, self.means, self.squares, rate, root, self.decay)


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
        _bend(x, slope, offset, self.factors(len(x)), self.out)
        return self.out

    def factors(self, rows: int) -> Values:
        """Dropout's, shape (rows, out)."""
        if rows not in self.draws:
            self.draws[rows] = Dropout([rows * len(self.bias)], self.keep)
        return self.draws[rows].draw().reshape(rows, -1)

    def through(self, gradient: Values) -> None:
        _unbend(gradient, self.out, self.keep, self.bias_gradient)


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
        self.scale = _standardise(self.standard, self.bias, *self.running, self.momentum, self.epsilon)
        return self.bend(self.standard, self.slope, self.offset)

    def through(self, gradient: Values) -> None:
        _unbend(gradient, self.out, self.keep, self.offset_gradient)
        _unstandardise(
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
    return weight * _differences(out, aims, 2.0 * weight, gradient), gradient


@njit(cache=True, error_model="numpy", fastmath=REORDERED)
def _bend(x: Values, slope: Values, offset: Values, factors: Values, out: Values) -> None:
    """ReLU of ``slope * x + offset``, then dropout. x, factors and out, another than x: (n, d)."""
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            value = slope[j] * x[i, j] + offset[j]
            value = ZERO if value <= ZERO else value
            out[i, j] = value * factors[i, j]


@njit(cache=True, error_model="numpy", fastmath=REORDERED)
def _unbend(gradient: Values, out: Values, keep: float, total: Values) -> None:
    """Back through `_bend` to what ReLU was of, in place; ``total`` becomes the sum over rows."""
    factor = ONE / np.float32(keep)
    total[:] = ZERO
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            value = ZERO if out[i, j] == ZERO else gradient[i, j] * factor
            gradient[i, j] = value
            total[j] += value


@njit(cache=True, error_model="numpy", fastmath=REORDERED)
def _standardise(
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
def _unstandardise(
    gradient: Values, standard: Values, scale: Values, slope: Values, of_slope: Values, of_offset: Values,
    of_bias: Values,
) -> None:  # fmt: skip
    """Back through slope, offset and `_standardise`, in place; ``of_offset`` is known, the others are set."""
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
def _differences(out: Values, aims: Values, factor: float, gradient: Values) -> float:
    """Sum of the squares of out - aims; ``gradient`` becomes the difference, multiplied by ``factor``."""
    total, by = ZERO, np.float32(factor)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            rest = out[i, j] - aims[i, j]
            gradient[i, j] = by * rest
            total += rest * rest
    return float(total)


@njit(cache=True, error_model="numpy", fastmath=REORDERED)
def pull(values: Values, gradients: Values, factor: float) -> float:
    """The Euclidean norm of what is learnt, whose gradient times ``factor`` is added to ``gradients``."""
    total = ZERO
    for i in range(len(values)):
        total += values[i] * values[i]
    norm = np.sqrt(total)
    by = np.float32(factor) / norm if norm > ZERO else ZERO
    for i in range(len(values)):
        gradients[i] += by * values[i]
    return float(norm)


@njit(cache=True, error_model="numpy", fastmath=REORDERED)
def adam_step(
    values: Values, gradients: Values, means: Values, squares: Values, rate: float, root: float, decay: float
) -> None:
    step, by_root, part = np.float32(rate), np.float32(1 / root), np.float32(decay)
    of_mean, of_square, least = np.float32(0.1), np.float32(0.001), np.float32(1e-8)
    for i in range(len(values)):
        gradient = gradients[i] + part * values[i]
        mean = means[i] + of_mean * (gradient - means[i])
        square = np.float32(0.999) * squares[i] + of_square * (gradient * gradient)
        means[i], squares[i] = mean, square
        values[i] -= step * (mean / (np.sqrt(square) * by_root + least))
