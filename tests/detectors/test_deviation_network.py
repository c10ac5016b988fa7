"""The gradient of DevNet's loss is the one that torch finds."""

from __future__ import annotations

import importlib

import numpy as np
import torch
from pyod.models.devnet import deviation_loss

from bench.plugins.registry import load_registry

PACKAGE = load_registry(installed=False).detectors["devnet"].module.rpartition(".")[0]
deviation_network = importlib.import_module(f"{PACKAGE}._deviation_network")


def test_the_gradient_of_the_loss_is_torchs_on_all_sides_of_mean_and_margin():
    scores = torch.linspace(-8, 8, 100, requires_grad=True)
    labels = torch.arange(100) % 3 == 0
    torch.manual_seed(0)
    deviation_loss(labels.float()[:, None], scores[:, None]).backward()
    torch.manual_seed(0)
    found = deviation_network.deviation_gradient(scores.detach().numpy(), labels.float().numpy())
    assert len(np.unique(found)) == 3
    np.testing.assert_allclose(found, scores.grad, rtol=1e-5)
