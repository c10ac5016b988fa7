"""Deep SAD learns from few labels what to keep far from its centre."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from bench import Train

torch = pytest.importorskip("torch")


def fit(registry, X, y, seed=0, name="deep_sad", **params):
    plugin = registry.detectors[name]
    detector = plugin.build(**params)
    detector.fit(Train(X, seed, y=np.asarray(y, dtype=np.int8), declared=plugin.declared))
    return detector


def rows_and_truth(seed, normals=300, anomalies=60):
    """Anomalies that lie within the normal rows' range, in one place; distance alone cannot tell them."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(normals + anomalies, 6))
    X[normals:] = 0.3 * X[normals:] + np.array([0.8, 0.8, 0.8, -0.8, -0.8, 0.8])
    return X, np.repeat([0, 1], [normals, anomalies])


def test_few_labels_find_what_distance_alone_does_not(registry):
    X, truth = rows_and_truth(0, anomalies=15)
    y = np.where(truth == 1, 1, -1)
    test, expected = rows_and_truth(1)
    areas = {
        name: roc_auc_score(expected, fit(registry, X, y, **params).score(test))
        for name, params in {
            "deep_sad": {},
            "without labels": {"eta": 0.0},
            "random": {"name": "random_score"},
        }.items()
    }
    assert areas["deep_sad"] > 0.8
    assert areas["without labels"] < 0.7
    assert abs(areas["random"] - 0.5) < 0.15


def test_normal_rows_are_drawn_to_the_centre(registry):
    X, truth = rows_and_truth(0)
    before, after = (fit(registry, X, truth, epochs=epochs).score(X[truth == 0]) for epochs in (0, 30))
    assert np.median(after) < 0.5 * np.median(before)


def test_the_encoder_has_no_biases_and_the_centre_none_of_its_coordinates_at_zero(registry):
    detector = fit(registry, *rows_and_truth(0), epochs=1, pretrain_epochs=1)
    at_zero = detector.score(np.zeros((1, 6)))
    assert at_zero == pytest.approx(float((detector.centre**2).sum()))
    assert detector.centre.abs().min() >= 0.1


def test_the_threshold_is_a_quantile_of_the_rows_to_take_for_normal(registry):
    X, truth = rows_and_truth(0)
    detector = fit(registry, X, truth, epochs=2, pretrain_epochs=1, contamination=0.2)
    assert (detector.score(X[truth == 0]) > detector.threshold).mean() == pytest.approx(0.2, abs=0.01)


def test_the_seed_alone_decides_and_the_global_random_state_is_left_alone(registry):
    X, truth = rows_and_truth(0)
    torch.manual_seed(3)
    expected = torch.rand(2).tolist()
    torch.manual_seed(3)
    one, same, other = (
        fit(registry, X, truth, seed, epochs=2, pretrain_epochs=1).score(X) for seed in (1, 1, 2)
    )
    assert torch.rand(2).tolist() == expected
    assert np.array_equal(one, same)
    assert not np.allclose(one, other)


@pytest.mark.parametrize("shape", [(20, 1), (20, 50), (8, 3)])
@pytest.mark.parametrize("labelled", [0, 1, 3])
def test_small_and_constant_tables_in_float32_get_finite_scores(registry, shape, labelled):
    X = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    X[:4] = X[4]
    X[:, -1] = 1.0 if shape[1] > 1 else X[:, -1]
    detector = fit(registry, X, np.where(np.arange(len(X)) < labelled, 1, -1), epochs=3, pretrain_epochs=2)
    scores = detector.score(X)
    assert np.isfinite(scores).all()
    assert scores.dtype == np.float64
    np.testing.assert_allclose(detector.score(X[:1]), scores[:1], rtol=1e-9)
