"""Perceptrons so small that torch dispatches for longer than it computes: worked out and trained in numpy."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from math import prod

import numpy as np
import torch
from numpy.typing import NDArray

Values = NDArray[np.float32]


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
