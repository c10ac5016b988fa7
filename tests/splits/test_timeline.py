"""Where points stand in time, the length of a period, and how windows become points again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.errors import DataError
from bench.splits.recording import Recording
from bench.splits.split import Split
from bench.splits.timeline import NO_PERIOD, Places, period, ranges, window_length
from bench.splits.windows import moving_mean, normalized_windows, scores_of_points, windows_of


def places(*pairs):
    series, position = zip(*pairs, strict=True)
    return Places(np.array(series), np.array(position))


TWO_SERIES = places((0, 0), (0, 1), (0, 5), (0, 6), (1, 0), (1, 1))


def test_a_gap_and_another_series_begin_a_segment():
    assert TWO_SERIES.segments == (slice(0, 2), slice(2, 4), slice(4, 6))
    assert TWO_SERIES.whole == (slice(0, 4), slice(4, 6))


def test_what_is_left_out_leaves_a_gap():
    taken = places(*((0, i) for i in range(6))).taken(np.array([0, 1, 4, 5]))
    assert taken.segments == (slice(0, 2), slice(2, 4))


@pytest.mark.parametrize("pairs", [[(0, 1), (0, 1)], [(0, 2), (0, 1)], [(1, 0), (0, 1)]])
def test_points_that_are_out_of_order_are_refused(pairs):
    with pytest.raises(DataError, match="point 1 does not come after the one before it"):
        places(*pairs)


def test_ranges_end_with_their_series():
    y = np.array([0, 1, 1, 1, 1, 0], dtype=np.int8)
    assert ranges(y, TWO_SERIES) == [slice(1, 4), slice(4, 5)]


def test_points_are_found_among_others():
    some = TWO_SERIES.taken(np.array([1, 3, 5]))
    assert some.among(TWO_SERIES).tolist() == [1, 3, 5]
    assert TWO_SERIES.among(some) is None


@pytest.mark.parametrize("length", [7, 24, 50, 144, 250])
def test_the_period_of_a_sine_is_its_length(length):
    noise = 0.05 * np.random.default_rng(0).standard_normal(5000)
    assert abs(period(np.sin(2 * np.pi * np.arange(5000) / length) + noise) - length) <= 1


@pytest.mark.parametrize("x", [np.ones(500), np.arange(300.0), np.zeros(3), np.array([1.0])])
def test_what_does_not_repeat_has_the_period_of_last_resort(x):
    assert period(x) == NO_PERIOD


def smooth_noise(seed):
    noise = np.random.default_rng(seed).standard_normal(800)
    return np.convolve(noise, np.hanning(3 + seed % 40), "same")


# Of TSB-AD's find_length_rank, with 125 where it finds none, at commit 87630099.
@pytest.mark.parametrize(
    ("seed", "expected"),
    [(1, [79, 150, 275]), (4, [71, 219, 71]), (10, [111, 211, 125]), (13, [33, 133, 166])],
)
def test_further_periods_are_those_of_tsb_ad(seed, expected):
    x = smooth_noise(seed)
    assert [period(x, rank) for rank in (1, 2, 3)] == expected
    assert [window_length(name, x) for name in ("auto", "auto2", "auto3")] == expected


@given(st.integers(2, 40), st.integers(2, 12), st.integers(0, 39))
def test_a_window_scores_the_point_in_its_middle(points, window, place):
    points = max(points, window)
    place %= points
    x = np.zeros((points, 1))
    x[place] = 1.0
    # The window that holds the anomaly in its middle is the one that is looked for.
    middle = windows_of(x, window)[:, window // 2]
    found = scores_of_points(middle, points, window)
    assert found.shape == (points,)
    before, after = window // 2, points - (window - window // 2) + 1
    if before <= place < after:
        assert np.flatnonzero(found).tolist() == [
            i for i in range(points) if i == place or (i < before and place == before)
            or (i >= after and place == after - 1)
        ]  # fmt: skip


@pytest.mark.parametrize("window", [2, 4, 5])
def test_a_mean_of_as_many_points_as_a_window_is_of_the_windows_that_cover_a_point(window):
    scores = np.random.default_rng(0).normal(size=21 - window)
    found = moving_mean(scores_of_points(scores, 20, window), window)
    inner = range(window - 1 + window // 2, 20 - window - window // 2)
    covering = [np.mean([scores[start] for start in range(t - window + 1, t + 1)]) for t in inner]
    assert len(covering) > 3
    np.testing.assert_allclose(found[list(inner)], covering, atol=1e-12)


def test_a_mean_of_points_is_of_those_that_there_are():
    assert moving_mean(np.array([1.0, 2.0, 6.0]), 3).tolist() == [1.5, 3, 4]
    assert moving_mean(np.array([1.0, 2.0, 6.0]), 2).tolist() == [1.5, 4, 6]
    assert moving_mean(np.array([1.0, 3.0]), 9).tolist() == [2, 2]


def test_windows_keep_channels_together():
    X = np.arange(8.0).reshape(4, 2)
    assert windows_of(X, 3).tolist() == [[0, 2, 4, 1, 3, 5], [2, 4, 6, 3, 5, 7]]


def test_a_normalized_window_keeps_its_shape_and_loses_its_level():
    X = np.array([[0.0, 5.0], [1.0, 5.0], [2.0, 5.0], [9.0, 6.0]])
    found = normalized_windows(windows_of(X, 3), 3)
    assert found[0].tolist() == [-1, 0, 1, 0, 0, 0]
    assert found[1, 3:].std(ddof=1) == pytest.approx(1)
    np.testing.assert_allclose(normalized_windows(windows_of(3 * X + 0.1, 3), 3), found, atol=1e-12)


def test_equal_values_whose_mean_is_rounded_are_zeros():
    assert not normalized_windows(windows_of(np.full((40, 1), 0.1) * 3, 7), 7).any()


def test_a_series_shorter_than_a_window_repeats_its_last_point():
    assert windows_of(np.array([[1.0], [2.0]]), 4).tolist() == [[1, 2, 2, 2]]
    assert scores_of_points(np.array([7.0]), 2, 4).tolist() == [7, 7]


@pytest.mark.parametrize(("judged", "test"), [("rest", [2, 3, 6]), ("all", [0, 1, 2, 3, 4, 5, 6])])
def test_a_recording_is_split_in_time(judged, test):
    recording = Recording(
        np.arange(7.0)[:, None], np.array([0, 0, 1, 0, 0, 0, 1]), np.array([0, 0, 0, 0, 1, 1, 1]),
        np.array([0, 1, 2, 9, 0, 1, 2]), train=(2, 2),
    )  # fmt: skip
    split = Split.in_time(recording, judged=judged)
    assert split.X_train[:, 0].tolist() == [0, 1, 4, 5]
    assert split.X_test[:, 0].tolist() == test
    assert split.timeline.train.whole == (slice(0, 2), slice(2, 4))
    assert split.timeline.test.position.tolist() == recording.position[test].tolist()


def test_another_word_for_what_is_judged_is_refused():
    with pytest.raises(DataError, match="unknown judged='half'; use 'rest' or 'all'"):
        Split.in_time(Recording.of_one([[1.0], [2.0]], [0, 1], train=1), judged="half")
