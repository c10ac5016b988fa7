"""The article's autoencoder: many at a time against the article's own loop, in CPU seconds per model."""

from __future__ import annotations

import time
from itertools import pairwise

import numpy as np
import pytest

from bench.runner import TrialRunner
from bench.selection import Selection, make_plan
from bench.suite import load_suite

SEEDS = 20


@pytest.fixture(scope="module")
def staged(registry):
    selection = Selection(("autoencoder_difference_forest",), None, ("supervised",), tuple(range(SEEDS)))
    trials = list(make_plan(load_suite("article"), registry, selection))
    return TrialRunner(registry), trials


def article_loop(X, epochs=100):
    """The article's training loop, with the activations that reproduce its figures."""
    import torch
    from torch import nn
    from torch.utils.data import DataLoader, TensorDataset

    sizes = (X.shape[1], 128, 64, 16, 4)

    def dense(widths):
        layers = []
        for wide, narrow in pairwise(widths):
            layers += [nn.Linear(wide, narrow), nn.LeakyReLU(0.2)]
        return layers[:-1]

    model = nn.Sequential(*dense(sizes), *dense(sizes[::-1]))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, weight_decay=1e-5)
    loader = DataLoader(TensorDataset(torch.tensor(X.astype(np.float32))), batch_size=32, shuffle=True)
    for _ in range(epochs):
        for (batch,) in loader:
            loss = nn.functional.mse_loss(model(batch), batch)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


def test_models_per_cpu_second(benchmark, staged, figure):
    runner, trials = staged
    view = runner.view(trials[0])

    def cpu_seconds(work):
        start = time.process_time()
        work()
        return time.process_time() - start

    cpu_seconds(lambda: article_loop(view.X[view.y == 0], epochs=2))
    loop = min(cpu_seconds(lambda: article_loop(view.X[view.y == 0])) for _ in range(2))
    many = benchmark.pedantic(lambda: cpu_seconds(lambda: runner.fit_stages(trials)) / SEEDS, rounds=2)
    figure(f"the article's loop over {SEEDS} models at a time, CPU seconds per model",
           f"{loop / many:.1f} ({loop:.2f} s, {many:.2f} s)")  # fmt: skip
