"""Every detector made for series: an anomaly is found where it is, and what has no shape is borne."""

from __future__ import annotations

import numpy as np
import pytest

from bench import Train
from bench.plugins.registry import load_registry, missing_packages

REGISTRY = load_registry(installed=False)
NAMES = sorted(name for name, plugin in REGISTRY.detectors.items() if plugin.modalities == ("series",))
# What makes those that take long quick enough.
QUICK = {
    "convolutional_forecast": {"steps": 60},
    "pyod_anomaly_transformer": {"epochs": 1, "window_size": 30, "n_layers": 1},
    "pyod_k_shape": {"window_size": 25, "max_iter": 3},
    "pyod_lstm": {"epochs": 3, "window_size": 25},
    "pyod_matrix_profile": {"window_size": 25},
    "pyod_sand": {"window_size": 25, "max_iter": 3},
    "pyod_time_series_od": {"window_size": 25},
}
PERIOD, LENGTH, POINTS = 25, 25, 500


def fitted(name, X, y=None, segments=()):
    plugin = REGISTRY.detectors[name]
    if missing := missing_packages(plugin):
        pytest.skip(f"needs {', '.join(missing)}")
    window = {"window": PERIOD} if "window" in plugin.defaults else {}
    detector = plugin.create({**plugin.defaults, **window, **QUICK.get(name, {})})
    labels = np.zeros(len(X), dtype=np.int8) if y is None else y
    detector.fit(Train(X, 0, y=labels, declared=plugin.declared, segments=segments))
    return detector


def own_scores(detector, X):
    """Those of the points that it learnt from, as the harness asks for them."""
    leave_one_out = getattr(detector, "leave_one_out", None)
    return detector.score(X) if leave_one_out is None else leave_one_out()


def sine(points=POINTS, channels=1, seed=0):
    noise = np.random.default_rng(seed).normal(size=(points, channels))
    return np.sin(2 * np.pi * np.arange(points) / PERIOD)[:, None] + 0.05 * noise


def disturbed(X, at, seed=1):
    """The series with a stretch of large values of alternating sign."""
    X = X.copy()
    here = slice(at, at + LENGTH)
    size = np.random.default_rng(seed).uniform(2, 4, size=X[here].shape)
    X[here] += size * np.where(np.arange(LENGTH) % 2, -1, 1)[:, None]
    return X


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("at", [0, 250, POINTS - LENGTH])
@pytest.mark.parametrize("name", NAMES)
def test_an_anomaly_is_found_where_it_is(name, at, channels):
    if name == "constant_after_change":
        pytest.skip("it alarms ever after")
    X = disturbed(sine(channels=channels), at)
    y = (np.abs(np.arange(POINTS) - at - LENGTH // 2) <= LENGTH // 2).astype(np.int8)
    scores = own_scores(fitted(name, X, y), X)
    assert scores.shape == (POINTS,)
    near = np.abs(np.arange(POINTS) - (at + LENGTH // 2)) <= LENGTH // 2 + PERIOD
    assert near[scores.argmax()]
    assert scores[y == 1].mean() > np.quantile(scores[~near], 0.95)


SHAPELESS = {
    "one point": np.ones((1, 1)),
    "two points": np.arange(2.0)[:, None],
    "shorter than a window": sine(10),
    "constant": np.full((120, 1), 0.3),
    "constant but for a point": np.eye(120)[:, [60]],
    "a constant channel": np.concatenate([sine(120), np.full((120, 1), 0.3)], axis=1),
    "frozen for a while": np.where((np.arange(200) // 60 == 1)[:, None], 0.5, sine(200)),
}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning", "ignore::RuntimeWarning")
@pytest.mark.parametrize("X", SHAPELESS.values(), ids=SHAPELESS.keys())
@pytest.mark.parametrize("name", NAMES)
def test_what_has_no_shape_has_finite_scores(name, X):
    y = np.zeros(len(X), dtype=np.int8)
    y[-1] = 1
    detector = fitted(name, X, y)
    for scores in (own_scores(detector, X), detector.score(X), detector.score(X[:1])):
        assert np.isfinite(scores).all()
    assert own_scores(detector, X).shape == (len(X),)


@pytest.mark.parametrize("name", NAMES)
def test_what_lies_between_stretches_is_no_window(name):
    """A clean series in two stretches, of which the second begins elsewhere in the period: no alarm there."""
    if name.startswith("pyod_"):
        pytest.skip("PyOD reads stretches as one series")
    if name == "constant_after_change":
        pytest.skip("it alarms ever after")
    X = np.concatenate([sine(260), sine(260, seed=1)[PERIOD // 2 :]])
    cut = slice(0, 260), slice(260, len(X))
    y = np.zeros(len(X), dtype=np.int8)
    y[100:110] = 1  # for what learns from labels
    detector = fitted(name, X, y, cut)
    parts = getattr(detector, "leave_one_out", None)
    scores = np.concatenate([detector.score(X[each]) for each in cut]) if parts is None else parts()
    at_cut = np.abs(np.arange(len(X)) - 260) < PERIOD
    assert scores[at_cut].max() <= 2 * np.quantile(scores[~at_cut], 0.99)
