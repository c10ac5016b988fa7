"""PyOD's AnoGAN (Schlegl et al., 2017) trained without a graph of operations.

On networks as small torch spends nearly all of its time on dispatching: here they are worked out in numpy,
forwards, backwards and Adam's steps. The random numbers are those that the library draws, in its order, so
that what is learnt is the same up to rounding.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from math import prod
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from bench import Floats

from ._quick_training import drawn_number, shuffled

Values = NDArray[np.float32]
REAL = np.float32(0.9)  # what the discriminator is to answer on rows


class Perceptron:
    """Linear layers with tanh between them, and dropout before all but the last.

    Parameters
    ----------
    network : torch.nn.Module
        The library's, whose weights become slices of ``parameters``.
    parameters, gradients : array, shape (p,)
        As many as the network has weights and biases.
    """

    def __init__(self, network: torch.nn.Module, parameters: Values, gradients: Values) -> None:
        layers = [layer for layer in network.modules() if isinstance(layer, torch.nn.Linear)]
        self.sizes = [layer.in_features for layer in layers[:-1]]
        views = share([p for layer in layers for p in (layer.weight, layer.bias)], parameters)
        self.weights, self.biases = views[::2], views[1::2]
        views = cut(gradients, [view.shape for view in views])
        self.weight_gradients, self.bias_gradients = views[::2], views[1::2]

    def forward(self, x: Values, masks: Sequence[Values]) -> Values:
        """Rows (n, in) to what the last layer makes of them; ``masks`` are dropout's factors, by layer."""
        self.masks = masks
        self.activated: list[Values] = []
        self.inputs: list[Values] = []
        for mask, weight, bias in zip(masks, self.weights, self.biases, strict=False):
            dropped: Values = x * mask
            x = dropped @ weight.T
            x += bias
            np.tanh(x, out=x)
            self.inputs.append(dropped)
            self.activated.append(x)
        self.inputs.append(x)
        x = x @ self.weights[-1].T
        x += self.biases[-1]
        return x

    def backward(self, gradient: Values, learns: bool = True) -> Values:
        """From the gradient of what `forward` last returned to that of its input; sets ``gradients``."""
        for i in range(len(self.weights) - 1, -1, -1):
            if learns:
                np.matmul(gradient.T, self.inputs[i], out=self.weight_gradients[i])
                gradient.sum(axis=0, out=self.bias_gradients[i])
            gradient = gradient @ self.weights[i]
            if i < len(self.masks):
                gradient *= self.masks[i]
            if i:
                slope = self.activated[i - 1] * self.activated[i - 1]
                np.subtract(1, slope, out=slope)
                gradient *= slope
        return gradient


class Adam:
    """`torch.optim.Adam` on one vector."""

    def __init__(self, parameters: Values, gradients: Values, rate: float) -> None:
        self.parameters, self.gradients, self.rate = parameters, gradients, rate
        self.mean, self.square, self.scratch = np.zeros((3, len(parameters)), np.float32)
        self.steps = 0

    def step(self) -> None:
        self.steps += 1
        scratch = self.scratch
        np.subtract(self.gradients, self.mean, out=scratch)
        scratch *= 0.1
        self.mean += scratch
        np.multiply(self.gradients, self.gradients, out=scratch)
        scratch *= 0.001
        self.square *= 0.999
        self.square += scratch
        np.sqrt(self.square, out=scratch)
        scratch /= (1 - 0.999**self.steps) ** 0.5
        scratch += 1e-8
        np.divide(self.mean, scratch, out=scratch)
        scratch *= self.rate / (1 - 0.9**self.steps)
        self.parameters -= scratch


class Masks:
    """Dropout's factors of several parts of a batch, one below the other, drawn layer by layer."""

    def __init__(self, sizes: Sequence[int], rows: int, parts: int, rate: float) -> None:
        self.keep = 1 - rate
        self.values = np.empty(parts * rows * sum(sizes), np.float32)
        self.layers = cut(self.values, [(parts * rows, size) for size in sizes])
        tensors = [torch.from_numpy(layer) for layer in self.layers]
        self.tensors = [tensor[part * rows :][:rows] for part in range(parts) for tensor in tensors]

    def draw(self) -> list[Values]:
        for tensor in self.tensors:
            tensor.bernoulli_(self.keep)
        self.values /= self.keep
        return self.layers


