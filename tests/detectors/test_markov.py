"""Markov chains and fields, on data that they were made for."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from scipy.stats import multivariate_normal
from sklearn.covariance import graphical_lasso
from sklearn.metrics import roc_auc_score

from bench import Train

IMAGE = (8, 12)


def fitted(registry, name, X, y=None, shape=None, seed=0, **params):
    plugin = registry.detectors[name]
    detector = plugin.build(**params)
    detector.fit(Train(X, seed, y=y, declared=plugin.declared, shape=shape))
    return detector


def auc(detector, normal, anomalous):
    scores = detector.score(np.concatenate([normal, anomalous]))
    return roc_auc_score(np.repeat([0, 1], [len(normal), len(anomalous)]), scores)


def autoregression(rows, points=40, persistence=0.9, seed=0):
    """Stationary curves, each point the last one's share plus noise, with unit variance throughout."""
    noise = np.random.default_rng(seed).normal(size=(rows, points))
    X = noise.copy()
    for i in range(1, points):
        X[:, i] = persistence * X[:, i - 1] + np.sqrt(1 - persistence**2) * noise[:, i]
    return X


def shuffled(X, seed=0):
    """The same values in each row, in another order."""
    return np.random.default_rng(seed).permuted(X, axis=1)


def textures(rows, seed=0):
    noise = np.random.default_rng(seed).normal(size=(rows, *IMAGE))
    return gaussian_filter(noise, sigma=(0, 1, 1)).reshape(rows, -1)


def scratched(images, seed=0):
    """A row of pixels of each image replaced by one of another image: each pixel stays what it could be."""
    rng = np.random.default_rng(seed)
    scratched = images.reshape(-1, *IMAGE).copy()
    rows = rng.integers(1, IMAGE[0] - 1, len(images))
    each = np.arange(len(images))
    scratched[each, rows] = np.roll(scratched, 1, axis=0)[each, rows]
    return scratched.reshape(len(images), -1)


def correlated(rows, seed=0):
    """Six columns in pairs that nearly agree."""
    rng = np.random.default_rng(seed)
    pairs = rng.normal(size=(rows, 3))
    return np.concatenate([pairs, pairs + 0.2 * rng.normal(size=(rows, 3))], axis=1)


def mismatched(X):
    """The second of each pair comes from another row, so that no column's distribution changes."""
    return np.concatenate([X[:, :3], np.roll(X[:, 3:], 1, axis=0)], axis=1)


MADE_FOR = {
    "hidden_markov_model": (autoregression, shuffled, None),
    "gaussian_chain_field": (autoregression, shuffled, None),
    "gaussian_grid_field": (textures, scratched, IMAGE),
    "graphical_lasso": (correlated, mismatched, None),
}


@pytest.mark.parametrize("name", MADE_FOR)
def test_changed_dependence_is_found_where_no_value_is_unusual(registry, name):
    make, change, shape = MADE_FOR[name]
    train, normal, changed = make(150), make(60, seed=1), change(make(60, seed=2))
    assert auc(fitted(registry, name, train, shape=shape), normal, changed) > 0.9
    assert auc(fitted(registry, "random_score", train), normal, changed) < 0.7


@pytest.mark.parametrize("name", MADE_FOR)
def test_threshold_is_a_quantile_of_the_training_scores(registry, name):
    make, _, shape = MADE_FOR[name]
    train = make(100)
    detector = fitted(registry, name, train, shape=shape, contamination=0.2)
    assert (detector.score(train) > detector.threshold).mean() == pytest.approx(0.2, abs=0.02)


def with_covariance(covariance, rows=200, seed=0):
    """Rows whose mean is exactly 0 and whose covariance is exactly the given one."""
    noise = np.random.default_rng(seed).normal(size=(rows, len(covariance)))
    white = np.linalg.svd(noise - noise.mean(axis=0), full_matrices=False)[0] * np.sqrt(rows)
    return white @ np.linalg.cholesky(covariance).T


def test_chain_field_is_the_density_of_an_autoregressive_process(registry):
    points = 15
    innovations = np.eye(points) - 0.6 * np.eye(points, k=-1) - 0.3 * np.eye(points, k=-2)
    covariance = np.linalg.inv(innovations.T @ innovations)
    X, test = with_covariance(covariance), np.random.default_rng(1).normal(size=(20, points))
    log_density = multivariate_normal(cov=covariance).logpdf(test)
    for order, same in ((1, False), (2, True), (4, True)):
        found = fitted(registry, "gaussian_chain_field", X, order=order, floor=1e-12).score(test)
        assert (np.ptp(found + log_density) < 1e-6) == same


