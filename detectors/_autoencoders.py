"""Training several autoencoders of one shape as one tensor program.

The models lie along a leading axis, so that each layer of all of them is one batched matrix product, and
the gradients are written out: what a loop over single models spends on dispatch is spent once for all.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import torch
from torch.nn.functional import leaky_relu_

SLOPE = 0.2
# A batched product of a single matrix takes another, slower path, which rounds differently; a lone model
# is trained beside a copy of itself, so that what it learns does not depend on how many there are.
FEWEST = 2


class Autoencoders:
    """Several autoencoders of one shape: ``sizes`` from the input to the code, and mirrored back.

    LeakyReLU between hidden layers, none after the code or the output. ``flat`` has shape
    (models, parameters); the weights (models, in, out) and biases (models, 1, out) are views of it.
    ``squared_error``, (models, 1, 1), adds up that of all values that they are differentiated on.
    """

    def __init__(self, sizes: tuple[int, ...], flat: torch.Tensor) -> None:
        layers = _layers(sizes)
        self.sizes, self.flat = sizes, flat
        self.gradient = torch.zeros_like(flat)
        self.squared_error = flat.new_zeros(len(flat), 1, 1)
        self._weights, self._biases = _views(flat, layers)
        self._weight_gradients, self._bias_gradients = _views(self.gradient, layers)
        unbent = (len(sizes) - 2, len(layers) - 1)
        self._bent = [i not in unbent for i in range(len(layers))]

    def __reduce__(self) -> Any:
        return Autoencoders, (self.sizes, self.flat)

    @classmethod
    def initial(cls, sizes: tuple[int, ...], generators: list[torch.Generator], device: str) -> Autoencoders:
        """A model for each generator, its parameters uniform as in torch.nn.Linear."""
        flat = torch.stack([_initial(_layers(sizes), generator) for generator in generators])
        return cls(sizes, flat.to(device))

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
        values = self._forward(X)
        delta = values[-1] - X
        one_row = delta.flatten(1)[:, None]
        self.squared_error.baddbmm_(one_row, one_row.transpose(1, 2))
        delta.mul_(2 / (X.shape[1] * X.shape[2]))
        for i in reversed(range(len(self._weights))):
            torch.bmm(values[i].transpose(1, 2), delta, out=self._weight_gradients[i])
            torch.sum(delta, dim=1, keepdim=True, out=self._bias_gradients[i])
            if i > 0:
                delta = torch.bmm(delta, self._weights[i].transpose(1, 2))
                if self._bent[i - 1]:
                    # The bend keeps signs, so its result tells on which side of it the input was.
                    delta = torch.ops.aten.leaky_relu_backward(delta, values[i], SLOPE, True)

    def _forward(self, X: torch.Tensor) -> list[torch.Tensor]:
        values = [X]
        for weight, bias, bent in zip(self._weights, self._biases, self._bent, strict=True):
            value = torch.baddbmm(bias, values[-1], weight)
            values.append(leaky_relu_(value, SLOPE) if bent else value)
        return values


def train_together(
    rows: list[Any], seeds: list[int], *, hidden: tuple[int, ...], epochs: int, batch_size: int,
    learning_rate: float, weight_decay: float, device: str = "cpu",
) -> list[tuple[Autoencoders, list[float]]]:  # fmt: skip
    """Train an autoencoder on each of several matrices of one shape, (n, d).

    Each model has a random stream of its own for its first weights and for the order of its rows: what it
    learns depends on its rows and its seed, and not on the models beside it. Adam, mean squared error,
    which is returned beside each model: for each epoch that of its batches, before each was learnt from.
    """
    models = len(rows)
    if models < FEWEST:
        rows, seeds = rows * FEWEST, seeds * FEWEST
    X = torch.stack([torch.as_tensor(each, dtype=torch.float32) for each in rows]).to(device)
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    networks = Autoencoders.initial((X.shape[2], *hidden), generators, device)
    parameters = torch.nn.Parameter(networks.flat)
    parameters.grad = networks.gradient
    optimizer = torch.optim.Adam([parameters], lr=learning_rate, weight_decay=weight_decay, fused=True,
                                 capturable=device == "cuda")  # fmt: skip
    step = (_ReplayedStep if device == "cuda" else _Step)(networks, optimizer)
    model = torch.arange(len(rows), device=device)[:, None]
    losses = torch.zeros(epochs, len(rows), device=device)
    for epoch in range(epochs):
        orders = torch.stack([torch.randperm(X.shape[1], generator=each) for each in generators]).to(device)
        for batch in orders.split(batch_size, dim=1):
            step(X[model, batch])
        losses[epoch] = networks.squared_error.flatten() / X[0].numel()
        networks.squared_error.zero_()
    trained, by_model = networks.flat[:models].cpu(), losses.T.tolist()
    return [
        (Autoencoders((X.shape[2], *hidden), flat[None].clone()), own)
        for flat, own in zip(trained, by_model, strict=False)
    ]


class _Step:
    """One step of training on a batch of rows, shape (models, n, d)."""

    def __init__(self, networks: Autoencoders, optimizer: torch.optim.Optimizer) -> None:
        self.networks, self.optimizer = networks, optimizer

    def __call__(self, X: torch.Tensor) -> None:
        self.networks.differentiate(X)
        self.optimizer.step()


class _ReplayedStep(_Step):
    """A step that is recorded as a CUDA graph at its first batch and replayed for batches of that shape.

    On a GPU, launching the forty small kernels of a step takes longer than running them.
    """

    inputs: torch.Tensor | None = None

    def __call__(self, X: torch.Tensor) -> None:
        if self.inputs is None:
            self._record(X)
        assert self.inputs is not None
        if X.shape == self.inputs.shape:
            self.inputs.copy_(X)
            self.graph.replay()
        else:
            super().__call__(X)

    def _record(self, X: torch.Tensor) -> None:
        """Record a step. It must run a few times before, which is undone afterwards."""
        self.inputs = X.clone()
        before = self.networks.flat.clone()
        aside = torch.cuda.Stream()
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):
            for _ in range(3):
                super().__call__(self.inputs)
        torch.cuda.current_stream().wait_stream(aside)
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            super().__call__(self.inputs)
        self.networks.flat.copy_(before)
        self.networks.squared_error.zero_()
        for state in self.optimizer.state.values():
            for value in state.values():
                value.zero_()


def _layers(sizes: tuple[int, ...]) -> list[tuple[int, int]]:
    """Inputs and outputs of each layer, down to the code and back up."""
    return [*pairwise(sizes), *pairwise(sizes[::-1])]


def _initial(layers: list[tuple[int, int]], generator: torch.Generator) -> torch.Tensor:
    """First parameters of one model."""
    return torch.cat(
        [
            torch.empty((wide + 1) * narrow).uniform_(-(wide**-0.5), wide**-0.5, generator=generator)
            for wide, narrow in layers
        ]
    )


def _views(
    flat: torch.Tensor, layers: list[tuple[int, int]]
) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    """Weights (models, in, out) and biases (models, 1, out) as views of the flat parameters."""
    models, at = len(flat), 0
    weights, biases = [], []
    for wide, narrow in layers:
        weights.append(flat[:, at : at + wide * narrow].view(models, wide, narrow))
        at += wide * narrow
        biases.append(flat[:, at : at + narrow].view(models, 1, narrow))
        at += narrow
    return weights, biases
