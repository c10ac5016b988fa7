"""Training several autoencoders of one shape as one tensor program."""

from __future__ import annotations

from typing import Any

import torch
from torch.optim.adam import adam

from bench import Floats

from ._autoencoders import FEWEST, Autoencoders


@torch.inference_mode()
def train_together(
    rows: list[Floats], seeds: list[int], *, hidden: tuple[int, ...], epochs: int, batch_size: int,
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
    X = torch.cat([torch.as_tensor(each, dtype=torch.float32) for each in rows]).to(device)
    n, d = rows[0].shape
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    networks = Autoencoders.initial((d, *hidden), generators, device)
    step = (_ReplayedStep if device == "cuda" else _Step)(networks, learning_rate, weight_decay)
    losses = torch.zeros(epochs, len(rows), device=device)
    room = X.new_empty(len(rows) * min(batch_size, n), d)
    for epoch in range(epochs):
        orders = [n * i + torch.randperm(n, generator=each) for i, each in enumerate(generators)]
        for batch in torch.stack(orders).to(device).split(batch_size, dim=1):
            inputs = torch.index_select(X, 0, batch.flatten(), out=room[: batch.numel()])
            step(inputs.view(*batch.shape, d))
        losses[epoch] = networks.squared_error.flatten() / (n * d)
        networks.squared_error.zero_()
    return [(networks.alone(i), own) for i, own in enumerate(losses.T.tolist()[:models])]


class _Step:
    """One step of Adam on a batch of rows, shape (models, n, d), with the defaults of torch.optim.Adam.

    Its own step() does so much beside the arithmetic that a step of small models feels it.
    """

    def __init__(self, networks: Autoencoders, learning_rate: float, weight_decay: float) -> None:
        self.networks = networks
        self.moments = torch.zeros_like(networks.flat), torch.zeros_like(networks.flat)
        self.count = networks.flat.new_zeros(())
        self.options: dict[str, Any] = {
            "lr": learning_rate, "weight_decay": weight_decay, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8,
            "amsgrad": False, "maximize": False, "fused": True,
        }  # fmt: skip

    def __call__(self, X: torch.Tensor) -> None:
        self.networks.differentiate(X)
        first, second = self.moments
        gradient = self.networks.gradient
        adam([self.networks.flat], [gradient], [first], [second], [], [self.count], **self.options)


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
        for state in (*self.moments, self.count):
            state.zero_()
