"""Stages that rebuild rows, and the detectors made of them."""

from __future__ import annotations

import pickle
import re
from functools import cache

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.metrics import roc_auc_score

from bench import Train
from bench.splits.rows import Rows
from bench.trials.regimes import View, apply_regime, view_of
from bench.trials.split_cache import make_split
from bench.trials.stages import fit_stages, stage_of

torch = pytest.importorskip("torch")

STAGES = ["vae", "conditional_vae", "gan"]
DETECTORS = [
    "autoencoder_neighbours",
    *(stage + head for stage in STAGES for head in ("", "_difference_forest", "_histogram_forest")),
]


def fit_stage(registry, name, views, seeds, **params):
    plugin = registry.detectors[name]
    stages = [stage_of(plugin, {**plugin.defaults, **params}) for _ in seeds]
    return [each.stage for each in fit_stages(stages, views, seeds, sees_labels=plugin.labels)]


def fit(registry, name, view, stage, **params):
    plugin = registry.detectors[name]
    detector = plugin.build(**params)
    calibration = view.calibration or Rows(view.X, view.y)
    train = Train(view.X, 2, y=view.y, calibration=calibration, declared=plugin.declared, stage=stage)
    detector.fit(train)
    return detector


def labelled(X, y):
    return View(X, np.asarray(y, dtype=np.int8), None, Rows(X, y), 0.1)


def gaussian(rows, columns, seed=0, anomalies=3):
    X = np.random.default_rng(seed).normal(size=(rows, columns))
    return labelled(X, np.arange(rows) < anomalies)


@pytest.fixture(scope="module")
def bumps(registry):
    """For a detector's name: what its first regime shows of curves, and its stage fitted on them."""
    plugin = registry.datasets["bumps"]
    easy = {"normals": 500, "anomalies": 60, "points": 32, "anomaly_height": 0.5, "anomaly_sigma_low": 0.04}
    split = make_split(plugin, {**plugin.defaults, **easy}, 0)

    @cache
    def shared(stage, regime):
        view = view_of(split, apply_regime(split, regime, np.random.default_rng(0)))
        return view, *fit_stage(registry, stage, [view], [1])

    def of(name):
        stage = re.sub("_(difference|histogram)_forest", "", name)
        return shared(stage, registry.detectors[name].regimes[0])

    return of


@pytest.mark.parametrize("name", DETECTORS[1:])
def test_tells_anomalous_curves_from_normal_ones_as_chance_does_not(registry, bumps, name):
    view, stage = bumps(name)
    found, chance = (
        roc_auc_score(view.test.y, fit(registry, each, view, stage).score(view.test.X))
        for each in (name, "random_score")
    )
    assert found > 0.8
    assert abs(chance - 0.5) < 0.15


