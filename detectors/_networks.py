"""Perceptrons of several models side by side, and training them as one tensor program."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import torch
from torch.nn.functional import leaky_relu_

from bench import Floats

from ._autoencoders import FEWEST, SLOPE


class Perceptrons:
    """A multilayer perceptron for each model; the models lie along a leading axis.

    LeakyReLU between layers, none after the last. ``weights`` are of shape (models, in, out), ``biases``
    (models, 1, out), or none.
    """

    def __init__(self, weights: list[torch.Tensor], biases: list[torch.Tensor | None]) -> None:
        self.weights, self.biases = weights, biases

    @classmethod
    def initial(
        cls, sizes: Sequence[int], generators: list[torch.Generator], device: str = "cpu", bias: bool = True
    ) -> Perceptrons:
        """A model for each generator, its parameters uniform as in torch.nn.Linear."""

        def uniform(rows: int, wide: int, narrow: int) -> torch.Tensor:
            each = [
                torch.empty(rows, narrow).uniform_(-(wide**-0.5), wide**-0.5, generator=generator)
                for generator in generators
            ]
            return torch.stack(each).to(device).requires_grad_()

        layers = list(pairwise(sizes))
        weights = [uniform(wide, wide, narrow) for wide, narrow in layers]
        return cls(weights, [uniform(1, wide, narrow) if bias else None for wide, narrow in layers])

    @property
    def parameters(self) -> list[torch.Tensor]:
        return [*self.weights, *(bias for bias in self.biases if bias is not None)]

    def __call__(self, X: torch.Tensor) -> torch.Tensor:
        """Outputs (models, n, out) for inputs of shape (models, n, in)."""
        for i, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            X = torch.bmm(X, weight) if bias is None else torch.baddbmm(bias, X, weight)
            if i < len(self.weights) - 1:
                X = leaky_relu_(X, SLOPE)
        return X

    def alone(self, model: int) -> Perceptrons:
        """One model, for scoring: in float64, so that no row's score depends on the rows beside it."""

        def one(parameter: torch.Tensor) -> torch.Tensor:
            return parameter.detach()[model : model + 1].cpu().double()

        biases = [None if bias is None else one(bias) for bias in self.biases]
        return Perceptrons([one(weight) for weight in self.weights], biases)


# A loss of each model, and the names of the networks that learn from it; several, one after another.
Loss = tuple[torch.Tensor, tuple[str, ...]]
Losses = Callable[[dict[str, Perceptrons], torch.Tensor, torch.Tensor], Iterator[Loss]]


def train_together(
    rows: list[Floats], seeds: list[int], losses: Losses, *, sizes: dict[str, Sequence[int]], noise_size: int,
    epochs: int, batch_size: int, learning_rate: float, device: str = "cpu",
) -> list[tuple[dict[str, Perceptrons], dict[str, list[float]]]]:  # fmt: skip
    """Train networks of the given sizes on each of several matrices of one shape, (n, d).

    ``losses`` is given the networks, rows (models, n, d) and standard normal noise (models, n,
    ``noise_size``). Each model has a random stream of its own for its first weights, the order of its rows
    and its noise: what it learns does not depend on the models beside it. Adam, its learning rate falling
    linearly to zero. Beside each model's networks its losses are returned, by the names of those that learn
    from them: for each epoch the mean over its rows, before each batch was learnt from.
    """
    models = len(rows)
    if models < FEWEST:
        rows, seeds = rows * FEWEST, seeds * FEWEST
    X = torch.stack([torch.as_tensor(each, dtype=torch.float32) for each in rows]).to(device)
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    networks = {name: Perceptrons.initial(size, generators, device) for name, size in sizes.items()}
    optimizers: dict[tuple[str, ...], torch.optim.Optimizer] = {}
    model = torch.arange(len(rows), device=device)[:, None]
    sums: dict[tuple[str, ...], torch.Tensor] = {}
    for epoch in range(epochs):
        # Steps that shrink to nothing let an adversarial game, too, come to rest.
        rate = learning_rate * (1 - epoch / epochs)
        for batch, noise in _batches(X.shape[1], batch_size, noise_size, generators):
            for loss, names in losses(networks, X[model, batch.to(device)], noise.to(device)):
                learning = [parameter for name in names for parameter in networks[name].parameters]
                if names not in optimizers:
                    optimizers[names] = torch.optim.Adam(learning, fused=True)
                optimizers[names].param_groups[0]["lr"] = rate
                each = sums.setdefault(names, torch.zeros(epochs, len(rows), device=device))
                each[epoch] += loss.detach() * batch.shape[1]
                gradients = torch.autograd.grad(loss.sum(), learning)
                for parameter, gradient in zip(learning, gradients, strict=True):
                    parameter.grad = gradient
                optimizers[names].step()
    means = {" and ".join(names): (each / X.shape[1]).T.tolist() for names, each in sums.items()}
    return [
        (
            {name: each.alone(i) for name, each in networks.items()},
            {name: by_model[i] for name, by_model in means.items()},
        )
        for i in range(models)
    ]


def _batches(
    rows: int, batch_size: int, noise_size: int, generators: list[torch.Generator]
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """An epoch's indices and noise, shape (models, batch) and (models, batch, ``noise_size``)."""
    orders = torch.stack([torch.randperm(rows, generator=each) for each in generators])
    noise = torch.stack([torch.randn(rows, noise_size, generator=each) for each in generators])
    return zip(orders.split(batch_size, dim=1), noise.split(batch_size, dim=1), strict=True)
