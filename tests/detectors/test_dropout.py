"""Dropout's numbers are those that torch would draw, and torch goes on where they end."""

from __future__ import annotations

import importlib

import numpy as np
import pytest
import torch

from bench.plugins.registry import load_registry

PACKAGE = load_registry(installed=False).detectors["deep_svdd"].module.rpartition(".")[0]
dropout = importlib.import_module(f"{PACKAGE}._dropout")


@pytest.fixture
def judged_anew():
    dropout.dropout_is_known.cache_clear()
    yield
    dropout.dropout_is_known.cache_clear()


def of_torch(sizes, keep):
    return np.concatenate([torch.empty(size).bernoulli_(keep).numpy() for size in sizes]) / np.float32(keep)


@pytest.mark.parametrize("keep", [0.8, 0.5, 1e-3, 0.999, 1 / 3])
@pytest.mark.parametrize("before", [0, 1, 311, 623, 624, 625])
def test_factors_and_what_is_drawn_after_them_are_those_of_torch(before, keep):
    sizes = [1, 5, 700, 33, 40_000]
    found, wanted = [], []
    for draw, results in ((lambda: dropout.Dropout(sizes, keep).draw().copy(), found), (None, wanted)):
        torch.manual_seed(8)
        torch.rand(before)
        torch.randn(3)  # of which torch keeps a fourth
        for _ in range(3):
            results.append(draw() if draw else of_torch(sizes, keep))
            results.append(torch.rand(7).numpy())
            results.append(torch.randn(1).numpy())
    if not dropout.dropout_is_known():
        pytest.skip("this build of torch draws in another way")
    for one, two in zip(found, wanted, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-6)


def test_of_a_build_that_draws_in_another_way_torch_is_asked(monkeypatch, judged_anew):
    monkeypatch.setattr(dropout, "draw_dropout", lambda factors, keep: factors.fill(0))
    assert not dropout.dropout_is_known()
    torch.manual_seed(8)
    found = dropout.Dropout([3, 90], 0.7).draw()
    torch.manual_seed(8)
    np.testing.assert_allclose(found, of_torch([3, 90], 0.7), rtol=1e-6)


def test_to_ask_how_torch_draws_leaves_its_generator_alone(judged_anew):
    torch.manual_seed(8)
    dropout.dropout_is_known()
    found = torch.rand(4)
    torch.manual_seed(8)
    assert torch.equal(found, torch.rand(4))


def test_nothing_is_drawn_where_all_is_kept():
    state = torch.get_rng_state()
    assert (dropout.Dropout([4, 5], 1.0).draw() == 1).all()
    assert torch.equal(torch.get_rng_state(), state)
