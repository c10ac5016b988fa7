"""What networks learn, in one vector, and a step of Adam on it, compiled."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch
from numba import njit
from torch import nn

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
