"""Detectors checked in this process, and in watched ones."""

from __future__ import annotations

import pytest

from bench.kit.checking import check_all, check_detector
from bench.plugins.registry import load_registry
from bench.trials.trial import Named

HANGS = """
    import time
    from bench import detector

    @detector
    class Hangs:
        "Never ends."
        def fit(self, train):
            time.sleep(600)
        def score(self, X):
            return X[:, 0]
"""


# Quick ones of several families; `check --all` is for all of them.
@pytest.mark.parametrize(
    "name",
    [
        "ecod", "isolation_forest", "k_means", "knn", "mahalanobis", "one_class_svm",
        "random_forest", "random_score",
    ],
)  # fmt: skip
def test_built_in_detectors_keep_the_contract(registry, name):
    plugin = registry.detectors[name]
    assert not check_detector(Named(name, name, plugin.defaults), registry).failures


def test_a_detector_that_hangs_is_stopped(write_plugin):
    registry = load_registry([write_plugin("hangs", HANGS)], installed=False)
    [report] = check_all([Named("hangs", "hangs", {})], registry, jobs=1, timeout=0.5)
    assert report.failures == {"runs": "it ran longer than 0.5 s and was stopped"}
