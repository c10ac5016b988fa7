"""Gradients that are written out are those that torch finds, and networks learn by them as in the library."""

from __future__ import annotations

import importlib

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr
from torch import nn

from bench import Train
from bench.plugins.registry import load_registry

PACKAGE = load_registry(installed=False).detectors["deep_svdd"].module.rpartition(".")[0]
layers = importlib.import_module(f"{PACKAGE}._layers")
learning = importlib.import_module(f"{PACKAGE}._learning")
dropout = importlib.import_module(f"{PACKAGE}._dropout")

# So few steps that a difference of rounding has not grown yet.
NETWORKS = {
    "ae1svm": [
        {"epochs": 2, "batch_norm": False},
        {"epochs": 2, "batch_norm": False, "alpha": 0.3, "hidden_neurons": [9], "weight_decay": 0.1},
        {"epochs": 2, "batch_norm": False, "dropout_rate": 0, "batch_size": 50, "kernel_approx_features": 7},
    ],
    "deep_svdd": [
        {"epochs": 3},
        {"epochs": 3, "hidden_neurons": [12, 9, 7, 5], "dropout_rate": 0.4, "batch_size": 21},
        {"epochs": 3, "c": 0.7, "l2_regularizer": 0.1, "preprocessing": False, "learning_rate": 0.01},
    ],
    "pyod_autoencoder": [
        {"epoch_num": 2},
        {"epoch_num": 2, "batch_norm": False, "hidden_neuron_list": [20], "optimizer_params": {}},
        {"epoch_num": 2, "dropout_rate": 0, "lr": 0.01, "preprocessing": False, "batch_size": 53},
    ],
    "pyod_vae": [
        {"epoch_num": 2},
        {"epoch_num": 2, "latent_dim": 3, "batch_norm": True, "logvar_clip": (-0.01, 0.02)},
        {"epoch_num": 2, "encoder_neuron_list": [8], "decoder_neuron_list": [6, 7], "logvar_clip": None},
    ],
}
CASES = [(name, params) for name, each in NETWORKS.items() for params in each]
# Parameters of which the library's own loop is left to learn.
LEFT = [
    ("ae1svm", {"epochs": 1, "hidden_activation": "tanh"}),
    ("ae1svm", {"epochs": 1, "loss_fn": nn.L1Loss()}),
    ("deep_svdd", {"epochs": 1, "optimizer": "sgd"}),
    ("deep_svdd", {"epochs": 1, "use_ae": True, "hidden_neurons": [8, 4]}),
    ("pyod_autoencoder", {"epoch_num": 1, "hidden_activation_name": "tanh"}),
    ("pyod_autoencoder", {"epoch_num": 1, "optimizer_params": {"adam_eps": 1e-3}}),
    ("pyod_vae", {"epoch_num": 1, "capacity": 1.0}),
    ("pyod_vae", {"epoch_num": 1, "output_activation_name": "sigmoid"}),
]


def rows(n=107, d=9):
    rng = np.random.default_rng(0)
    return rng.normal(size=(n, d)) @ rng.normal(size=(d, d))


def fitted(registry, name, X, **params):
    plugin = registry.detectors[name]
    detector = plugin.create({**plugin.defaults, **params})
    detector.fit(Train(X, 3, declared=plugin.declared))
    return detector


def network(model):
    return model.model_ if hasattr(model, "model_") else model.model


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "params"), CASES)
def test_a_network_learns_what_it_learns_in_the_library(name, params, registry):
    X = rows()
    quick = network(fitted(registry, name, X, **params).model).state_dict()
    library = network(fitted(registry, name, X, **params, implementation="library").model).state_dict()
    assert quick.keys() == library.keys()
    normed = any("running_mean" in key for key in library)
    for key, values in library.items():
        # A bias before batch normalisation has no gradient but rounding, of which Adam makes whole steps.
        if not (key.endswith(("linear.bias", "running_mean")) and normed):
            # That of a VAE's means has little more, the divergence's: a twentieth of a step is rounding.
            atol = 5e-5 if normed and key == "encoder_mu.bias" else 1e-6
            np.testing.assert_allclose(quick[key].numpy(), values.numpy(), rtol=1e-3, atol=atol, err_msg=key)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", NETWORKS)
