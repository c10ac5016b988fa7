"""What detectors say of training rows left out is what fits to the others say."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec import structs

from bench.plans.selection import choose_trial
from bench.plugins.contract import Train
from bench.plugins.outputs import left_out_scores
from bench.plugins.registry import missing_packages
from bench.spec import Spec
from bench.trials.runner import TrialRunner

NETWORKS = ["autoencoder_neighbours", "lunar"]
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
    keeping = {name for name in saying if "leave-one-out" in registry.detectors[name].flaws}
    assert saying - keeping == {Spec.parse(text).name for text in KNOWN}
    assert keeping == set(NETWORKS)


@pytest.mark.parametrize("name", NETWORKS)
def test_those_that_keep_a_network_call_about_as_many_new_rows_as_asked(registry, name):
    """By further fits it was half or all of them for `autoencoder_neighbours`, and up to all for `lunar`."""
    rows = "blobs:columns=6,centres=1,normals=150,anomalies=20,test_normals=500,test_anomalies=10"
    trial = structs.replace(choose_trial(name, rows, 0, registry, "one-class"), contamination=0.1)
    record = TrialRunner(registry).run(trial).record
    assert record.rows.unseen == record.rows.train
    assert 0.02 < record.metrics["train-quantile"]["false_alarm_rate"] < 0.25


@pytest.mark.parametrize("text", ["parzen_windows", "kde:metric=manhattan"])
def test_none_is_said_where_the_rows_or_the_library_decide(fit, text):
    assert left_out_scores(fit(text, np.random.default_rng(0).normal(size=(30, 2))), 30) is None


@pytest.mark.parametrize("text", ["ocsvm", "one_class_svm", "qmcd"])
def test_scores_do_not_grow_with_the_number_of_rows(fit, text):
    rng = np.random.default_rng(0)
    X, new = rng.normal(size=(800, 3)), rng.normal(size=(500, 3))
    few, many = (np.ptp(np.quantile(fit(text, rows).score(new), [0.5, 0.9])) for rows in (X[:400], X))
    assert 0.7 < few / many < 1.4  # 0.5 or 2 where they do