class Game:
    """A generator and a discriminator, the library's, that learn from each other.

    Their weights, and those of the layer that searches for codes, are slices of one vector.
    """

    def __init__(self, model: Any) -> None:
        self.model = model
        networks = [model.generator, model.discriminator]
        sizes = [sum(p.numel() for p in network.parameters()) for network in networks]
        code = model.latent_dim_G
        self.parameters = np.zeros(sum(sizes) + code * (code + 1), np.float32)
        self.gradients = np.zeros_like(self.parameters)
        ends = [0, *accumulate(sizes)]
        self.slices = [slice(*each) for each in pairwise(ends)]
        self.search = slice(ends[-1], None)
        self.generator, self.discriminator = (
            Perceptron(network, self.parameters[each], self.gradients[each])
            for network, each in zip(networks, self.slices, strict=True)
        )

    def train(self, X: Values) -> None:
        """Learn from batches of rows, ``epochs`` times through all."""
        rate = self.model.dropout_rate
        steps = [Adam(self.parameters[s], self.gradients[s], self.model.learning_rate) for s in self.slices]
        masks = {
            size: [Masks(self.generator.sizes, size, 1, rate)]
            + [Masks(self.discriminator.sizes, size, parts, rate) for parts in (2, 1)]
            for size in {min(self.model.batch_size, len(X)), len(X) % self.model.batch_size}
        }
        for _ in range(self.model.epochs):
            drawn_number()
            for batch in shuffled(len(X)).split(self.model.batch_size):
                self.play(X[batch.numpy()], masks[len(batch)], *steps)

    def play(self, rows: Values, masks: list[Masks], generate: Adam, discriminate: Adam) -> None:
        """One step of each network, on as many made-up rows as rows."""
        of_generator, of_both, of_made = masks
        codes = torch.rand(len(rows), self.model.latent_dim_G).numpy()
        made = self.generator.forward(codes, of_generator.draw())
        answers = self.discriminator.forward(np.concatenate([rows, made]), of_both.draw())
        aims = np.zeros_like(answers)
        aims[: len(rows)] = REAL
        self.discriminator.backward(cross_entropy_gradient(answers, aims) / np.float32(len(rows)))
        discriminate.step()
        answers = self.discriminator.forward(made, of_made.draw())
        gradient = cross_entropy_gradient(answers, np.ones_like(answers)) / np.float32(len(rows))
        self.generator.backward(self.discriminator.backward(gradient, learns=False))
        generate.step()

    def query(self, X: Values, layer: torch.nn.Linear) -> Floats:
        """How far each row is from what is made of a code searched for it; the bias of ``layer`` is the code.

        As in the library the search goes on from one row to the next, and moves all weights.
        """
        code = share([layer.weight, layer.bias], self.parameters[self.search])[1]
        gradient_of_code = self.gradients[self.search][-len(code) :]
        step = Adam(self.parameters, self.gradients, self.model.learning_rate_query).step
        rate = self.model.dropout_rate
        of_generator = Masks(self.generator.sizes, 1, 1, rate)
        of_both = Masks(self.discriminator.sizes, 1, 2, rate)
        share_of_column = np.float32(1 / X.shape[1])
        gradient = np.zeros((2, 1), np.float32)
        distances = np.empty(len(X))
        for i, row in enumerate(X):
            for _ in range(self.model.epochs_query):
                made = self.generator.forward(code[None], of_generator.draw())
                answers = sigmoid(
                    self.discriminator.forward(np.concatenate([made, row[None]]), of_both.draw())
                )
                rest = made - row
                answer, wanted = answers[0, 0], answers[1, 0]
                # Only the answer on what is made is learnt from.
                gradient[0] = np.sign(answer - wanted) * answer * (1 - answer)
                back = self.discriminator.backward(gradient)[:1]
                back += np.sign(rest) * share_of_column
                gradient_of_code[:] = self.generator.backward(back)[0]
                step()
            distances[i] = np.abs(rest).mean() + abs(answer - wanted)
        return distances


def cut(values: Values, shapes: Sequence[tuple[int, ...]]) -> list[Values]:
    """A vector as arrays of the given shapes, one after the other; they share its memory."""
    ends = [0, *accumulate(prod(shape) for shape in shapes)]
    return [values[a:b].reshape(shape) for (a, b), shape in zip(pairwise(ends), shapes, strict=True)]


def share(parameters: Sequence[torch.Tensor], values: Values) -> list[Values]:
    """Move a network's parameters into a vector, whose changes they then follow; returns them as arrays."""
    views = cut(values, [tuple(parameter.shape) for parameter in parameters])
    for parameter, view in zip(parameters, views, strict=True):
        view[...] = parameter.detach().numpy()
        parameter.data = torch.from_numpy(view)
    return views


def sigmoid(x: Values) -> Values:
    return torch.from_numpy(x).sigmoid_().numpy()


def cross_entropy_gradient(x: Values, aims: Values) -> Values:
    """Of the binary cross-entropy of sigmoids, by what they are of; limited as in torch near 0 and 1."""
    answers = sigmoid(x)
    slope = answers * (1 - answers)
    found: Values = (answers - aims) / np.maximum(slope, np.float32(1e-12)) * slope
    return found
