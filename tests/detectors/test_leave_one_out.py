"""What detectors say of training rows left out is what fits to the others say."""

from __future__ import annotations

import numpy as np
import pytest

from bench.plugins.contract import Train
from bench.plugins.outputs import left_out_scores
from bench.plugins.registry import missing_packages
from bench.spec import Spec

KNOWN = [
    "knn", "knn:n_neighbors=1", "knn:method=mean", "kde", "kde:bandwidth=0.05", "feature_matching",
    "feature_matching:metric=correlation", "dte_np", "parzen_windows:bandwidth=0.5",
]  # fmt: skip


@pytest.fixture
def fit(registry):
    def fit(text, X):
        plugin, params = registry.detector(Spec.parse(text))
        detector = plugin.create(params)
        detector.fit(Train(X, seed=0))
        return detector

    return fit


@pytest.mark.parametrize("text", KNOWN)
def test_it_is_the_score_after_a_fit_to_the_others(fit, text):
    X = np.random.default_rng(0).normal(size=(30, 4))
    X[5] = X[6]  # a row whose copy stays
    found = left_out_scores(fit(text, X), len(X))
    expected = [fit(text, np.delete(X, i, axis=0)).score(X[[i]])[0] for i in range(len(X))]
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6 * np.ptp(expected))


def test_all_that_say_it_are_tested(registry):
    """Of series it is not of a row alone."""
    saying = {
        name
        for name, plugin in registry.detectors.items()
        if plugin.modalities != ("series",)
        and not missing_packages(plugin)
        and hasattr(plugin.create(plugin.defaults), "leave_one_out")
    }
    assert saying == {Spec.parse(text).name for text in KNOWN}


@pytest.mark.parametrize("text", ["parzen_windows", "kde:metric=manhattan"])
def test_none_is_said_where_the_rows_or_the_library_decide(fit, text):
    assert left_out_scores(fit(text, np.random.default_rng(0).normal(size=(30, 2))), 30) is None


@pytest.mark.parametrize("text", ["ocsvm", "one_class_svm", "qmcd"])
def test_scores_do_not_grow_with_the_number_of_rows(fit, text):
    rng = np.random.default_rng(0)
    X, new = rng.normal(size=(800, 3)), rng.normal(size=(500, 3))
    few, many = (np.ptp(np.quantile(fit(text, rows).score(new), [0.5, 0.9])) for rows in (X[:400], X))
    assert 0.7 < few / many < 1.4  # 0.5 or 2 where they do