def test_chain_field_notices_a_small_bump_on_curves_without_noise(registry):
    grid = np.linspace(0, 1, 64)
    centres = np.random.default_rng(0).uniform(0.2, 0.8, 260)
    X = np.exp(-(((grid - centres[:, None]) / 0.3) ** 2))
    bump = 0.05 * np.exp(-(((grid - 0.5) / 0.03) ** 2))
    detector = fitted(registry, "gaussian_chain_field", X[:200])
    assert auc(detector, X[200:230], X[230:] + bump) > 0.95


def test_an_image_of_one_row_is_a_chain(registry):
    X, test = autoregression(100), autoregression(20, seed=1)
    grid = fitted(registry, "gaussian_grid_field", X, shape=(1, 40), reach=2, floor=1e-3)
    chain = fitted(registry, "gaussian_chain_field", X, order=2, floor=1e-3)
    np.testing.assert_allclose(grid.score(test), chain.score(test))


def test_grid_field_goes_by_the_shape_of_the_image(registry):
    train, normal, anomalous = textures(150), textures(60, seed=1), scratched(textures(60, seed=2))
    right = fitted(registry, "gaussian_grid_field", train, shape=IMAGE)
    wrong = fitted(registry, "gaussian_grid_field", train, shape=IMAGE[::-1])
    assert auc(right, normal, anomalous) > auc(wrong, normal, anomalous) + 0.05


def test_graphical_lasso_gives_the_precision_of_scikit_learn(registry):
    X = correlated(400)
    precision = fitted(registry, "graphical_lasso", X, alpha=0.1, max_iter=300).precision
    expected = graphical_lasso(np.corrcoef(X.T), 0.1)[1]
    np.testing.assert_allclose(precision, expected, atol=0.01 * expected.max())


def test_graphical_lasso_leaves_out_what_chance_makes_of_correlations(registry):
    precision = fitted(registry, "graphical_lasso", correlated(400)).precision
    pairs = np.eye(6, k=3, dtype=bool) | np.eye(6, k=-3, dtype=bool) | np.eye(6, dtype=bool)
    assert np.abs(precision[pairs]).min() > 1
    assert np.median(np.abs(precision[~pairs])) < 0.01


def test_graphical_lasso_bears_dependent_columns(registry):
    """Columns that share a factor, some of them twice, and a constant one."""
    rng = np.random.default_rng(0)
    shared = rng.normal(size=(250, 4)) @ rng.normal(size=(4, 30))
    X = np.column_stack([shared, shared[:, :5], np.ones(250)])
    detector = fitted(registry, "graphical_lasso", X[:150])
    assert auc(detector, X[150:200], rng.permuted(X[200:], axis=0)) > 0.95


def test_hidden_markov_model_depends_on_nothing_but_its_seed(registry):
    X = autoregression(60)
    first, again, other = (
        fitted(registry, "hidden_markov_model", X, seed=seed, max_curves=20).score(X) for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)


def test_hidden_markov_model_survives_values_that_no_state_explains(registry):
    """Two states, one value far above all others and one far below: the quick way of fitting fails."""
    X = autoregression(200)
    X[:2, 20] = 1e6, -1e6
    detector = fitted(registry, "hidden_markov_model", X, n_states=2)
    scores = detector.score(X)
    assert np.isfinite(scores).all()
    assert set(np.argsort(scores)[-2:]) == {0, 1}


KINDS = np.concatenate([autoregression(60), shuffled(autoregression(60, seed=1))])


def test_conditional_random_field_learns_which_kind_is_anomalous(registry):
    smooth, rough = autoregression(30, seed=2), shuffled(autoregression(30, seed=3))
    labels = np.repeat([0, 1], 60)
    found = fitted(registry, "conditional_random_field", KINDS, y=labels)
    assert auc(found, smooth, rough) > 0.9
    assert (found.score(rough) > found.threshold).mean() > 0.8
    assert (found.score(smooth) > found.threshold).mean() < 0.2
    assert auc(fitted(registry, "conditional_random_field", KINDS, y=1 - labels), rough, smooth) > 0.9


def test_conditional_random_field_takes_unlabelled_curves_for_normal(registry):
    hidden = np.full(120, -1)
    hidden[-8:] = 1
    scores = [
        fitted(registry, "conditional_random_field", KINDS, y=y).score(KINDS)
        for y in (hidden, np.maximum(hidden, 0))
    ]
    np.testing.assert_array_equal(*scores)
    assert roc_auc_score(np.repeat([0, 1], 60), scores[0]) > 0.8
