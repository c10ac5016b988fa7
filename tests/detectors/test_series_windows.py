"""Detectors of windows: joins of windows by shape, Sub-PCA and KMeansAD, against what defines them."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from scipy.stats import rankdata, zscore

from bench import DataError, Train, windows_of

W = 20


def fitted(registry, name, X, segments=(), seed=0, **params):
    detector = registry.detectors[name].create({"window": W, **params})
    detector.fit(Train(X, seed, segments=segments))
    return detector


def walk(points, seed=0):
    return np.random.default_rng(seed).normal(size=(points, 1)).cumsum(axis=0)


def shape_distances(X, Y, window=W):
    """Between all windows of one channel, shape (windows of X, windows of Y), by their definition."""
    parts = []
    for each in (X, Y):
        windows = windows_of(each, window)
        deviation = windows.std(axis=1, keepdims=True)
        parts.append((windows - windows.mean(axis=1, keepdims=True)) / np.where(deviation > 0, deviation, 1))
    distances = cdist(*parts)
    frozen = [~part.any(axis=1) for part in parts]
    return np.where(frozen[0][:, None] & frozen[1], 0, distances)


def in_middles(distances):
    return np.pad(distances, (W // 2, W - 1 - W // 2), mode="edge")


def far_apart(distances, apart):
    """The distances, infinite between windows that begin less than so far apart."""
    i, j = np.indices(distances.shape)
    return np.where(np.abs(i - j) < apart, np.inf, distances)


def test_new_windows_are_compared_with_those_of_training(registry):
    train, X = walk(300), walk(120, seed=1)
    scores = fitted(registry, "matrix_profile", train).score(X)
    np.testing.assert_allclose(scores, in_middles(shape_distances(X, train).min(axis=1)), atol=1e-6)


@pytest.mark.parametrize("points", [150, 2500])
def test_training_windows_are_compared_with_those_that_begin_more_than_a_quarter_away(registry, points):
    train = walk(points)
    scores = fitted(registry, "matrix_profile", train).leave_one_out()
    expected = far_apart(shape_distances(train, train), W // 4 + 1).min(axis=1)
    np.testing.assert_allclose(scores, in_middles(expected), atol=1e-6)


def test_windows_do_not_cross_a_gap(registry):
    train = walk(200)
    first, second = slice(0, 90), slice(90, 200)
    scores = fitted(registry, "matrix_profile", train, segments=(first, second)).leave_one_out()
    own = far_apart(shape_distances(train[second], train[second]), W // 4 + 1)
    among = shape_distances(train[second], train[first])
    np.testing.assert_allclose(scores[second], in_middles(np.hstack([own, among]).min(axis=1)), atol=1e-6)


def test_channels_are_compared_each_with_itself(registry):
    train, X = np.hstack([walk(200), walk(200, 1)]), np.hstack([walk(80, 2), walk(80, 3)])
    both = fitted(registry, "matrix_profile", train).score(X)
    each = [fitted(registry, "matrix_profile", train[:, [i]]).score(X[:, [i]]) for i in (0, 1)]
    np.testing.assert_allclose(both, np.mean(each, axis=0))


@pytest.mark.parametrize("offset", [0.0, 1e4])
def test_frozen_windows_are_alike_and_half_like_any_other(registry, offset):
    train = walk(200) + offset
    X = walk(120, seed=1) + offset
    X[40:70] = X[40]
    scores = fitted(registry, "matrix_profile", train).score(X)
    assert scores[55] == pytest.approx(np.sqrt(W))
    train[100:130] = train[100]
    assert fitted(registry, "matrix_profile", train).score(X)[55] == 0


def test_equal_windows_are_at_distance_zero_whatever_the_scale(registry):
    train = np.tile(walk(50), (4, 1)) * 3 + 0.1
    inner = fitted(registry, "matrix_profile", train).leave_one_out()[W // 2 : -W // 2 + 1]
    assert not inner.any()


@pytest.mark.parametrize("name", ["matrix_profile", "left_discord", "sub_knn"])
def test_windows_that_are_equally_alike_are_tied_in_any_unit(registry, name):
    switch = walk(1500).round() % 2  # few correlations are possible, and many pairs have the same
    of_unit = [
        rankdata(fitted(registry, name, unit(switch)).leave_one_out())
        for unit in (lambda x: x, lambda x: 0.3 * x + 17, lambda x: -7.1 * x)
    ]
    assert len(np.unique(of_unit[0])) < len(switch) / 2
    np.testing.assert_array_equal(of_unit[0], of_unit[1])
    np.testing.assert_array_equal(of_unit[0], of_unit[2])


def test_the_ends_can_be_the_lowest(registry):
    train = walk(150)
    nearest, lowest = (
        fitted(registry, "matrix_profile", train, ends=e).leave_one_out() for e in ("nearest", "lowest")
    )
    inner = slice(W // 2, 150 - W + W // 2 + 1)
    np.testing.assert_array_equal(nearest[inner], lowest[inner])
    outside = np.delete(lowest, np.arange(150)[inner])
    assert len(outside) == W - 1
    assert set(outside) == {lowest[inner].min()}
    with pytest.raises(DataError, match="unknown ends 'other'"):
        fitted(registry, "matrix_profile", train, ends="other")


@pytest.fixture
def stumpy(monkeypatch):
    """Its functions as Python runs them, which takes a second; to compile them takes half a minute."""
    monkeypatch.setattr("numba.config.DISABLE_JIT", 1)
    yield pytest.importorskip("stumpy")
    for name in [name for name in sys.modules if name.partition(".")[0] == "stumpy"]:
        monkeypatch.delitem(sys.modules, name)  # for others they are compiled


def test_distances_are_those_of_stumpy(registry, stumpy):
    train, X = walk(400), walk(150, seed=1)
    train[100:140] = train[100]
    detector = fitted(registry, "matrix_profile", train)
    np.testing.assert_allclose(
        detector.leave_one_out(), in_middles(stumpy.stump(train[:, 0], W).P_), atol=1e-5
    )
    joined = stumpy.stump(X[:, 0], W, train[:, 0], ignore_trivial=False).P_
    np.testing.assert_allclose(detector.score(X), in_middles(joined), atol=1e-5)


def test_a_left_discord_is_compared_with_what_came_before(registry):
    train, X = walk(300), walk(120, seed=1)
    detector = fitted(registry, "left_discord", train, start=2)
    i, j = np.indices((281, 281))
    distances = far_apart(shape_distances(train, train), W)
    before = np.where((j > i) & (i >= 2 * W), np.inf, distances).min(axis=1)
    np.testing.assert_allclose(detector.leave_one_out(), in_middles(before), atol=1e-6)
    i, j = np.indices((101, 101))
    own = np.where(i - j < W, np.inf, shape_distances(X, X))
    expected = np.hstack([own, shape_distances(X, train)]).min(axis=1)
    np.testing.assert_allclose(detector.score(X), in_middles(expected), atol=1e-6)


def test_of_an_anomaly_that_recurs_a_left_discord_finds_the_first(registry):
    X = np.sin(2 * np.pi * np.arange(800) / 25)[:, None] + 0.02 * np.random.default_rng(0).normal(
        size=(800, 1)
    )
    shape = walk(25, seed=3)
    X[300:325] = X[600:625] = shape
    left, both = (fitted(registry, name, X).leave_one_out() for name in ("left_discord", "matrix_profile"))
    assert abs(left.argmax() - 312) < 25
    assert left[305:320].min() > 3 * left[605:620].max()
    assert both[305:320].max() < 0.5 * left[305:320].max()


def sub_pca(train, X):
    """PyOD's distances to the tips of the axes, with signs as in scikit-learn 1.4."""
    windows, new = windows_of(train, W), windows_of(X, W)
    mean, deviation = windows.mean(axis=0), windows.std(axis=0)
    standard = (windows - mean) / deviation
    left, singular, axes = np.linalg.svd(standard, full_matrices=False)
    axes *= np.sign(left[np.abs(left).argmax(axis=0), np.arange(W)])[:, None]
    share = singular**2 / (singular**2).sum()
    return in_middles((cdist((new - mean) / deviation, axes) / share).sum(axis=1))