@pytest.mark.parametrize("name", STAGES)
def test_what_a_model_learns_does_not_depend_on_its_neighbours(registry, name):
    views = [gaussian(100, 12, seed) for seed in range(3)]
    three = fit_stage(registry, name, views, [4, 5, 6], epochs=3)
    for i, stage in enumerate(three):
        [alone] = fit_stage(registry, name, [views[i]], [4 + i], epochs=3)
        X = views[i].X
        np.testing.assert_allclose(alone.difference(X), stage.difference(X), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", STAGES)
def test_the_seed_alone_decides_and_the_global_random_state_is_left_alone(registry, name):
    view = gaussian(60, 5)
    torch.manual_seed(3)
    expected = torch.rand(2).tolist()
    torch.manual_seed(3)
    first, second, other = (fit_stage(registry, name, [view], [seed], epochs=2)[0] for seed in (1, 1, 2))
    assert torch.rand(2).tolist() == expected
    assert np.array_equal(first.difference(view.X), second.difference(view.X))
    assert not np.allclose(first.difference(view.X), other.difference(view.X))


@pytest.mark.parametrize("name", DETECTORS)
def test_a_row_is_scored_alike_alone_and_beside_others_and_after_pickling(registry, name):
    view = gaussian(60, 7)
    [stage] = fit_stage(registry, name, [view], [0], epochs=2)
    detector = fit(registry, name, view, stage)
    scores = detector.score(view.X)
    assert scores.dtype == np.float64
    np.testing.assert_allclose(detector.score(view.X[:1]), scores[:1], rtol=1e-9)
    again = fit(registry, name, view, pickle.loads(pickle.dumps(stage)))
    assert np.array_equal(again.score(view.X), scores)


@pytest.mark.parametrize("shape", [(20, 1), (20, 50), (8, 3)])
@pytest.mark.parametrize("name", DETECTORS)
def test_small_and_constant_tables_in_float32_get_finite_scores(registry, name, shape):
    view = gaussian(*shape)
    view.X[:, 0] = 1.0 if shape[1] > 1 else view.X[:, 0]
    view.X[:4] = view.X[4]
    view = labelled(view.X.astype(np.float32), view.y)
    [stage] = fit_stage(registry, name, [view], [0], epochs=3)
    detector = fit(registry, name, view, stage)
    assert np.isfinite(detector.score(view.X)).all()
    assert np.isfinite(detector.threshold)


@pytest.mark.parametrize("name", ["vae", "gan", "conditional_vae", "autoencoder_neighbours"])
def test_a_tenth_of_the_training_rows_is_above_the_threshold(registry, name):
    view = gaussian(200, 4)
    [stage] = fit_stage(registry, name, [view], [0], epochs=2)
    detector = fit(registry, name, view, stage)
    # A training row is its own nearest neighbour when it is scored, and was not for the threshold.
    expected = 0.1 if name != "autoencoder_neighbours" else 0.07
    assert (detector.score(view.X) > detector.threshold).mean() == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize("name", ["vae", "gan"])
def test_more_than_the_mean_row_is_rebuilt(registry, bumps, name):
    view, stage = bumps(name)
    normal = view.test.X[view.test.y == 0]
    assert (stage.difference(normal) ** 2).mean() < 0.1 * normal.var(axis=0).mean()


def test_the_conditional_vae_rebuilds_anomalies_as_if_they_were_normal(registry):
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], 150)
    X = rng.normal(size=(300, 6)) * 0.3 + np.where(y, 2.0, -2.0)[:, None]
    told, untold = (
        fit_stage(registry, name, [labelled(X, seen)], [0], epochs=40)[0]
        for name, seen in (("conditional_vae", y), ("vae", 0 * y))
    )
    error = {stage: (stage.difference(X[y == 1]) ** 2).mean() for stage in (told, untold)}
    assert error[told] > 3 * error[untold]


def test_a_large_weight_of_the_divergence_leaves_nothing_but_the_mean(registry):
    view = gaussian(200, 5)
    [loose], [tight] = (
        fit_stage(registry, "vae", [view], [0], beta=beta, epochs=60) for beta in (0.01, 1000.0)
    )
    X = view.X[3:]
    assert (tight.difference(X) ** 2).mean() == pytest.approx(X.var(), rel=0.1)
    assert (loose.difference(X) ** 2).mean() < 0.5 * X.var()


def test_neighbours_are_those_among_the_codes(registry):
    view = gaussian(80, 6)
    [stage] = fit_stage(registry, "autoencoder_neighbours", [view], [0], epochs=2)
    detector = fit(registry, "autoencoder_neighbours", view, stage, n_neighbors=3)
    test = gaussian(10, 6, seed=1).X
    codes = stage.encode(view.X)
    assert codes.shape == (80, 4)
    expected = np.sort(cdist(stage.encode(test), codes), axis=1)[:, 2]
    np.testing.assert_allclose(detector.score(test), expected)
    decoded = stage.network.double()
    rebuilt = decoded.rebuild(torch.as_tensor(test)[None])[0].numpy()
    np.testing.assert_allclose(test - rebuilt, stage.difference(test), atol=1e-5)


def test_neighbours_find_a_gap_that_the_autoencoder_rebuilds(registry):
    rng = np.random.default_rng(0)
    angle, mixing = rng.uniform(0, 2 * np.pi, 300), rng.normal(size=(2, 10))
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    inside = rng.normal(size=(60, 2)) * 0.2
    train, test = ring[:240] @ mixing, np.concatenate([ring[240:], inside]) @ mixing
    view, truth = labelled(train, np.zeros(240)), np.repeat([0, 1], 60)
    [stage] = fit_stage(registry, "autoencoder_neighbours", [view], [0], epochs=30)
    areas = {
        name: roc_auc_score(truth, fit(registry, name, view, stage).score(test))
        for name in ("autoencoder_neighbours", "random_score")
    }
    assert areas["autoencoder_neighbours"] > 0.9
    assert abs(areas["random_score"] - 0.5) < 0.15
