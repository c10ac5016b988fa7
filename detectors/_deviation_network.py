"""PyOD's DevNet of one hidden layer (Pang et al., 2019), trained by gradients written out.

Between two products of matrices there is one compiled loop. The random numbers are those that the library
draws, in its order, so that what is learnt is the same up to rounding.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numba import njit

from bench import Floats

from ._learning import REORDERED, ZERO, Learnt
from ._quick_training import drawn_number, shuffled
from ._slices import Values

MARGIN = 5.0
REFERENCES = 5000
RATE, DECAY = 0.001, 1e-6


class Deviations:
    """`pyod.models.devnet.DevNetS` in training, by `torch.optim.RMSprop`; its parameters follow."""

    def __init__(self, network: Any, batch_size: int) -> None:
        self.learnt = Learnt(network.parameters())
        self.squares = np.zeros_like(self.learnt.values)
        hidden, last = network.fc1, network.score
        self.weight, self.weight_gradient = map(torch.from_numpy, self.learnt[hidden.weight])
        self.bias, self.bias_gradient = self.learnt[hidden.bias]
        self.factors, self.factor_gradients = (each[0] for each in self.learnt[last.weight])
        self.offset, self.offset_gradient = self.learnt[last.bias]
        self.passed = torch.empty(batch_size, hidden.out_features)

    def step(self, x: torch.Tensor, labels: Values) -> None:
        n = len(x)
        passed, scores = self.passed[:n], np.empty(n, np.float32)
        torch.mm(x, self.weight.T, out=passed)
        _score(passed.numpy(), self.bias, self.factors, scores)
        gradient = deviation_gradient(scores + self.offset, labels)
        self.offset_gradient[:] = gradient.sum()
        _unscore(passed.numpy(), gradient, self.factors, self.factor_gradients, self.bias_gradient)
        torch.mm(passed.T, x, out=self.weight_gradient)
        _rmsprop(self.learnt.values, self.learnt.gradients, self.squares, RATE, DECAY)


def deviation_gradient(scores: Values, labels: Values) -> Values:
    """Of the mean loss by scores: how far they are from the mean of drawn ones, or below the margin."""
    drawn = torch.randn(REFERENCES)
    mean, deviation = np.float32(drawn.mean()), np.float32(drawn.std())
    off = (scores - mean) / deviation
    found: Values = (1 - labels) * np.sign(off) - labels * (off < MARGIN)
    return found / (deviation * np.float32(len(scores)))


def train(model: Any, X: Floats, anomalous: Floats) -> None:
    """Let ``model.model`` learn from all rows, those with ``anomalous`` 1 last before they are shuffled."""
    order = np.argsort(anomalous, kind="stable")
    rows = torch.from_numpy(X[order].astype(np.float32))
    labels = anomalous[order].astype(np.float32)
    network = Deviations(model.model, min(model.batch_size, len(X)))
    for _ in range(model.epochs):
        drawn_number()
        for batch in shuffled(len(X)).split(model.batch_size):
            network.step(rows[batch], labels[batch.numpy()])


@njit(cache=True, error_model="numpy", fastmath=REORDERED)
def _score(z: Values, bias: Values, factors: Values, scores: Values) -> None:
    """Add the bias and rectify, in place; scores: the weighted sums of each row."""
    for i in range(z.shape[0]):
        total = ZERO
        for u in range(z.shape[1]):
            value = z[i, u] + bias[u]
            value = value if value > ZERO else ZERO
            z[i, u] = value
            total += value * factors[u]
        scores[i] = total


@njit(cache=True, error_model="numpy", fastmath=REORDERED)
def _unscore(
    passed: Values, gradient: Values, factors: Values, factor_gradients: Values, bias_gradient: Values
) -> None:
    """Back through `_score`, in place, from the gradients of the scores."""
    factor_gradients[:] = ZERO
    bias_gradient[:] = ZERO
    for i in range(passed.shape[0]):
        for u in range(passed.shape[1]):
            value = passed[i, u]
            factor_gradients[u] += gradient[i] * value
            back = gradient[i] * factors[u] if value > ZERO else ZERO
            bias_gradient[u] += back
            passed[i, u] = back


@njit(cache=True, error_model="numpy", fastmath=REORDERED)
def _rmsprop(values: Values, gradients: Values, squares: Values, rate: float, decay: float) -> None:
    step, part, of_square, least = np.float32(rate), np.float32(decay), np.float32(0.01), np.float32(1e-8)
    for i in range(len(values)):
        gradient = gradients[i] + part * values[i]
        square = np.float32(0.99) * squares[i] + of_square * (gradient * gradient)
        squares[i] = square
        values[i] -= step * (gradient / (np.sqrt(square) + least))
