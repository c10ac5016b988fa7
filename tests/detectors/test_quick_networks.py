"""PyOD's networks trained without the library's overhead learn what they learn with it."""

from __future__ import annotations

import numpy as np
import pytest

from bench import Train

# So few steps that a difference of rounding has not grown yet.
FEW_STEPS = {
    # Before batch normalisation a bias has no gradient but rounding, which Adam makes steps of full size of.
    "ae1svm": {"epochs": 2, "batch_norm": False},
    "alad": {"epochs": 20, "learning_rate_gen": 0.01, "learning_rate_disc": 0.01},
    "anogan": {"epochs": 3, "epochs_query": 3},
    "deep_svdd": {"epochs": 5},
    "devnet": {"epochs": 5},
    "dif": {"n_ensemble": 5},
    "lunar": {"n_epochs": 20},
    "mo_gaal": {"stop_epochs": 3},
    "pyod_autoencoder": {"epoch_num": 3},
    "pyod_vae": {"epoch_num": 3},
    "so_gaal": {"stop_epochs": 3},
    "so_gaal_new": {"epoch_num": 9},
}
OTHERS = {
    "ae1svm": {"epochs": 2, "batch_norm": False, "preprocessing": False},
    "alad": {
        "epochs": 20, "preprocessing": True, "latent_dim": 3, "dec_layers": [6], "enc_layers": [8, 5],
        "disc_xx_layers": [7], "disc_xz_layers": [9, 4], "batch_size": 200, "dropout_rate": 0.4,
        "learning_rate_gen": 0.02, "learning_rate_disc": 0.01, "add_disc_zz_loss": False,
    },
    "anogan": {
        "epochs": 2, "epochs_query": 2, "preprocessing": True, "latent_dim_G": 3, "G_layers": [8, 5],
        "D_layers": [6], "batch_size": 25, "dropout_rate": 0.4, "learning_rate": 0.01,
        "learning_rate_query": 0.02,
    },
    "deep_svdd": {"epochs": 3, "optimizer": "sgd", "use_ae": True, "hidden_neurons": [8, 4]},
    "devnet": {"epochs": 5, "batch_size": 40, "network_depth": 2, "contamination": 0.2},
    "dif": {
        "n_ensemble": 3, "hidden_neurons": [30], "skip_connection": True, "batch_size": 40, "max_samples": 20,
    },
    "lunar": {"n_epochs": 20, "model_type": "SCORE", "val_size": 0.3},
    # At so high a rate it matters what the generators have learnt, and when they stop.
    "mo_gaal": {"stop_epochs": 2, "k": 3, "lr_g": 0.3, "momentum": 0.5},
    "pyod_vae": {
        "epoch_num": 2, "optimizer_name": "sgd", "lr": 1e-4, "optimizer_params": {}, "batch_norm": True,
    },
    "so_gaal": {"stop_epochs": 2, "lr_d": 0.1, "lr_g": 0.3, "momentum": 0.5},
    "so_gaal_new": {"epoch_num": 4, "lr_d": 0.1, "lr_g": 0.3, "momentum": 0.0, "preprocessing": True},
}  # fmt: skip
# Parameters that ours does not cover.
LEFT = {
    "alad": {"epochs": 3, "add_recon_loss": True},
    "anogan": {**FEW_STEPS["anogan"], "activation_hidden": "relu"},
    "devnet": {"epochs": 2, "network_depth": 4},
    "so_gaal_new": {"epoch_num": 3, "criterion_name": "mse"},
}

CASES = [(name, params) for each in (FEW_STEPS, OTHERS, LEFT) for name, params in each.items()]


def scores(registry, name, X, X_test, seed=3, **params):
    plugin = registry.detectors[name]
    detector = plugin.create({**plugin.defaults, **params})
    y = (np.arange(len(X)) % 8 == 0).astype(np.int8)
    detector.fit(Train(X, seed, y=y, declared=plugin.declared))
    of_training, of_one = detector.model.decision_scores_, detector.score(X_test[:1])
    return np.concatenate([detector.score(X_test), of_one, of_training, [detector.threshold]])


def assert_same_scores(registry, name, rows, params):
    rng = np.random.default_rng(0)
    X, X_test = rng.normal(size=(rows, 9)), rng.normal(size=(30, 9)) * 2
    X[:, 4] = 1
    X[7] = X[8]
    quick = scores(registry, name, X, X_test, **params)
    library = scores(registry, name, X, X_test, **params, implementation="library")
    np.testing.assert_allclose(quick, library, rtol=1e-4, atol=1e-6)
    assert np.ptp(library) > 0


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "params"), CASES, ids=[f"{name}-{len(params)}" for name, params in CASES])
def test_the_scores_are_those_of_the_library(name, params, registry):
    assert_same_scores(registry, name, 107, params)


@pytest.mark.parametrize("name", ["mo_gaal", "so_gaal", "so_gaal_new"])
def test_generators_stop_where_the_librarys_do_and_with_a_last_batch_that_is_not_full(name, registry):
    assert_same_scores(registry, name, 1013, OTHERS[name])


def test_more_generators_than_a_last_batch_has_rows_for(registry):
    assert_same_scores(registry, "mo_gaal", 504, {"stop_epochs": 1, "k": 4, "lr_g": 0.3})