def test_a_whole_training_ends_in_like_scores(name, registry):
    X, X_test = rows(200), rows(300)[200:] * 2
    quick, library = (
        fitted(registry, name, X, implementation=each).score(X_test) for each in ("fast", "library")
    )
    assert spearmanr(quick, library).statistic > 0.95


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "params"), CASES)
def test_no_graph_is_needed(name, params, registry, monkeypatch):
    def refused(*_, **__):
        raise AssertionError

    monkeypatch.setattr(torch.Tensor, "backward", refused)
    assert np.ptp(fitted(registry, name, rows(), **params).score(rows())) > 0


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "params"), LEFT)
def test_what_is_not_covered_is_left_to_the_library(name, params, registry, monkeypatch):
    called = []
    backward = torch.Tensor.backward
    monkeypatch.setattr(
        torch.Tensor, "backward", lambda *given, **named: called.append(1) or backward(*given, **named)
    )
    fitted(registry, name, rows(), **params)
    assert called


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("rate", [0, 0.3])
@pytest.mark.parametrize("norm", [False, True])
def test_gradients_are_those_of_torch(norm, rate, known, monkeypatch):
    if not known:  # draws by torch itself, which any of its builds can do
        monkeypatch.setattr(dropout, "dropout_is_known", lambda: False)
    torch.manual_seed(0)
    relu = nn.ReLU()  # one module at two places, as in AE1SVM
    sizes = [(5, 7), (7, 4)]
    parts = [
        nn.Sequential(nn.Linear(a, b), relu, *[nn.BatchNorm1d(b)] * norm, *[nn.Dropout(rate)] * (rate > 0))
        for a, b in sizes
    ]
    plain = nn.Linear(4, 3, bias=False)
    module = nn.Sequential(*parts, plain)
    # Normalisation is before ReLU, wherever it is named.
    order = [each for part in parts for each in (part[0], *part[2 : 2 + norm], relu, *part[2 + norm :])]
    x, weights = torch.randn(11, 5), torch.randn(11, 3)
    with torch.no_grad():
        for part in parts[: 2 * norm]:
            part[2].weight.uniform_(0.5, 2)
            part[2].bias.uniform_(-1, 1)
    state = {key: value.clone() for key, value in module.state_dict().items()}

    torch.manual_seed(1)
    wanted_x = x.clone().requires_grad_()
    wanted = nn.Sequential(*order, plain)(wanted_x)
    (wanted * weights).sum().backward()
    gradients = {key: value.grad.numpy().copy() for key, value in module.named_parameters()}
    buffers = {key: value.clone().numpy() for key, value in module.named_buffers()}
    module.load_state_dict(state)

    torch.manual_seed(1)
    learnt = learning.Learnt(module.parameters())
    found = layers.layers_of(learnt, module)
    np.testing.assert_allclose(layers.forward(found, x.numpy()), wanted.detach().numpy(), atol=1e-5)
    of_x = layers.backward_to_rows(found, weights.numpy().copy())
    np.testing.assert_allclose(of_x, wanted_x.grad.numpy(), atol=1e-5)
    for key, parameter in module.named_parameters():
        np.testing.assert_allclose(learnt[parameter][1], gradients[key], atol=1e-5, err_msg=key)
    for key, buffer in module.named_buffers():
        np.testing.assert_allclose(buffer.numpy(), buffers[key], atol=1e-5, err_msg=key)


def test_steps_are_those_of_adam():
    torch.manual_seed(0)
    module, other = nn.Linear(6, 5), nn.Linear(6, 5)
    other.load_state_dict(module.state_dict())
    learnt = learning.Learnt(module.parameters())
    ours = learning.Adam(learnt, 0.01, 0.1)
    theirs = torch.optim.Adam(other.parameters(), lr=0.01, weight_decay=0.1)
    for _ in range(20):
        gradients = torch.randn(35)
        learnt.gradients[:] = gradients.numpy()
        other.weight.grad, other.bias.grad = gradients[:30].view(5, 6), gradients[30:]
        ours.step()
        theirs.step()
    for one, two in zip(module.parameters(), other.parameters(), strict=True):
        np.testing.assert_allclose(one.detach().numpy(), two.detach().numpy(), rtol=1e-5, atol=1e-7)
