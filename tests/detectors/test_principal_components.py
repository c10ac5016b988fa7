"""The principal components of Shyu et al., and what PyOD makes of them."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

from bench import Train


@pytest.fixture
def fitted(registry):
    def fit(name, X, **parameters):
        detector = registry.detectors[name].build(**parameters)
        detector.fit(Train(X, 0))
        return detector

    return fit


def mirrored(sign):
    """Gaussian rows along (1, 1), and anomalies off it on one side; all times ``sign``."""
    a, b = np.random.default_rng(0).spawn(2)
    X = np.repeat(a.normal(size=(600, 1)), 2, axis=1) + 0.1 * b.normal(size=(600, 2))
    X[:40, 0] += 1.0
    return sign * X, np.arange(600) < 40


def areas(fitted, name):
    """ROC AUC on the rows and on their mirror image."""
    return [roc_auc_score(y, fitted(name, X[40:]).score(X)) for X, y in (mirrored(1), mirrored(-1))]


def test_rows_and_their_mirror_image_are_ranked_alike(fitted):
    one, other = areas(fitted, "principal_component_classifier")
    assert one == other > 0.99


def test_the_library_ranks_the_mirror_image_otherwise(fitted):
    """Once it does not, `pca` need not declare the flaw "mirror"."""
    one, other = areas(fitted, "pca")
    assert abs(one - other) > 0.3


def test_the_score_is_the_larger_of_both_sums_over_their_quantiles(fitted):
    rng = np.random.default_rng(1)
    X = rng.normal(size=(500, 3)) @ rng.normal(size=(3, 6)) + 0.2 * rng.normal(size=(500, 6)) + 5
    detector = fitted("principal_component_classifier", X, trim=0)
    standard = StandardScaler().fit_transform(X)
    pca = PCA().fit(standard)
    variances = pca.singular_values_**2 / len(X)
    squares = pca.transform(standard) ** 2 / variances
    first = int(np.searchsorted(np.cumsum(variances), 0.5 * 6)) + 1
    sums = np.stack([squares[:, :first].sum(axis=1), squares[:, variances < 0.2].sum(axis=1)])
    quantiles = np.quantile(sums, np.sqrt(0.9), axis=1)
    assert 0 < first < 6 - (variances < 0.2).sum()
    np.testing.assert_allclose(detector.score(X), (sums / quantiles[:, None]).max(axis=0))
    assert np.mean(detector.score(X) > detector.threshold) == pytest.approx(0.1, abs=0.03)


def test_the_most_extreme_training_rows_do_not_shape_the_components(fitted):
    rng = np.random.default_rng(2)
    X = np.repeat(rng.normal(size=(1000, 1)), 4, axis=1) + 0.3 * rng.normal(size=(1000, 4))
    clean = fitted("principal_component_classifier", X, trim=0).components
    spoilt = X.copy()
    spoilt[:5] = 60 * np.array([1, -1, 1, -1])
    trimmed, kept = (fitted("principal_component_classifier", spoilt, trim=trim).components
                     for trim in (0.005, 0))  # fmt: skip
    assert abs(trimmed.axes[:, 0] @ clean.axes[:, 0]) > 0.999
    assert abs(kept.axes[:, 0] @ clean.axes[:, 0]) < 0.1


@pytest.mark.parametrize("X", [np.ones((30, 2)), np.repeat(np.arange(30.0)[:, None], 3, axis=1)])
def test_directions_without_variance_are_left_out(fitted, X):
    assert np.isfinite(fitted("principal_component_classifier", X).score(X + 1)).all()
