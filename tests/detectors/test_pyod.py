"""PyOD's detectors give the library's scores, and tell anomalies from normal rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pyod.models.copod import COPOD
from pyod.models.ecod import ECOD
from pyod.models.hbos import HBOS
from pyod.models.knn import KNN
from pyod.models.lof import LOF
from pyod.models.ocsvm import OCSVM
from pyod_rows import DETECTORS, QUICK, TEST, TRAIN, Y_TEST, Y_TRAIN, fitted
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

from bench import Train
from bench.spec import Spec


def one_cluster_in_a_cube():
    """A cluster of normal rows in the unit cube, with its two ends, and anomalies in the rest of it."""
    rng = np.random.default_rng(0)
    normal, anomalous = rng.normal(0.2, 0.05, (460, 4)), rng.uniform(0.4, 1, (20, 4))
    X = np.concatenate([normal[:400], [[0] * 4, [1] * 4]])
    return X, None, np.concatenate([normal[400:], anomalous]), np.arange(80) >= 60


def directions_in_a_plane():
    """Normal rows of length 1 in a plane, anomalies in any direction."""
    rng = np.random.default_rng(0)
    plane = np.linalg.qr(rng.normal(size=(8, 2)))[0].T
    X = np.concatenate([rng.normal(size=(160, 2)) @ plane, rng.normal(size=(8, 8))])
    X /= np.linalg.norm(X, axis=1, keepdims=True)
    return X[:120], None, X[120:], np.arange(48) >= 40


def layer_with_others_above_and_below():
    return TRAIN, Y_TRAIN, TEST, Y_TEST


# What these take for anomalous is not what the others do.
MADE_FOR = {
    "mo_gaal": (one_cluster_in_a_cube, {}),
    "rgraph": (directions_in_a_plane, {"preprocessing": False, "transition_steps": 100}),
    "so_gaal": (one_cluster_in_a_cube, {}),
    "so_gaal_new": (one_cluster_in_a_cube, {"epoch_num": 200}),
    "sos": (layer_with_others_above_and_below, {"perplexity": 30}),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", DETECTORS)
def test_it_tells_anomalies_from_normal_rows_and_chance_does_not(name, registry):
    make, params = MADE_FOR.get(name, (layer_with_others_above_and_below, QUICK.get(name, {})))
    X, y, X_test, y_test = make()
    chance = registry.detectors["random_score"].build()
    chance.fit(Train(X, 0))
    scores = fitted(name, X, y, **params).score(X_test)
    assert scores.dtype == np.float64
    assert roc_auc_score(y_test, scores) > 0.8 > roc_auc_score(y_test, chance.score(X_test))


DATA = Path(__file__).parents[3] / "shared" / "data" / "adbench"
ROWS = 400


def tables():
    files = {file.stem: file for file in sorted(DATA.glob("*.npz"))}
    sizes = {name: len(np.load(file, allow_pickle=False)["y"]) for name, file in files.items()}
    return [pytest.param(files[name], id=name) for name, size in sizes.items() if 1_000 <= size <= 12_000]


# libsvm's scores grow with the number of rows times nu, and are divided by it here.
SCALE = {"ocsvm": 0.5 * ROWS}
BY_HAND = {"knn": KNN, "lof": LOF, "hbos": HBOS, "ecod": ECOD, "copod": COPOD, "ocsvm": OCSVM}


@pytest.mark.skipif(not DATA.is_dir(), reason="the files of ADBench are not beside the repository")
@pytest.mark.parametrize("file", tables())
def test_scores_equal_the_library_s_on_published_tables(file):
    X = np.load(file, allow_pickle=False)["X"].astype(float)
    train, test = X[::2][:ROWS], X[1::2][:ROWS]
    scale = StandardScaler().fit(train).transform
    train, test = scale(train), scale(test)
    for name, by_hand in BY_HAND.items():
        expected = by_hand().fit(train).decision_function(test)
        scores = fitted(name, train).score(test) * SCALE.get(name, 1)
        np.testing.assert_allclose(scores, expected, rtol=1e-9, err_msg=name)


def test_the_library_s_parameters_are_ours(registry):
    plugin, params = registry.detector(Spec.parse("knn:n_neighbors=20,method=mean"))
    detector = plugin.build(**params)
    detector.fit(Train(TRAIN, 0))
    expected = KNN(n_neighbors=20, method="mean").fit(TRAIN)
    np.testing.assert_array_equal(detector.score(TEST), expected.decision_function(TEST))
    assert detector.threshold == expected.threshold_
