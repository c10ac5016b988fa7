from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_series import flags, scored_series

from bench.evaluation.events import delays, point_adjusted_f1
from bench.evaluation.ranges import Layout, Ranges


def spikes(n, heights):
    """Scores of 0, but for some points."""
    found = np.zeros(n)
    found[list(heights)] = list(heights.values())
    return found


# Days of 240 points, ten to the hour. Of the points, 2 430 are in no range and in no buffer of one: ten days,
# with room for ten false alarms.
TEN_DAYS = Layout((2640,), window=20, points_per_day=240)
RANGES = flags(2640, (500, 600), (1000, 1010), (2000, 2040))


@pytest.mark.parametrize(
    ("false_alarms", "expected"),
    [
        # Ten hours with a false alarm: all of them are within the budget, and each range is found.
        (range(0, 400, 40), [0.25, 0.9, 0]),
        # Eleven: the range whose highest score is no higher than these is missed.
        (range(0, 440, 40), [0.25, 1, 0]),
        # More points, but in nine hours, and in buffers, where they count for nothing.
        ([*range(100, 190), *range(490, 500), *range(600, 610)], [0.25, 0.9, 0]),
        # One point beyond a buffer, on either side, is in an eleventh hour.
        ([*range(0, 400, 40), 489], [0.25, 1, 0]),
        ([*range(0, 400, 40), 610], [0.25, 1, 0]),
    ],
)
def test_the_threshold_gives_as_many_false_alarms_as_there_are_days(false_alarms, expected):
    scores = spikes(2640, dict.fromkeys(false_alarms, 5))
    scores += spikes(2640, {525: 9, 560: 7, 1009: 4, 2000: 6})
    assert delays(scores, RANGES, TEN_DAYS) == pytest.approx(expected)


def test_to_alarm_always_or_in_long_stretches_finds_nothing():
    for scores in (np.zeros(2640), np.repeat(np.arange(24) % 2, 110).astype(float)):
        assert (delays(scores, RANGES, TEN_DAYS) == 1).all()


def test_a_thousand_points_stand_for_a_day_that_is_not_known_or_has_fewer_points_than_hours():
    scores = spikes(4000, dict.fromkeys((100, 1500, 2900, 3900), 5) | {50: 4, 2000: 3})
    is_anomaly = flags(4000, (1990, 2010))
    found = [delays(scores, is_anomaly, Layout((4000,), 0, day)) for day in (None, 12.0, 2000.0, 500.0)]
    # Of 3 980 normal points three, three, one and seven false alarms are within the budget.
    assert [float(delay[0]) for delay in found] == [1, 1, 1, 0.5]


def test_one_false_alarm_is_allowed_where_there_is_less_than_a_day():
    scores, is_anomaly = spikes(100, {10: 9, 50: 8}), flags(100, (48, 52))
    assert delays(scores, is_anomaly, Layout((100,), 0, 1440.0)).tolist() == [0.5]
    assert delays(scores + spikes(100, {75: 8}), is_anomaly, Layout((100,), 0, 240.0)).tolist() == [1]


def test_ranges_and_hours_end_where_a_series_does():
    layout = Layout((50, 50), 40, 24.0)
    is_anomaly = flags(100, (48, 52))
    assert [edges.tolist() for edges in Ranges.of(is_anomaly, layout.starts)] == [[48, 50], [50, 52]]
    assert delays(spikes(100, {49: 9}), is_anomaly, layout).tolist() == [0.5, 1]
    # The last normal points of the first series and the first of the second are within reach of ranges.
    assert delays(spikes(100, {49: 9, 30: 10, 70: 10}), is_anomaly, layout).tolist() == [0.5, 1]


def test_without_a_point_that_can_alarm_falsely_nothing_is_known():
    is_anomaly = flags(20, (5, 6), (15, 16))
    assert np.isnan(delays(np.arange(20.0), is_anomaly, Layout((20,), 10, None))).all()


# What TSB-AD 1.5's adjustment of predictions gives at the best of all thresholds.
@pytest.mark.parametrize(
    ("ranges", "expected"),
    [(((10, 14), (17, 18), (20, 22), (45, 50)), 0.6923076923076923),
     (((5, 6), (7, 8), (30, 31)), 0.09836065573770492)],
)  # fmt: skip
def test_point_adjusted_f1_is_that_of_the_library(ranges, expected):
    assert point_adjusted_f1(np.arange(60) * 37 % 61 / 61, flags(60, *ranges)) == pytest.approx(expected)


def test_point_adjusted_f1_counts_the_whole_of_a_range_at_the_beginning():
    assert point_adjusted_f1(np.array([0.0, 1, 0, 0, 0]), flags(5, (0, 3))) == 1


def test_point_adjusted_f1_is_high_for_scores_that_know_nothing():
    draws = np.random.default_rng(0).random((20, 2000))
    assert np.mean([point_adjusted_f1(scores, flags(2000, (950, 1050))) for scores in draws]) > 0.85


@given(scored_series(), st.integers(0, 20), st.sampled_from([None, 24.0, 100.0]))
def test_all_are_within_bounds(series, window, day):
    scores, is_anomaly = series
    found = delays(scores, is_anomaly, Layout((len(scores),), window, day))
    assert len(found) == len(Ranges.of(is_anomaly).starts)
    assert all(math.isnan(each) or 0 <= each <= 1 for each in found)
    assert 0 < point_adjusted_f1(scores, is_anomaly) <= 1
