"""A sample of the built-in detectors, quick ones of several families; `check --all` is for all of them."""

from __future__ import annotations

import pytest

from bench.kit.checking import check_detector
from bench.trials.trial import Named


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