@pytest.mark.parametrize("points", [300, 30_000])
def test_sub_pca_is_the_principal_components_of_windows(registry, points):
    train = walk(points) % 7  # of many frequencies, so that no axis is one of rounding
    X = walk(100, seed=1) % 7
    detector = fitted(registry, "sub_pca", train)
    np.testing.assert_allclose(detector.score(X), sub_pca(train, X), rtol=1e-6)
    np.testing.assert_allclose(fitted(registry, "sub_pca", -train).score(-X), detector.score(X), rtol=1e-6)


def test_a_point_has_the_mean_score_of_the_windows_it_lies_in(registry):
    X = walk(90)
    detector = fitted(registry, "kmeans_ad", X, n_clusters=3)
    shapes = zscore(windows_of(X, W), axis=1, ddof=1)
    distances = cdist(shapes, detector.model.cluster_centers_).min(axis=1)
    expected = [distances[max(0, i - W + 1) : i + 1].mean() for i in range(90)]
    np.testing.assert_allclose(detector.score(X), expected)
    assert not np.allclose(fitted(registry, "kmeans_ad", X, seed=1, n_clusters=3).score(X), expected)


@pytest.mark.parametrize("segments", [(), (slice(0, 130), slice(130, 300))])
def test_sub_knn_is_knn_on_normalized_windows(registry, segments):
    train, X = walk(300), walk(120, seed=1)
    train[40:80] = train[40]  # frozen
    quick = fitted(registry, "sub_knn", train, segments=segments, n_neighbors=7)
    plain = registry.detectors["knn"].create({"n_neighbors": 7, "window": W, "normalize": True})
    plain.fit(Train(train, 0, segments=segments))
    ratio = np.sqrt(W / (W - 1))  # deviations of n and of n - 1
    np.testing.assert_allclose(quick.score(X), ratio * plain.score(X), atol=1e-5)
    np.testing.assert_allclose(quick.leave_one_out(), ratio * plain.leave_one_out(), atol=1e-5)


