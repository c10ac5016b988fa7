"""Detectors made for series, each on what defines it."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from bench import Train
from bench.plugins.registry import missing_packages


@pytest.fixture
def fit(registry):
    def fit(name, X, y=None, segments=(), seed=0, **params):
        plugin = registry.detectors[name]
        if missing := missing_packages(plugin):
            pytest.skip(f"needs {', '.join(missing)}")
        detector = plugin.create({**plugin.defaults, **params})
        detector.fit(Train(X, seed, y=y, declared=plugin.declared, segments=segments))
        return detector

    return fit


def column(x):
    return np.asarray(x, dtype=float)[:, None]


def autoregression(points, seed=0, coefficients=(-0.5, 1.2)):
    x = np.zeros(points)
    noise = np.random.default_rng(seed).normal(size=points)
    for i in range(2, points):
        x[i] = coefficients @ x[i - 2 : i] + noise[i]
    return column(x)


# Floors


def test_whatever_the_threshold_it_alarms_from_some_point_on(fit):
    X = np.random.default_rng(0).normal(size=(300, 2))
    X[120] = 9
    scores = fit("constant_after_change", X[:100]).score(X)
    assert (np.diff(scores) > 0).all()
    assert scores[120] > 2 * scores[119]
    assert scores[-1] < scores[120] + 1e-5


def test_a_spike_differs_from_the_median_around_it(fit):
    X = column(np.arange(200.0) % 50)
    X[130] += 20
    scores = fit("median_difference", X, window=11).score(X)
    inside = [i for i in range(200) if 8 < i % 50 < 42]
    assert inside[scores[inside].argmax()] == 130
    assert np.sort(scores[inside])[-2] < 0.1 * scores[130]  # a trend is no difference


# Spectrum


def spectral_residual(x, smooth):
    """Over all frequencies, of either sign, as the method is written down."""
    x = (x - x.min()) / np.ptp(x)
    spectrum = np.fft.fft(x)
    logs, phases = np.log(np.abs(spectrum)), np.angle(spectrum)
    half = len(x) // 2
    before = (smooth - 1) // 2
    around = np.concatenate([[x[0]] * before, logs[1 : half + 1], [x[-1]] * (smooth - 1 - before)])
    means = np.array([around[i : i + smooth].mean() for i in range(half)])
    other = means[:-1] if len(x) % 2 == 0 else means
    smoothed = np.concatenate([logs[:1], means, other[::-1]])
    return np.abs(np.fft.ifft(np.exp(logs - smoothed + 1j * phases)))


@pytest.mark.parametrize("points", [400, 401, 60])
def test_the_spectral_residual_is_that_of_all_frequencies(fit, points):
    X = np.random.default_rng(0).normal(size=(points, 2)).cumsum(axis=0)
    expected = np.mean([spectral_residual(x, 100) for x in X.T], axis=0)
    detector = fit("spectral_residual", X)
    np.testing.assert_allclose(detector.score(X), expected, rtol=1e-8)
    np.testing.assert_allclose(detector.score(5 + 3 * X), expected, rtol=1e-6)


# Forecasts


def test_least_squares_find_the_coefficients_of_an_autoregression(fit):
    X = autoregression(30_000)
    detector = fit("autoregression", X, order=4)
    np.testing.assert_allclose(detector.coefficients[0], [0, 0, -0.5, 1.2], atol=0.02)
    scores = detector.score(X)
    assert np.sqrt(np.mean(scores[10:] ** 2)) == pytest.approx(1, abs=0.02)
    assert scores[:4].max() < 5  # told from those after them


def test_each_channel_has_an_autoregression_of_its_own(fit):
    X = np.hstack([autoregression(2000), autoregression(2000, coefficients=(0.0, -0.8))])
    both, one, other = (fit("autoregression", X[:, c]).score(X[:, c]) for c in ([0, 1], [0], [1]))
    np.testing.assert_allclose(both, (one + other) / 2)


def test_a_network_learns_what_the_next_point_rests_on(fit):
    X = autoregression(4000)
    scores = fit("convolutional_forecast", X, layers=2, steps=300).score(X[2000:])
    error = np.abs(X[2000:, 0])
    noise = np.random.default_rng(0).normal(size=4000)[2000:]
    # A forecast that knows the process leaves the noise alone.
    assert np.corrcoef(scores[10:], np.abs(noise[10:]))[0, 1] > 0.9
    assert np.corrcoef(error[10:], np.abs(noise[10:]))[0, 1] < 0.5


def test_what_is_a_polynomial_has_no_difference_to_one(fit):
    x = np.linspace(-1, 1, 600)
    X = column(x**4 - x**3 + 2)
    X[230:240] += 1
    scores = fit("poly", X, window=20).score(X)
    assert scores[230] == scores[239] == scores.max()
    assert scores[:100].max() < 1e-10  # of pieces whose surroundings do not reach the bump
    flat = fit("poly", column(np.ones(600)), window=20, power=1)
    assert flat.score(X[300:])[200] > 1e-4  # x**4 is no line


def test_the_first_points_can_be_left_out(fit):
    X = np.random.default_rng(0).normal(size=(1000, 1))
    all_of_them, later = (fit("poly", X, window=20, skipped=s).score(X) for s in (0.0, 0.1))
    assert not later[:100].any()
    np.testing.assert_array_equal(all_of_them[100:], later[100:])


# Chains


def test_scores_of_a_hidden_markov_model_add_up_to_the_likelihood_of_the_series(fit):
    X = autoregression(600)
    detector = fit("series_hidden_markov_model", X, n_states=4)
    points = (np.hstack([X, np.diff(X, axis=0, prepend=X[:1])]) - detector.mean) / detector.deviation
    assert -detector.score(X).sum() == pytest.approx(detector.model.score(points), rel=1e-9)


def test_a_transition_that_never_was_is_unlikely(fit):
    """Three levels in turn, of which once one is left out: 1 comes after 2, where each value is common."""
    levels = np.repeat(np.tile([0.0, 1.0, 2.0], 80), 10)
    levels = np.delete(levels, np.arange(1230, 1240))
    X = column(levels + 0.05 * np.random.default_rng(0).normal(size=len(levels)))
    scores = fit("series_hidden_markov_model", X, n_states=6, n_iter=30).score(X)
    assert scores.argmax() == 1230


def bursts(kinds, seed=0):
    """Noise with ranges of a slow wave and of a quick one, and which is which."""
    rng = np.random.default_rng(seed)
    x, kind = 0.3 * rng.normal(size=300 * len(kinds)), np.zeros(300 * len(kinds), dtype=int)
    for i, each in enumerate(kinds):
        here = slice(300 * i + 100, 300 * i + 160)
        x[here] += np.sin(2 * np.pi * np.arange(60) / (40 if each == 1 else 5)) * 2
        kind[here] = each
    return column(x), kind


@pytest.mark.parametrize("anomalous", [1, 2])
def test_a_conditional_random_field_learns_which_ranges_are_anomalous(fit, anomalous):
    (X, kind), (test, truth) = bursts([1, 2] * 6), bursts([2, 1, 2, 1], seed=1)
    y = (kind == anomalous).astype(np.int8)
    y[kind == 0] = -1  # unlabelled points count as normal
    detector = fit("series_conditional_random_field", X, y)
    scores = detector.score(test)
    waves = truth > 0
    assert roc_auc_score(truth[waves] == anomalous, scores[waves]) > 0.95
    assert (scores[truth == anomalous] > detector.threshold).mean() > 0.7
    assert (scores[truth != anomalous] > detector.threshold).mean() < 0.1


# Streams


@pytest.mark.parametrize("name", ["half_space_trees", "robust_random_cut_forest"])
def test_a_point_is_scored_before_what_comes_later(fit, name):
    X = np.random.default_rng(0).uniform(size=(900, 1))
    X[0], X[1] = 0, 1  # the range is known from the beginning
    other = X.copy()
    other[700:] = 0.5
    one, another = (fit(name, each).leave_one_out() for each in (X, other))
    np.testing.assert_array_equal(one[:700], another[:700])
    assert not np.array_equal(one[700:], another[700:])


@pytest.mark.parametrize("name", ["half_space_trees", "robust_random_cut_forest"])
def test_what_was_new_becomes_usual(fit, name):
    X = np.random.default_rng(0).normal(size=(1600, 1)) * 0.1
    X[600:] += 1
    scores = fit(name, X).leave_one_out()
    assert scores[600:610].mean() > 1.5 * scores[500:590].mean()
    assert scores[1500:].mean() < 1.1 * scores[500:590].mean()


@pytest.mark.parametrize("name", ["half_space_trees", "robust_random_cut_forest"])
def test_scoring_new_points_goes_on_from_training_and_leaves_it(fit, name):
    X = np.random.default_rng(0).uniform(size=(700, 2))
    X[0], X[1] = 0, 1
    detector = fit(name, X[:500], shingle=1)
    scores = detector.score(X[500:])
    np.testing.assert_array_equal(scores, detector.score(X[500:]))
    np.testing.assert_array_equal(scores, fit(name, X, shingle=1).leave_one_out()[500:])


def test_random_cut_trees_hold_the_latest_points_and_no_others(fit):
    """Half of the values are equal to others. Each branch has its points on their sides, and counts them."""
    X = (
        np.random.default_rng(0).integers(0, 8, size=(400, 1))
        + np.where(np.arange(400) % 2, 0.0, 0.5)[:, None]
    )
    detector = fit("robust_random_cut_forest", X, shingle=2, n_trees=3, window_size=64)
    trees = detector.model
    expected = np.unique(detector._seen(X)[-64:], axis=0, return_counts=True)
    for links, cuts, boxes, heads in zip(trees.links, trees.cuts, trees.boxes, trees.heads, strict=True):
        found = leaves_below(int(heads[0]), links, cuts, boxes)
        for mine, truth in zip(np.unique(found, axis=0, return_counts=True), expected, strict=True):
            np.testing.assert_array_equal(mine, truth)


def leaves_below(node, links, cuts, boxes):
    """The points below a node, shape (n, d), whose box, cut and count are verified."""
    left, right, _, count, dimension = links[node]
    if left < 0:
        points = np.repeat(boxes[node, :1], count, axis=0)
    else:
        below = [leaves_below(int(child), links, cuts, boxes) for child in (left, right)]
        assert (below[0][:, dimension] <= cuts[node]).all()
        assert (below[1][:, dimension] > cuts[node]).all()
        points = np.concatenate(below)
    np.testing.assert_array_equal(boxes[node], [points.min(axis=0), points.max(axis=0)])
    assert len(points) == count
    return points


def test_a_lone_point_displaces_all_others(fit):
    """In one dimension the first cut parts it in nearly every tree, and then all others move up."""
    X = column(np.random.default_rng(0).uniform(0, 0.001, size=300))
    X[-1] = 1
    scores = fit("robust_random_cut_forest", X, shingle=1, window_size=100).leave_one_out()
    assert scores[-1] == pytest.approx(99, rel=0.05)


# PyOD's: guards fall away once the library needs them no longer.


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_pyod_matrix_profile_still_refuses_new_points_and_is_infinite_where_values_freeze():
    from pyod.models.ts_matrix_profile import MatrixProfile

    x = np.random.default_rng(0).normal(size=300)
    x[100:160] = 0
    model = MatrixProfile(20).fit(x)
    assert np.isinf(model.decision_scores_).any()
    with pytest.raises(NotImplementedError):
        model.decision_function(x)


def test_pyod_lstm_still_has_no_scores_of_the_first_window():
    from pyod.models.ts_lstm import LSTMAD

    model = LSTMAD(20, epochs=1).fit(np.random.default_rng(0).normal(size=100))
    assert len(set(model.decision_scores_[:20])) == 1


def test_frozen_values_are_as_far_away_in_pyod_matrix_profile_as_in_ours(fit):
    X = np.random.default_rng(0).normal(size=(300, 1))
    X[100:160] = 0
    detector = fit("pyod_matrix_profile", X, window_size=20)
    assert detector.leave_one_out()[130] == pytest.approx(np.sqrt(20))
    again = detector.score(X[:80])  # training points come again, after others
    assert again[30:].max() < 1e-4
