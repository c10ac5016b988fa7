"""Several autoencoders of one shape side by side, and their gradients.

The models lie along a leading axis, so that each layer of all of them is one batched matrix product, and
the gradients are written out: what a loop over single models spends on dispatch is spent once for all.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import torch
from torch.nn.functional import leaky_relu_

SLOPE = 0.2
LEAKY_BACKWARD = torch.ops.aten.leaky_relu_backward.grad_input
# A batched product of a single matrix takes another, slower path, which rounds differently; a lone model
# is trained beside a copy of itself, so that what it learns does not depend on how many there are.
FEWEST = 2


class _Room(NamedTuple):
    """Where each layer's outputs for a number of rows go, and the gradients with regard to them.

    Kept from batch to batch: giving tensors of this size back to the system and asking for new ones can
    take longer than the products that fill them. ``difference``, (models, 1, n d), is the last delta.
    """

    outputs: list[torch.Tensor]
    outputs_transposed: list[torch.Tensor]
    deltas: list[torch.Tensor]
    difference: torch.Tensor


class Autoencoders:
    """Several autoencoders of one shape: ``sizes`` from the input to the code, and mirrored back.

    LeakyReLU between hidden layers, none after the code or the output. ``flat`` holds all parameters, layer
    after layer; the weights (models, in, out) and biases (models, 1, out) are views of it.
    ``squared_error``, (models, 1, 1), adds up that of all values that they are differentiated on.
    """

    def __init__(self, sizes: tuple[int, ...], flat: torch.Tensor) -> None:
        layers = _layers(sizes)
        self.sizes, self.flat = sizes, flat
        self.gradient = torch.zeros_like(flat)
        self._weights, self._biases = _views(flat, layers)
        self._weight_gradients, self._bias_gradients = _views(self.gradient, layers)
        self.squared_error = flat.new_zeros(len(self._weights[0]), 1, 1)
        unbent = (len(sizes) - 2, len(layers) - 1)
        self._bent = [i not in unbent for i in range(len(layers))]
        self._weights_transposed = [weight.mT for weight in self._weights]
        self._rooms: dict[int, _Room] = {}

    def __reduce__(self) -> tuple[type[Autoencoders], tuple[tuple[int, ...], torch.Tensor]]:
        return Autoencoders, (self.sizes, self.flat)

    @classmethod
    def initial(cls, sizes: tuple[int, ...], generators: list[torch.Generator], device: str) -> Autoencoders:
        """A model for each generator, its parameters uniform as in torch.nn.Linear."""
        models = [_initial(_layers(sizes), generator) for generator in generators]
        parts = [torch.stack(part).flatten() for part in zip(*models, strict=True)]
        return cls(sizes, torch.cat(parts).to(device))

    def alone(self, model: int) -> Autoencoders:
        """One of the models, on the CPU."""
        layers = zip(self._weights, self._biases, strict=True)
        parts = [part[model].flatten() for layer in layers for part in layer]
        return Autoencoders(self.sizes, torch.cat(parts).cpu())

    def rebuild(self, X: torch.Tensor) -> torch.Tensor:
        """Rows of shape (models, n, d) after encoding and decoding."""
        return self._forward(X)[-1]

    def encode(self, X: torch.Tensor) -> torch.Tensor:
        """Codes, shape (models, n, code), of rows of shape (models, n, d)."""
        return self._forward(X)[len(self.sizes) - 1]

    def double(self) -> Autoencoders:
        return Autoencoders(self.sizes, self.flat.double())

    def differentiate(self, X: torch.Tensor) -> None:
        """Set ``gradient`` to that of each model's mean squared error on its rows, shape (models, n, d)."""
        room = self._room(X.shape[1])
        values = self._forward(X, room.outputs)
        torch.sub(values[-1], X, out=room.deltas[-1])
        self.squared_error.baddbmm_(room.difference, room.difference.mT)
        room.deltas[-1].mul_(2 / (X.shape[1] * X.shape[2]))
        inputs = [X.mT, *room.outputs_transposed]
        for i in reversed(range(len(room.deltas))):
            torch.bmm(inputs[i], room.deltas[i], out=self._weight_gradients[i])
            torch.sum(room.deltas[i], dim=1, keepdim=True, out=self._bias_gradients[i])
            if i > 0:
                before = room.deltas[i - 1]
                torch.bmm(room.deltas[i], self._weights_transposed[i], out=before)
                if self._bent[i - 1]:
                    # The bend keeps signs, so its result shows on which side of it the input was.
                    LEAKY_BACKWARD(before, values[i], SLOPE, True, grad_input=before)

    def _forward(self, X: torch.Tensor, outputs: list[torch.Tensor] | None = None) -> list[torch.Tensor]:
        """The rows and what each layer makes of them, in ``outputs`` if given."""
        values = [X]
        for i, (weight, bias, bent) in enumerate(zip(self._weights, self._biases, self._bent, strict=True)):
            value = torch.baddbmm(bias, values[-1], weight, out=None if outputs is None else outputs[i])
            values.append(leaky_relu_(value, SLOPE) if bent else value)
        return values

    def _room(self, rows: int) -> _Room:
        if rows not in self._rooms:
            shapes = [(len(weight), rows, weight.shape[2]) for weight in self._weights]
            outputs, deltas = ([self.flat.new_empty(shape) for shape in shapes] for _ in range(2))
            transposed = [output.mT for output in outputs]
            self._rooms[rows] = _Room(outputs, transposed, deltas, deltas[-1].flatten(1)[:, None])
        return self._rooms[rows]


def _layers(sizes: tuple[int, ...]) -> list[tuple[int, int]]:
    """Inputs and outputs of each layer, down to the code and back up."""
    return [*pairwise(sizes), *pairwise(sizes[::-1])]


def _initial(layers: list[tuple[int, int]], generator: torch.Generator) -> list[torch.Tensor]:
    """First parameters of one model: each layer's weights, then its biases."""
    return [
        part
        for wide, narrow in layers
        for part in torch.empty(wide + 1, narrow)
        .uniform_(-(wide**-0.5), wide**-0.5, generator=generator)
        .split([wide, 1])
    ]


def _views(
    flat: torch.Tensor, layers: list[tuple[int, int]]
) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    """Weights (models, in, out) and biases (models, 1, out) as views of the flat parameters."""
    models = len(flat) // sum((wide + 1) * narrow for wide, narrow in layers)
    weights: list[torch.Tensor] = []
    biases: list[torch.Tensor] = []
    at = 0
    for wide, narrow in layers:
        for found, inputs in ((weights, wide), (biases, 1)):
            size = models * inputs * narrow
            found.append(flat[at : at + size].view(models, inputs, narrow))
            at += size
    return weights, biases
