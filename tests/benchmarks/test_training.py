"""The article's autoencoder: many at a time against the article's own loop, in CPU seconds per model."""

from __future__ import annotations

import time
from itertools import pairwise

import numpy as np
import pytest

from bench.engine.schedule import MODELS_TOGETHER
from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.trials.runner import TrialRunner

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

    class Autoencoder(nn.Module):
        def __init__(self, sizes):
            super().__init__()
            self.encoder, self.decoder = dense(sizes), dense(sizes[::-1])

        def forward(self, x):
            return self.decoder(self.encoder(x))

    def dense(widths):
        layers = []
        for wide, narrow in pairwise(widths):
            layers += [nn.Linear(wide, narrow), nn.LeakyReLU(0.2)]
        return nn.Sequential(*layers[:-1])

    model = Autoencoder((X.shape[1], 128, 64, 16, 4))
    criterion = nn.MSELoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, weight_decay=1e-5)
    loader = DataLoader(TensorDataset(torch.tensor(X.astype(np.float32))), batch_size=32, shuffle=True)
    for _ in range(epochs):
        running_loss = 0.0
        for (batch,) in loader:
            loss = criterion(model(batch), batch)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            running_loss += loss.item()
    return running_loss


def test_models_per_cpu_second(benchmark, staged, figure):
    runner, trials = staged
    view = runner.view(trials[0])
    # As an engine fits them: so many together, and the rest of the plan after them.
    size = MODELS_TOGETHER["cpu"]
    groups = [trials[start : start + size] for start in range(0, SEEDS, size)]

    def cpu_seconds(work):
        start = time.process_time()
        work()
        return time.process_time() - start

    def both():
        loop = cpu_seconds(lambda: article_loop(view.X[view.y == 0]))
        return loop, cpu_seconds(lambda: [runner.stages.fit(group) for group in groups]) / SEEDS

    article_loop(view.X[view.y == 0], epochs=2)
    rounds = []
    benchmark.pedantic(lambda: rounds.append(both()), rounds=3)
    loop, many = (min(seconds) for seconds in zip(*rounds, strict=True))
    figure(f"the article's loop over {size} models at a time, CPU seconds per model",
           f"{loop / many:.1f} ({loop:.2f} s, {many:.2f} s)")  # fmt: skip
