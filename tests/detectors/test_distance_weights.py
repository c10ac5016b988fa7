"""LUNAR's network learns what it learns in the library, though what ReLU cuts off is left out."""

from __future__ import annotations

import copy
import importlib
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from pyod.models.lunar import WEIGHT_MODEL
from sklearn.metrics import roc_auc_score

from bench import Train
from bench.plugins.registry import load_registry

PACKAGE = load_registry(installed=False).detectors["lunar"].module.rpartition(".")[0]
distance_weights, distance_training, relu_blocks = (
    importlib.import_module(f"{PACKAGE}.{name}")
    for name in ("_distance_weights", "_distance_training", "_relu_blocks")
)


@pytest.fixture
def some():
    """Distances of more rows than a block has, in their order, and labels."""
    rng = np.random.default_rng(0)
    distances = np.sort(rng.gamma(2, size=(relu_blocks.BLOCK + 200, 4)), axis=1).astype(np.float32)
    return distances[distances.sum(axis=1).argsort()], rng.integers(0, 2, len(distances)).astype(np.float32)


@pytest.fixture
def model():
    torch.manual_seed(0)
    model = WEIGHT_MODEL(4)
    for parameter in [*model.network[6].parameters(), *model.final_norm.parameters()]:
        torch.nn.init.uniform_(parameter, 0.5, 2)
    return model


def test_gradients_are_those_of_torch(some, model):
    distances, labels = some
    expected = copy.deepcopy(model).train()
    (expected(torch.from_numpy(distances)) - torch.from_numpy(labels)).square().sum().backward()
    network = distance_weights.DistanceWeights(model, 0.0, 0.0)
    rows = network.rows(distances)
    network.learn(rows, labels)
    assert all(len(layer.kept) + len(layer.linear) < 256 for block in rows.blocks for layer in block.layers)
    assert all(len(layer.linear) > 0 for block in rows.blocks for layer in block.layers[:-1])
    for mine, theirs in zip(model.parameters(), expected.parameters(), strict=True):
        _, found = network.learnt[mine]
        np.testing.assert_allclose(found, theirs.grad, rtol=1e-3, atol=1e-4 * float(theirs.grad.abs().max()))
    for name, buffer in expected.named_buffers():
        np.testing.assert_allclose(model.get_buffer(name), buffer, rtol=1e-5)


def test_answers_are_those_of_the_network(some, model):
    distances, _ = some
    model.final_norm.running_mean += 0.3
    network = distance_weights.DistanceWeights(model, 0.0, 0.0)
    with torch.no_grad():
        expected = model.eval()(torch.from_numpy(distances))
    np.testing.assert_allclose(network.answers(network.rows(distances)), expected, rtol=1e-4, atol=1e-5)


def test_of_epochs_that_rank_alike_the_last_is_kept(model):
    labels = np.repeat(np.array([0, 1], np.float32), 50)
    distances = np.sort(np.random.default_rng(0).gamma(2, size=(100, 4)), axis=1) + 30 * labels[:, None]
    detector = SimpleNamespace(network=model, n_epochs=6, lr=1e-3, wd=0.1)
    distance_training.train(detector, distances, labels, distances, labels)
    assert model.final_norm.num_batches_tracked == 5


@pytest.mark.parametrize("values", [2, 5, 30, 10_000])
def test_the_area_is_scikit_learns_to_the_last_digit(values):
    rng = np.random.default_rng(values)
    for _ in range(200):
        labels = np.append(rng.integers(0, 2, 60), [0, 1]).astype(np.float32)
        scores = (rng.integers(0, values, 62) + labels * rng.integers(0, values)).astype(np.float32)
        assert distance_training.area_under_curve(labels, scores) == roc_auc_score(labels, scores)


@pytest.mark.parametrize(
    "params",
    [
        {"n_epochs": 1},
        {"n_epochs": 15, "n_neighbours": 3, "negative_sampling": "SUBSPACE", "lr": 0.01, "wd": 0.01},
        {"n_epochs": 15, "scaler": False, "proportion": 0.7, "val_size": 0.3, "epsilon": 0.5},
        {"n_epochs": 15, "negative_sampling": "UNIFORM", "algorithm": "brute", "metric": "manhattan"},
    ],
)
def test_scores_are_those_of_the_library(params, registry):
    rng = np.random.default_rng(0)
    X, X_test = rng.normal(size=(500, 6)), rng.normal(size=(40, 6)) * 2
    plugin = registry.detectors["lunar"]

    def scores(implementation):
        detector = plugin.create({**plugin.defaults, **params, "implementation": implementation})
        detector.fit(Train(X, 3, declared=plugin.declared))
        found = detector.score(X_test), detector.model.decision_scores_, detector.leave_one_out()
        return np.concatenate([*found, [detector.threshold]])

    library = scores("library")
    assert np.ptp(library) > 0
    np.testing.assert_allclose(scores("fast"), library, rtol=1e-3, atol=1e-4 * np.ptp(library))
