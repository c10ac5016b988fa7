"""What all statistical detectors have in common, and what mixtures have of their own."""

from __future__ import annotations

import importlib

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from scipy.stats import multivariate_normal
from sklearn.metrics import roc_auc_score
from sklearn.mixture import GaussianMixture

from bench import Train
from bench.plugins.registry import load_registry

PACKAGE = load_registry(installed=False).detectors["isolation_forest"].build.__module__.rpartition(".")[0]
annealing = importlib.import_module(f"{PACKAGE}._annealing")


def gaussian(rows, columns, seed=0):
    return np.random.default_rng(seed).normal(size=(rows, columns))


def clusters(rows, seed=0):
    """Three round clusters in the plane, far apart."""
    rng = np.random.default_rng(seed)
    return np.array([[0, 0], [12, 0], [0, 12]])[rng.integers(0, 3, rows)] + rng.normal(size=(rows, 2))


def between(rows, seed=0):
    """Rows spread over the plane."""
    return np.random.default_rng(seed).uniform(-10, 22, (rows, 2))


def waves(rows, seed=0):
    """Sines of any amplitude and little noise."""
    amplitudes = np.random.default_rng(seed).uniform(1, 20, (rows, 1))
    return amplitudes * np.sin(np.linspace(0, 6, 12)) + 0.1 * gaussian(rows, 12, seed)


def spikes(rows, seed=0):
    return waves(rows, seed) + 30 * np.eye(12)[np.random.default_rng(seed).integers(0, 12, rows)]


def spread(rows, seed=0):
    return 4 * gaussian(rows, 6, seed)


ROUND = (lambda rows, seed: gaussian(rows, 6, seed), spread)
DATA = {
    "gaussian_mixture": (clusters, between),
    "deterministic_annealing_mixture": (clusters, between),
    "minimum_volume_ellipsoid": ROUND,
    "elliptic_envelope": ROUND,
    "k_means": (clusters, between),
    "histogram_neighbour_density": (clusters, between),
    "parzen_windows": (clusters, between),
    "feature_matching": (waves, spikes),
    "dte_np": (clusters, between),
    "nystroem_one_class_svm": (clusters, between),
    "extended_isolation_forest": ROUND,
}
SEEDLESS = {"histogram_neighbour_density", "parzen_windows", "feature_matching", "dte_np"}


@pytest.fixture
def fit(registry):
    def fit(name, X, seed=0, **parameters):
        detector = registry.detectors[name].build(**parameters)
        detector.fit(Train(X, seed))
        return detector

    return fit


def area(detector, normal, anomalous):
    scores = np.concatenate([detector.score(normal), detector.score(anomalous)])
    return roc_auc_score(np.repeat([0, 1], [len(normal), len(anomalous)]), scores)


@pytest.mark.parametrize("name", DATA)
def test_finds_what_chance_does_not(fit, name):
    normal, anomalous = DATA[name]
    train, test, anomalies = normal(300, 0), normal(100, 1), anomalous(100, 2)
    detector = fit(name, train)
    assert area(detector, test, anomalies) > 0.85 > 0.7 > area(fit("random_score", train), test, anomalies)
    assert (detector.score(test) > detector.threshold).mean() < 0.3
    assert (detector.score(anomalies) > detector.threshold).mean() > 0.5


@pytest.mark.parametrize("name", DATA)
def test_the_seed_decides(registry, fit, name):
    X = DATA[name][0](120, 0)
    scores = [fit(name, X, seed).score(X) for seed in (1, 1, 2)]
    np.testing.assert_array_equal(scores[0], scores[1])
    assert registry.detectors[name].deterministic == (name in SEEDLESS)
    if name in SEEDLESS:
        np.testing.assert_array_equal(scores[0], scores[2])


AWKWARD = {
    "one column": gaussian(60, 1),
    "a constant column": np.column_stack([gaussian(60, 3), np.ones(60)]),
    "copies": np.repeat(gaussian(10, 4), 8, axis=0),
    "mostly one row": np.concatenate([np.ones((60, 4)), gaussian(30, 4)]),
    "more columns than rows": gaussian(15, 40),
    "few rows": gaussian(20, 5),
    "float32": gaussian(60, 4).astype(np.float32),
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("kind", AWKWARD)
@pytest.mark.parametrize("name", DATA)
def test_ranks_new_rows_of_awkward_data(fit, name, kind):
    train = AWKWARD[kind]
    detector, new = fit(name, train), gaussian(30, train.shape[1], seed=1).astype(train.dtype)
    scores = detector.score(new)
    assert scores.dtype == np.float64
    assert np.isfinite(scores).all()
    assert np.ptp(scores) > 0
    assert np.isfinite(detector.threshold)
    np.testing.assert_allclose(detector.score(new[:1]), scores[:1], rtol=1e-6)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_bic_finds_the_number_of_components_and_aic_no_fewer(fit, seed):
    X = clusters(400, seed)
    chosen = {name: fit("gaussian_mixture", X, criterion=name).mixture for name in ("aic", "bic")}
    assert chosen["bic"].n_components == 3 <= chosen["aic"].n_components
    assert chosen["aic"].aic(X) <= chosen["bic"].aic(X)


def test_the_criterion_chooses_full_covariances_only_where_columns_hang_together(fit):
    sheared = gaussian(300, 2) @ np.array([[1, 0.9], [0, 0.2]])
    assert fit("gaussian_mixture", sheared).mixture.covariance_type == "full"
    assert fit("gaussian_mixture", gaussian(300, 2)).mixture.covariance_type == "diag"
    assert fit("gaussian_mixture", gaussian(20, 30)).mixture.covariance_type == "diag"


def test_one_full_component_is_the_gaussian_density(fit):
    X = gaussian(200, 3)
    detector = fit("gaussian_mixture", X, max_components=1, covariance_type="full", reg_covar=0.0)
    expected = -multivariate_normal(X.mean(axis=0), np.cov(X.T, bias=True)).logpdf(X)
    np.testing.assert_allclose(detector.score(X), expected, rtol=1e-9)


def test_an_unknown_criterion_is_refused(fit):
    with pytest.raises(ValueError, match="'aic' or 'bic'"):
        fit("gaussian_mixture", gaussian(20, 2), criterion="cv")


def test_annealing_leaves_a_start_that_plain_em_does_not(fit):
    rng = np.random.default_rng(0)
    centres, kinds = rng.uniform(-20, 20, (5, 2)), rng.integers(0, 5, 500)
    X = centres[kinds] + rng.normal(size=(500, 2))
    poor = X[kinds == 0][:5]
    plain = GaussianMixture(5, means_init=poor, random_state=0).fit(X).score(X)
    _, means, variance = annealing.anneal(X, poor, np.geomspace(0.05, 1, 20), rng)
    assert cdist(centres, means).min(axis=1).max() < 0.5
    assert variance == pytest.approx(1, abs=0.2)
    assert -fit("deterministic_annealing_mixture", X).score(X).mean() > plain + 0.5


def test_posteriors_at_power_one_are_bayes_s_and_at_power_zero_even():
    X, means, weights = gaussian(20, 2), gaussian(3, 2, seed=1), np.array([0.5, 0.3, 0.2])
    joint = weights * np.stack([multivariate_normal(mean, 0.7 * np.eye(2)).pdf(X) for mean in means], axis=1)
    found = annealing.posteriors(X, weights, means, 0.7, beta=1)
    np.testing.assert_allclose(found, joint / joint.sum(axis=1, keepdims=True))
    np.testing.assert_allclose(annealing.posteriors(X, weights, means, 0.7, beta=0), 1 / 3)