def test_sub_knn_on_few_windows_takes_what_neighbours_there_are(registry):
    X = walk(W + 3)  # four windows
    scores = fitted(registry, "sub_knn", X, n_neighbors=50).leave_one_out()
    np.testing.assert_allclose(scores, in_middles(shape_distances(X, X).max(axis=1)), atol=1e-6)


def outlier_factors(distances, k):
    """By the definition of LOF, from the distances of all windows, (n, n); none is its own neighbour."""
    np.fill_diagonal(distances, np.inf)
    near = np.argsort(distances, axis=1)[:, :k]
    reach = np.sort(distances, axis=1)[:, k - 1]
    density = 1 / np.maximum(np.take_along_axis(distances, near, axis=1), reach[near]).mean(axis=1)
    return density[near].mean(axis=1) / density


def test_sub_lof_is_the_outlier_factor_of_shapes(registry):
    train = walk(120)
    shapes = zscore(windows_of(train, W), axis=1, ddof=1)
    expected = in_middles(outlier_factors(cdist(shapes, shapes), 6))
    detector = fitted(registry, "sub_lof", train, n_neighbors=6)
    np.testing.assert_allclose(detector.leave_one_out(), expected, rtol=1e-6)
    own_neighbours = registry.detectors["lof"].create({"n_neighbors": 6, "window": W, "normalize": True})
    own_neighbours.fit(Train(train, 0))
    np.testing.assert_allclose(detector.score(train), own_neighbours.score(train), rtol=1e-6)
    assert not np.allclose(detector.score(train), expected, rtol=1e-2)


def test_of_single_points_each_is_left_out_of_all_stretches(registry):
    X = np.random.default_rng(0).normal(size=(80, 2))
    detector = registry.detectors["point_lof"].create({"n_neighbors": 5})
    detector.fit(Train(X, 0, segments=(slice(0, 30), slice(30, 80))))
    np.testing.assert_allclose(detector.leave_one_out(), outlier_factors(cdist(X, X), 5), rtol=1e-6)
