from __future__ import annotations

import numpy as np

from bench.splits.rows import Rows
from bench.trials.regimes import View
from bench.trials.stages import fit_stages, stage_key, stage_of


def autoencoder(registry, **params):
    plugin = registry.detectors["autoencoder_difference_forest"]
    return stage_of(plugin, {**plugin.defaults, **params})


def fit_stage(stage, view, seed, **options):
    [fitted] = fit_stages([stage], [view], [seed], **options)
    return fitted


def view(X):
    y = np.zeros(len(X), dtype=np.int8)
    y[0] = 1
    return View(X, y, None, Rows(X, y), 0.1)


def test_detectors_of_one_family_ask_for_the_same_stage(registry):
    keys = set()
    for name in ("autoencoder_difference_forest", "autoencoder_histogram_forest"):
        plugin = registry.detectors[name]
        keys.add(stage_key(stage_of(plugin, plugin.defaults), data=[1], sees_labels=True))
    assert len(keys) == 1


def test_other_parameters_data_or_labels_are_another_stage(registry):
    key = stage_key(autoencoder(registry), data=[1], sees_labels=True)
    assert key != stage_key(autoencoder(registry, epochs=3), data=[1], sees_labels=True)
    assert key != stage_key(autoencoder(registry), data=[2], sees_labels=True)
    assert key != stage_key(autoencoder(registry), data=[1], sees_labels=False)


def test_a_detector_without_a_stage_has_none(registry):
    assert stage_of(registry.detectors["isolation_forest"], {}) is None


def test_a_stage_that_sees_labels_learns_from_normal_rows_only(registry):
    X = np.random.default_rng(0).random((40, 6))
    seen = fit_stage(autoencoder(registry, epochs=1), view(X), 0, sees_labels=True)
    blind = fit_stage(autoencoder(registry, epochs=1), view(X), 0, sees_labels=False)
    without = fit_stage(autoencoder(registry, epochs=1), view(X[1:]), 0, sees_labels=False)
    assert (seen.labels_read, blind.labels_read) == ({"train": 40}, {})
    assert np.array_equal(seen.stage.difference(X), without.stage.difference(X))
    assert not np.array_equal(seen.stage.difference(X), blind.stage.difference(X))
