"""Networks that learn by gradients written out learn what they learn by torch's graph."""

from __future__ import annotations

import importlib

import numpy as np
import torch

from bench import Train
from bench.plugins.registry import load_registry

PACKAGE = load_registry(installed=False).detectors["deep_sad"].module.rpartition(".")[0]
chains = importlib.import_module(f"{PACKAGE}._chains")
networks = importlib.import_module(f"{PACKAGE}._networks")


def perceptrons(seed):
    generator = torch.Generator().manual_seed(seed)
    return [
        networks.Perceptrons.initial(sizes, [generator], bias=False) for sizes in ((6, 9, 7, 3), (3, 8, 6))
    ]


def test_a_chain_learns_as_by_a_graph():
    X, weights = torch.randn(20, 6), torch.randn(20, 6)
    encoder, decoder = perceptrons(0)
    optimizer = torch.optim.Adam([*encoder.parameters, *decoder.parameters], lr=0.01, weight_decay=0.1)
    for _ in range(5):
        optimizer.zero_grad()
        (decoder(encoder(X[None]))[0].square() * weights).sum().backward()
        optimizer.step()
    found = perceptrons(0)
    with torch.inference_mode():
        chain = chains.Chain(found, 0.01, 0.1)
        for _ in range(5):
            made = chain.forward(X)
            chain.step(2 * made * weights)
    for one, two in zip(found, (encoder, decoder), strict=True):
        for a, b in zip(one.weights, two.weights, strict=True):
            np.testing.assert_allclose(a.numpy(), b.detach().numpy(), rtol=1e-4, atol=1e-5)


def test_deep_sad_learns_from_its_loss(registry, monkeypatch):
    """Each gradient that it hands to its networks is that of the loss."""
    plugin = registry.detectors["deep_sad"]
    module = importlib.import_module(plugin.module)
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(50, 4)), (np.arange(50) % 7 == 0).astype(np.int8)
    steps = []

    class Recording(chains.Chain):
        def forward(self, x):
            made = super().forward(x)
            steps.append([x.clone(), made.clone(), None])
            return made

        def step(self, gradient):
            steps[-1][2] = gradient.clone()
            super().step(gradient)

    monkeypatch.setattr(chains, "Chain", Recording)
    detector = module.DeepSAD(eta=0.7, epochs=2, pretrain_epochs=2, batch_size=25)
    detector.fit(Train(X, 3, y=y, declared=plugin.declared))
    rows = torch.as_tensor(X, dtype=torch.float32)
    assert len(steps) == 8
    for i, (x, made, gradient) in enumerate(steps):
        made = made.clone().requires_grad_()
        if i < 4:
            loss = (made - x).square().mean()
        else:
            which = (x[:, None] == rows[None]).all(dim=2).float().argmax(dim=1)
            distance = (made - detector.centre.float()).square().sum(dim=1)
            loss = torch.where(torch.as_tensor(y[which] == 1), 0.7 / (distance + 1e-6), distance).mean()
        loss.backward()
        np.testing.assert_allclose(gradient.numpy(), made.grad.numpy(), rtol=1e-4, atol=1e-6)
