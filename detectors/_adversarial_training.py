"""PyOD's GAAL classes (Liu et al., 2019) trained without a graph of operations.

The random numbers are those that the library draws, in its order, so that what is learnt is the same up to
rounding. What no weight depends on is left out: the discriminator's gradients by what a generator made, where
they are cleared unused, and losses that are only recorded.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import ceil
from typing import Any

import numpy as np
import torch

from bench import Floats

from ._quick_training import drawn_number, shuffled
from ._slices import cut, share

BATCH = 500  # at most, in all of these classes


class Rectified:
    """Linear layers with ReLU between them that learn by `torch.optim.SGD`.

    Parameters
    ----------
    network : torch.nn.Module
        The library's, whose weights follow.
    rows : int
        The most that it is given at a time.
    rate, momentum : float
        Of learning.
    rectifies_last : bool
        Whether there is ReLU after the last layer, too.
    """

    def __init__(
        self, network: torch.nn.Module, rows: int, rate: float, momentum: float, rectifies_last: bool = False
    ) -> None:
        parameters = list(network.parameters())
        self.rate, self.momentum = rate, momentum
        values, steps = np.zeros((2, sum(p.numel() for p in parameters)), np.float32)
        self.values, self.steps = torch.from_numpy(values), torch.from_numpy(steps)
        views = [torch.from_numpy(view) for view in share(parameters, values)]
        self.weights, self.biases = views[::2], views[1::2]
        views = [torch.from_numpy(view) for view in cut(steps, [tuple(view.shape) for view in views])]
        self.weight_steps, self.bias_steps = views[::2], views[1::2]
        self.transposed = [weight.T for weight in self.weights]
        self.is_rectified = [True] * (len(self.weights) - 1) + [rectifies_last]
        self.outputs = [torch.empty(rows, len(bias)) for bias in self.biases]
        self.gradients = [torch.empty(rows, weight.shape[1]) for weight in self.weights]
        self.ones = torch.ones(rows)

    def forward(self, x: torch.Tensor, last: torch.Tensor | None = None) -> torch.Tensor:
        """Rows (n, in) to what the last layer makes of them, written into ``last``."""
        self.inputs = [x]
        outputs = [output[: len(x)] for output in self.outputs]
        outputs[-1] = outputs[-1] if last is None else last
        for bias, weight, output, rectified in zip(
            self.biases, self.transposed, outputs, self.is_rectified, strict=True
        ):
            x = torch.addmm(bias, x, weight, out=output)
            if rectified:
                x.relu_()
            self.inputs.append(x)
        return x

    def backward(self, gradient: torch.Tensor, learns: bool = True, through: bool = True) -> torch.Tensor:
        """From the gradient of what `forward` last returned, which it changes, to that of its input.

        ``learns``: whether the layers take a step. ``through``: whether the input's is asked for.
        """
        rows = len(gradient)
        for i in range(len(self.weights) - 1, -1, -1):
            if self.is_rectified[i]:
                torch.ops.aten.threshold_backward.grad_input(
                    gradient, self.inputs[i + 1], 0, grad_input=gradient
                )
            if learns:
                steps = self.weight_steps[i]
                torch.addmm(steps, gradient.T, self.inputs[i], beta=self.momentum, out=steps)
                steps = self.bias_steps[i]
                torch.addmv(steps, gradient.T, self.ones[:rows], beta=self.momentum, out=steps)
            if i or through:
                gradient = torch.mm(gradient, self.weights[i], out=self.gradients[i][:rows])
        if learns:
            self.values.add_(self.steps, alpha=-self.rate)
        return gradient


class Game:
    """A discriminator learns to tell rows from what a generator makes of noise, which learns to mislead it.

    Parameters
    ----------
    model : object
        The library's, for its discriminator, learning rates and momentum.
    X : array, shape (n, d)
        The training rows.
    generators : sequence of torch.nn.Module
        Each is given a part of the noise.
    """

    weight = 1.0  # of the discriminator's mean loss on rows, and on those made up

    def __init__(self, model: Any, X: Floats, generators: Sequence[torch.nn.Module]) -> None:
        self.rows = torch.from_numpy(X.astype(np.float32))
        size = self.batch_size = min(BATCH, len(X))
        self.batches = ceil(len(X) / size)
        self.noise, self.both = torch.empty(size, X.shape[1]), torch.empty(2 * size, X.shape[1])
        self.discriminator = Rectified(model.discriminator, max(2 * size, len(X)), model.lr_d, model.momentum)
        self.generators = [
            Rectified(generator, size, model.lr_g, model.momentum, rectifies_last=True)
            for generator in generators
        ]

    def train(self, epochs: int, generating: int = 0) -> None:
        """Learn from batches, ``epochs`` times through all rows; generators from the first ``generating``."""
        for _ in range(epochs):
            drawn_number()
            for batch in shuffled(len(self.rows)).split(self.batch_size)[: self.batches]:
                self.play(batch, generating > 0)
                generating -= 1

    def play(self, batch: torch.Tensor, generates: bool) -> None:
        """A step of the discriminator, and one of each generator if it ``generates``."""
        size = len(batch)
        both, noise, made = self.both[: 2 * size], self.noise[:size], self.both[size : 2 * size]
        torch.index_select(self.rows, 0, batch, out=both[:size])
        noise.uniform_()
        parts = [slice(*ends) for ends in pairwise(self.ends(size))]
        for generator, part in zip(self.generators, parts, strict=True):
            self.generate(generator, noise[part], made[part])
        answers = self.discriminator.forward(both).sigmoid_()
        aims = torch.zeros_like(answers)
        aims[:size] = 1
        gradient = cross_entropy_gradient(answers, aims).mul_(self.weight / size)
        self.discriminator.backward(gradient, through=False)
        if not generates:
            return
        for aim, generator, part in zip(self.aims(), self.generators, parts, strict=True):
            answers = self.discriminator.forward(made[part]).sigmoid_()
            gradient = cross_entropy_gradient(answers, aim).div_(len(answers))
            generator.backward(self.discriminator.backward(gradient, learns=False), through=False)

    def generate(self, generator: Rectified, noise: torch.Tensor, made: torch.Tensor) -> None:
        """Write what the generator makes of noise into ``made``."""
        generator.forward(noise, made)

    def ends(self, size: int) -> list[int]:
        """Where the generators' parts of a batch of noise end, after a zero."""
        return [0, size]

    def aims(self) -> list[float]:
        """What the discriminator is to answer on what each generator makes."""
        return [1.0]


