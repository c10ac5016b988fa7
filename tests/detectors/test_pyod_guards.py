"""What PyOD gets wrong, and what our guards make of it.

A test named "still" fails once the library is right; then the guard goes, and the test.
"""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from pyod.models.ae1svm import AE1SVM
from pyod.models.alad import ALAD
from pyod.models.auto_encoder import AutoEncoder
from pyod.models.cblof import CBLOF
from pyod.models.cd import CD
from pyod.models.cof import COF
from pyod.models.devnet import DevNet
from pyod.models.lof import LOF
from pyod.models.lscp import LSCP
from pyod.models.mad import MAD
from pyod.models.mo_gaal import MO_GAAL
from pyod.models.pca import PCA
from pyod.models.qmcd import QMCD
from pyod.models.sampling import Sampling
from pyod.models.sod import SOD
from pyod.models.vae import VAE
from pyod_rows import QUICK, TEST, TRAIN, Y_TRAIN, balanced_clusters, fitted, silently

devnet = import_module("pyod.models.devnet")
# PyOD's own, on rows as few and as odd as these.
pytestmark = pytest.mark.filterwarnings("ignore")

WITH_CONSTANT = np.c_[TRAIN, np.ones(len(TRAIN))]


RAISING = {
    "ae1svm on one row": lambda: AE1SVM(epochs=1).fit(TRAIN).decision_function(TEST[:1]),
    "auto_encoder on few rows": lambda: AutoEncoder(verbose=0).fit(TRAIN[:20]),
    "cblof without small clusters": lambda: CBLOF(random_state=0).fit(balanced_clusters()),
    "cof on one row": lambda: COF().fit(TRAIN).decision_function(TEST[:1]),
    "devnet on one row": lambda: DevNet(epochs=1).fit(TRAIN, Y_TRAIN).decision_function(TEST[:1]),
    "mad on two columns": lambda: MAD().fit(TRAIN[:, :2]),
    "sampling of more rows than there are": lambda: Sampling().fit(TRAIN[:15]),
    "sod on one row": lambda: SOD().fit(TRAIN).decision_function(TEST[:1]),
    "sod on few rows": lambda: SOD().fit(TRAIN[:20]),
    "lscp on few rows": lambda: LSCP([LOF(), LOF(5)]).fit(TRAIN[:20]),
}


@pytest.mark.parametrize("call", RAISING.values(), ids=RAISING)
def test_pyod_still_raises(call):
    with pytest.raises((ValueError, IndexError, UnboundLocalError)):
        silently(call)


NOT_FINITE = {
    "cd on one row": lambda: CD().fit(TRAIN).decision_function(TEST[:1]),
    "pca, dependent columns": lambda: PCA().fit(np.c_[TRAIN, TRAIN, TRAIN]).decision_scores_,
    "pca with its full solver, a constant column": lambda: (
        PCA(svd_solver="full").fit(WITH_CONSTANT).decision_scores_
    ),
}


@pytest.mark.parametrize("call", NOT_FINITE.values(), ids=NOT_FINITE)
def test_pyod_still_gives_scores_that_are_not_finite(call):
    assert not np.isfinite(silently(call)).all()


@pytest.mark.parametrize("X", [np.c_[TRAIN, TRAIN, TRAIN], WITH_CONSTANT], ids=["dependent", "constant"])
def test_pca_is_finite_on_dependent_columns_and_on_a_constant_one(X):
    detector = fitted("pca", X)
    assert np.isfinite(detector.score(X)).all()
    assert np.mean(detector.score(X) > detector.threshold) == pytest.approx(0.1)


CHANGING = {
    "alad": lambda: ALAD(epochs=10),
    "lscp": lambda: LSCP([LOF(k) for k in (2, 5, 20, 50)], random_state=0),
    "pyod_vae": lambda: VAE(epoch_num=2, verbose=0),
}


@pytest.mark.parametrize("name", CHANGING)
def test_pyod_still_scores_the_same_rows_otherwise_each_time_and_we_do_not(name):
    model = CHANGING[name]().fit(TRAIN)
    assert not np.allclose(model.decision_function(TEST), model.decision_function(TEST))
    ours = fitted(name, TRAIN, **QUICK.get(name, {}))
    np.testing.assert_array_equal(ours.score(TEST), ours.score(TEST))


def test_mo_gaal_still_scores_by_how_real_a_row_is_and_we_by_how_unreal():
    real = np.random.default_rng(0).uniform(0, 0.4, (200, 3))
    X, noise = np.concatenate([real, np.ones((1, 3))]), np.full((1, 3), 0.9)
    model = MO_GAAL(stop_epochs=10)
    silently(model.fit, X)
    assert model.decision_function(noise) < model.decision_function(real).min()
    ours = fitted("mo_gaal", X, stop_epochs=10)
    assert ours.score(noise) > ours.score(real).max()


def test_qmcd_still_scores_a_row_far_outside_lowest_and_we_do_not():
    normal = TRAIN[Y_TRAIN == 0]
    far = np.full((1, TRAIN.shape[1]), 100.0)
    model = QMCD().fit(normal)
    assert model.decision_function(far) < model.decision_scores_.min()
    assert fitted("qmcd", normal).score(far) > np.median(model.decision_scores_)


