"""Compiled perceptrons make what torch's make, and find the gradients that torch finds."""

from __future__ import annotations

import importlib
from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr
from torch import nn

from bench import Train
from bench.plugins.registry import load_registry

PACKAGE = load_registry(installed=False).detectors["anogan"].module.rpartition(".")[0]
perceptrons = importlib.import_module(f"{PACKAGE}._tanh_perceptrons")
SIZES = [[3, 8, 4], [9, 20, 10, 5, 1], [1, 1, 1, 1], [2, 20, 10, 3, 10, 20, 50]]


class Dropped(nn.Module):
    """Dropout by factors that are known."""

    def forward(self, x):
        return x * self.factors


def of_torch(sizes):
    torch.manual_seed(0)
    parts = []
    for k, d in pairwise(sizes[:-1]):
        parts += [Dropped(), nn.Linear(k, d), nn.Tanh()]
    return nn.Sequential(*parts, nn.Linear(*sizes[-2:]))


def compiled(module, sizes, rows, parts):
    """The network and a pass through it, with the factors that it has been given by torch."""
    rng = np.random.default_rng(0)
    drawn = [[rng.choice([0, 1.25], (rows, k)) for k in sizes[:-2]] for _ in range(parts)]
    for layer, factors in zip(module[::3], zip(*drawn, strict=True), strict=False):
        layer.factors = torch.tensor(np.concatenate(factors), dtype=torch.float32)
    values = np.concatenate([p.detach().numpy().ravel() for p in module.parameters()])
    network = perceptrons.sizes_of(module), values, np.full_like(values, np.nan)
    assert network[0].tolist() == sizes
    factors = np.concatenate([each.ravel() for part in drawn for each in part]).astype(np.float32)
    return network, perceptrons.new_pass(rows * parts, network, factors)


def gradients_of(module):
    return np.concatenate([p.grad.numpy().ravel() for p in module.parameters()])


@pytest.mark.parametrize("parts", [1, 2])
@pytest.mark.parametrize("sizes", SIZES)
def test_a_batch(sizes, parts):
    module, rows = of_torch(sizes), 7
    network, run = compiled(module, sizes, rows, parts)
    x = torch.randn(rows * parts, sizes[0], requires_grad=True)
    weights = torch.randn(rows * parts, sizes[-1])
    for part in range(parts):
        factors, inputs = (np.split(each, parts)[part] for each in (run[0], run[1][: x.numel()]))
        perceptrons.give(x.detach().numpy()[part * rows :][:rows], factors, inputs)
    found = perceptrons.forward(rows * parts, rows, network, run)
    wanted = module(x)
    (wanted * weights).sum().backward()
    np.testing.assert_allclose(found, wanted.detach().numpy(), atol=1e-5)
    above = perceptrons.backward(weights.numpy(), rows, network, run)
    np.testing.assert_allclose(network[2], gradients_of(module), atol=1e-5)
    if parts == 1:
        np.testing.assert_allclose(perceptrons.before(above, network, run), x.grad.numpy(), atol=1e-5)
    kept = network[2].copy()
    again = perceptrons.backward(weights.numpy(), rows, (*network[:2], network[2][:0]), run)
    np.testing.assert_array_equal(again, above)
    np.testing.assert_array_equal(network[2], kept)


@pytest.mark.parametrize("sizes", SIZES)
def test_a_row(sizes):
    module = of_torch(sizes)
    network, run = compiled(module, sizes, 1, 1)
    x, weights = torch.randn(1, sizes[0], requires_grad=True), torch.randn(1, sizes[-1])
    found, below = np.empty(sizes[-1], np.float32), np.empty(sizes[0], np.float32)
    perceptrons.forward_row(x.detach().numpy()[0], network, run, found)
    wanted = module(x)
    (wanted * weights).sum().backward()
    np.testing.assert_allclose(found, wanted.detach().numpy()[0], atol=1e-5)
    perceptrons.backward_row(weights.numpy()[0], network, run, below)
    np.testing.assert_allclose(network[2], gradients_of(module), atol=1e-5)
    np.testing.assert_allclose(below, x.grad.numpy()[0], atol=1e-5)


def test_tanh_is_exact_to_single_precision():
    x = np.concatenate([np.linspace(-12, 12, 4001), np.geomspace(1e-30, 1, 500), [np.inf, -np.inf, 0]])
    x = x.astype(np.float32)
    found = np.array([perceptrons.tanh(each) for each in x])
    np.testing.assert_allclose(found, np.tanh(x.astype(float)), rtol=5e-7, atol=0)
    assert np.isnan(perceptrons.tanh(np.float32(np.nan)))


def fitted(registry, X, **params):
    plugin = registry.detectors["anogan"]
    detector = plugin.create({**plugin.defaults, **params})
    detector.fit(Train(X, 3, declared=plugin.declared))
    return detector


@pytest.mark.parametrize(
    "params",
    [
        {"epochs": 3, "epochs_query": 3},
        {
            "epochs": 2,
            "epochs_query": 2,
            "G_layers": [7],
            "D_layers": [6],
            "latent_dim_G": 3,
            "batch_size": 9,
        },
        {"epochs": 2, "epochs_query": 1, "dropout_rate": 0.5, "learning_rate": 0.01, "batch_size": 500},
    ],
)
def test_anogan_learns_what_it_learns_in_the_library(params, registry):
    X = np.random.default_rng(0).normal(size=(67, 12))
    quick = fitted(registry, X, **params).model
    library = fitted(registry, X, **params, implementation="library").model
    found, wanted = quick.query_model.state_dict(), library.query_model.state_dict()
    assert found.keys() == wanted.keys()
    for key, values in wanted.items():
        np.testing.assert_allclose(found[key].numpy(), values.numpy(), rtol=1e-3, atol=2e-5, err_msg=key)
    np.testing.assert_allclose(quick.decision_scores_, library.decision_scores_, rtol=1e-4)


def test_a_whole_training_ends_in_like_scores(registry):
    """The library's own correlate as much with those of rows that are rounded in another way."""
    X = np.random.default_rng(0).normal(size=(60, 12)) * np.geomspace(0.2, 3, 60)[:, None]
    quick, library = (fitted(registry, X, epochs=100, implementation=each) for each in ("fast", "library"))
    assert spearmanr(quick.model.decision_scores_, library.model.decision_scores_).statistic > 0.9


def test_no_graph_is_needed(registry, monkeypatch):
    def refused(*_, **__):
        raise AssertionError

    monkeypatch.setattr(torch.Tensor, "backward", refused)
    X = np.random.default_rng(0).normal(size=(50, 5))
    assert np.ptp(fitted(registry, X, epochs=2).score(X)) > 0
