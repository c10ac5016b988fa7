"""Curves and bumps: what an anomaly changes, and that the optimum is one."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from bench.errors import DataError
from bench.plugins.contract import Train
from bench.plugins.registry import load_registry
from bench.spec import Spec
from bench.trials.split_cache import make_split

REGISTRY = load_registry(installed=False)
BUMPS = ("gaussian", "lorentzian")
ALL = (*BUMPS, "sinusoids", "random_walk")
BASES = {
    "extra_bump": ALL,
    "missing_bump": BUMPS,
    "shift": ALL,
    "spike": ALL,
    "dropout": ALL,
    "level": ALL,
    "phase": ("sinusoids",),
    "frequency": ("sinusoids",),
    "noise_burst": ALL,
    "asymmetric_bump": BUMPS,
}
PAIRS = [(anomaly, base) for anomaly, bases in BASES.items() for base in bases]
EACH_PAIR = pytest.mark.parametrize(("anomaly", "base"), PAIRS)


def split(text, seed=0, **params):
    plugin, defaults = REGISTRY.dataset(Spec.parse(text))
    return make_split(plugin, {**defaults, **params}, seed)


def curves(seed=0, **params):
    sizes = {"normals": 2, "anomalies": 1, "test_normals": 40, "test_anomalies": 40, "points": 32}
    return split("curves", seed, **{**sizes, **params})


def rows(drawn, label):
    """The test rows of a class in an order that does not depend on how they are changed."""
    return drawn.X_test[drawn.y_test == label]


@EACH_PAIR
def test_an_anomaly_differs_more_the_stronger_it_is(anomaly, base):
    none, some, more = (
        curves(anomaly=anomaly, base=base, strength=strength, noise=0.01) for strength in (0, 1, 2)
    )
    assert np.array_equal(rows(none, 0), rows(more, 0))
    by_little, by_more = (np.abs(rows(drawn, 1) - rows(none, 1)).mean() for drawn in (some, more))
    assert 0 < by_little < by_more


@pytest.mark.parametrize(
    ("anomaly", "base", "values"), [("spike", "sinusoids", 1), ("dropout", "random_walk", 4)]
)
def test_an_anomaly_of_a_place_changes_few_values(anomaly, base, values):
    # A window has one point at least, whatever the strength: what it is compared with has another anomaly.
    none, some = (
        curves(anomaly=kind, base=base, strength=strength) for kind, strength in (("spike", 0), (anomaly, 1))
    )
    changed = np.abs(rows(some, 1) - rows(none, 1)) > 1e-9
    assert changed.sum(axis=1).max() == values


def test_dropout_reads_0_with_the_noise_of_all_values():
    drawn = curves(anomaly="dropout", base="gaussian", noise=0.0, strength=3)
    assert ((rows(drawn, 1) == 0).sum(axis=1) >= 5).all()
    assert (rows(drawn, 0) > 0).all()


def test_the_shape_of_a_bump_is_that_of_bumps():
    drawn = curves(base="lorentzian", noise=0.0, points=400)
    assert rows(drawn, 0).max() == pytest.approx(1, abs=1e-3)
    assert (np.diff(np.sign(np.diff(rows(drawn, 0))), axis=1) <= 0).all()  # up to the top, then down


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (
            {"base": "square"},
            "unknown base 'square'; there are: gaussian, lorentzian, random_walk, ",
        ),
        ({"anomaly": "spikes"}, "unknown anomaly 'spikes'; did you mean 'spike'?"),
        (
            {"anomaly": "missing_bump", "base": "random_walk"},
            "anomaly=missing_bump makes no sense for base=random_walk; use base=gaussian or lorentzian",
        ),
        (
            {"anomaly": "phase", "base": "gaussian"},
            "anomaly=phase makes no sense for base=gaussian; use base=sinusoids",
        ),
        ({"strength": -1}, "'strength' must be 0 or more, not -1"),
    ],
)
def test_curves_that_cannot_be_drawn_say_why(params, message):
    with pytest.raises(DataError, match=message):
        curves(**params)


@pytest.mark.parametrize("name", ["curves", "bumps"])
def test_without_noise_there_is_no_optimum(name):
    assert split(name, normals=5, anomalies=2, noise=0.0).optimum is None
    assert split(name, normals=5, anomalies=2, noise=0.1).optimum is not None


# Weak anomalies, so that the mean ratio does not rest on a few rows, and yet not too weak to matter.
WEAK = {"noise": 0.6, "test_normals": 1000, "test_anomalies": 1000}


def mean_and_error(values):
    return values.mean(), values.std() / np.sqrt(len(values))


def assert_calibrated(drawn):
    """The ratio of the densities has the mean 1 over normal rows, and its inverse over anomalies."""
    ratio = drawn.optimum(drawn.X_test)
    assert ratio.std() > 0.05
    for label, sign in ((0, 1), (1, -1)):
        mean, error = mean_and_error(np.exp(sign * ratio[drawn.y_test == label]))
        assert error < 0.1
        assert mean == pytest.approx(1, abs=4 * error + 0.01)


@EACH_PAIR
def test_the_optimum_of_curves_is_the_likelihood_ratio(anomaly, base):
    strength = {"noise_burst": 6, "spike": 2}.get(anomaly, 1)
    assert_calibrated(curves(anomaly=anomaly, base=base, strength=strength, **WEAK))


@pytest.mark.parametrize("protocol", ["seeded", "article"])
def test_the_optimum_of_bumps_is_the_likelihood_ratio(protocol):
    params = {"points": 32, "noise": 0.2, "normals": 20, "anomalies": 10, "protocol": protocol}
    assert_calibrated(split("bumps", test_normals=500, test_anomalies=500, **params))


def test_the_density_of_a_bump_is_its_integral_over_place_and_width():
    """Against a grid so fine that the integral needs no tangents."""
    drawn = split("curves:base=gaussian,anomaly=missing_bump", points=32, noise=0.1, strength=1.0,
                  normals=2, anomalies=1, test_normals=10, test_anomalies=10)  # fmt: skip
    mu, sigma = np.meshgrid(np.linspace(0.1, 0.9, 401), np.linspace(0.05, 0.5, 226))
    bumps = np.exp(-(((np.linspace(0, 1, 32) - mu.reshape(-1, 1)) / sigma.reshape(-1, 1)) ** 2) / 2)

    def log_density(height):
        squared = ((drawn.X_test[:, None] - height * bumps) ** 2).sum(axis=2)
        return np.logaddexp.reduce(-squared / (2 * 0.1**2), axis=1)

    exact = log_density(0.9) - log_density(1.0)
    assert np.allclose(drawn.optimum(drawn.X_test), exact, atol=0.1)


UNLABELLED = ("knn", "pca", "one_class_svm", "isolation_forest", "mahalanobis")
RIVALS = (*UNLABELLED, "random_forest")


def area(name, drawn):
    """ROC AUC of a detector: one with labels sees them all, the others see normal rows only."""
    plugin = REGISTRY.detectors[name]
    params = {**plugin.defaults, **({"n_estimators": 20} if "forest" in name else {})}
    X, y = (part if plugin.labels else part[drawn.y_train == 0] for part in drawn.train)
    detector = plugin.create(params)
    detector.fit(Train(X, 0, y=y, declared=plugin.declared))
    return roc_auc_score(drawn.y_test, detector.score(drawn.X_test))


@pytest.mark.parametrize(
    "text",
    [
        "bumps:noise=0.1,points=32",
        "curves:anomaly=dropout,base=lorentzian,noise=0.1,points=32",
        "curves:anomaly=spike,base=random_walk,noise=0.1,points=32",
        "curves:anomaly=phase,base=sinusoids,noise=0.1,points=64",
    ],
)
def test_no_detector_is_better_than_the_optimum(text):
    sizes = {"normals": 80, "anomalies": 20, "test_normals": 30, "test_anomalies": 30, "calibration": 0.0}
    splits = [split(text, seed, **sizes) for seed in range(20)]
    # One call for all: they have the same densities.
    scores = np.split(splits[0].optimum(np.concatenate([each.X_test for each in splits])), len(splits))
    best = np.mean([roc_auc_score(each.y_test, score) for each, score in zip(splits, scores, strict=True)])
    rivals = {name: np.mean([area(name, each) for each in splits]) for name in RIVALS}
    assert best > max(rivals.values()), rivals
    assert best > 0.6