def arguments_of_the_deviation_loss(fit):
    """What the loss is called with first: its two arguments."""
    calls = []
    loss = devnet.deviation_loss

    def recorded(y_true, y_pred):
        calls.append((y_true, y_pred))
        return loss(y_true, y_pred)

    with patch.object(devnet, "deviation_loss", recorded):
        silently(fit)
    assert devnet.deviation_loss is loss
    return calls[0]


def test_pyod_still_calls_the_deviation_loss_with_its_arguments_swapped_and_we_do_not():
    assert list(inspect.signature(devnet.deviation_loss).parameters) == ["y_true", "y_pred"]
    y_true, _ = arguments_of_the_deviation_loss(lambda: DevNet(epochs=1).fit(TRAIN, Y_TRAIN))
    assert y_true.requires_grad  # it is what the network made of the rows
    params = {"epochs": 1, "implementation": "library"}
    y_true, y_pred = arguments_of_the_deviation_loss(lambda: fitted("devnet", TRAIN, Y_TRAIN, **params))
    assert y_pred.requires_grad
    assert not y_true.requires_grad
    assert y_true.shape == y_pred.shape


def test_clusters_of_one_size_are_all_large_to_cblof():
    X = balanced_clusters()
    detector = fitted("cblof", X)
    centres = detector.model.cluster_centers_
    nearest = np.linalg.norm(X[:, None] - centres, axis=2).min(axis=1)
    np.testing.assert_allclose(detector.score(X), nearest)


def test_mad_is_the_largest_of_its_columns_and_passes_over_one_that_is_mostly_constant():
    detector = fitted("mad", WITH_CONSTANT)
    columns = [MAD().fit(TRAIN[:, [i]]).decision_function(TEST[:, [i]]) for i in range(TRAIN.shape[1])]
    assert np.array_equal(detector.score(np.c_[TEST, np.zeros(len(TEST))]), np.max(columns, axis=0))
    assert detector.threshold == 3.5


@pytest.mark.parametrize("name", ["cof", "sod"])
def test_a_batch_of_enough_rows_is_scored_as_the_library_does_and_a_small_one_among_training_rows(name):
    by_hand = {"cof": COF, "sod": SOD}[name]().fit(TRAIN)
    detector = fitted(name, TRAIN)
    np.testing.assert_allclose(detector.score(TEST), by_hand.decision_function(TEST), rtol=1e-12)
    among = by_hand.decision_function(np.concatenate([TEST[-1:], TRAIN[:49]]))
    np.testing.assert_allclose(detector.score(TEST[-1:]), among[:1], rtol=1e-12)


@pytest.mark.parametrize("name", ["alad", "devnet", "lscp", "lunar", "ocsvm"])
def test_the_seed_alone_decides_and_the_global_generators_are_left_alone(name):
    import torch

    def scores(seed, elsewhere):
        np.random.seed(elsewhere)
        torch.manual_seed(elsewhere)
        before = np.random.get_state()[1].copy(), torch.get_rng_state()
        found = fitted(name, TRAIN, Y_TRAIN, seed, **QUICK.get(name, {})).score(TEST)
        assert np.array_equal(np.random.get_state()[1], before[0])
        assert torch.equal(torch.get_rng_state(), before[1])
        return found

    one = scores(1, elsewhere=10)
    np.testing.assert_array_equal(one, scores(1, elsewhere=11))
    assert np.array_equal(one, scores(2, elsewhere=10)) == (name == "ocsvm")


@pytest.mark.parametrize("rows", [20, 33])
@pytest.mark.parametrize(
    "name", ["ae1svm", "pyod_autoencoder", "pyod_vae", "sampling", "sod", "lscp", "cblof"]
)
def test_few_rows_and_a_last_batch_of_one_row_are_enough(name, rows):
    detector = fitted(name, TRAIN[-rows:], **QUICK.get(name, {}))
    for batch in (TEST[:1], TEST[:33]):
        assert np.isfinite(detector.score(batch)).all()


def test_a_row_without_a_label_counts_as_normal():
    hidden = np.where(Y_TRAIN == 1, 1, -1)
    labelled, partly = (fitted("devnet", TRAIN, y, epochs=5).score(TEST) for y in (Y_TRAIN, hidden))
    np.testing.assert_array_equal(labelled, partly)


def test_xgbod_calls_what_is_more_likely_anomalous_than_not():
    assert fitted("xgbod", TRAIN, Y_TRAIN).threshold == 0.5


def test_what_draws_nothing_from_torch_does_not_import_it(bench_environment):
    """It would take a second of each process, and more memory than the rest of its library."""
    script = """
import sys
from warnings import simplefilter
from pyod_rows import QUICK, TEST, TRAIN, Y_TRAIN, fitted
simplefilter("ignore")
for name in ("kde", "ocsvm", "suod", "xgbod"):
    fitted(name, TRAIN, Y_TRAIN, 1, **QUICK.get(name, {})).score(TEST)
    assert "torch" not in sys.modules, name
"""
    path = os.pathsep.join([bench_environment["PYTHONPATH"], str(Path(__file__).parents[1] / "helpers")])
    environment = {**bench_environment, "PYTHONPATH": path}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