class ManyObjectives(Game):
    """Several generators: the discriminator's answers on what they make are to spread as those on rows do."""

    weight = 0.5

    def ends(self, size: int) -> list[int]:
        k = len(self.generators)
        each = size // (k * (k + 1) // 2)
        return [*(i * (2 * k + 1 - i) // 2 * each for i in range(k)), size]

    def aims(self) -> list[float]:
        answers = self.discriminator.forward(self.rows).sigmoid_().numpy()
        k = len(self.generators)
        return [float(aim) for aim in np.percentile(answers, [i / k * 100 for i in range(k)])]


class Unmoved(Game):
    """A generator that stays what it begins as, the identity twice and biases; full batches alone are used.

    In PyOD's newer SO_GAAL the gradients that it would learn from are cleared, and its own loss does not pass
    through it.
    """

    def __init__(self, model: Any, X: Floats, generators: Sequence[torch.nn.Module]) -> None:
        super().__init__(model, X, generators)
        self.batches = len(X) // self.batch_size

    def generate(self, generator: Rectified, noise: torch.Tensor, made: torch.Tensor) -> None:
        made.copy_(noise)
        for bias in generator.biases:
            made.add_(bias).relu_()


def cross_entropy_gradient(answers: torch.Tensor, aims: torch.Tensor | float) -> torch.Tensor:
    """Of the binary cross-entropy, by what ``answers`` are sigmoids of; limited as in torch near 0 and 1."""
    slope = answers * (1 - answers)
    return (answers - aims).mul_(slope).div_(slope.clamp(min=1e-12))
