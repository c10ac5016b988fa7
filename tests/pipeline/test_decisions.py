"""Thresholds by budgets and costs, and the false alarms to expect, against counts and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bench import BenchError, DataError, Pipeline
from bench.pipeline.decisions import Alerts, Budget, Cost, Given, Known, parse_decision

SCORES = np.arange(1.0, 100.0)  # 99 rows: the share of new ones above the k-th highest is k / 100
NONE = np.full(99, -1, np.int8)


def at(known, **given):
    return Given(known, **given)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"budget": "1%"}, "--budget 1%"),
        ({"budget": 0.05}, "--budget 5%"),
        ({"alerts": "20/day"}, "--alerts 20/day"),
        ({"alerts": 20}, "--alerts 20"),
        ({"cost": "50:1"}, "--cost 50:1"),
    ],
)
def test_what_is_asked_is_read_and_said_again(given, text):
    assert parse_decision(**given).text == text


def test_nothing_asked_is_no_decision():
    assert parse_decision(budget=None, alerts=None) is None


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"budget": "120%"}, "--budget '120%' is not a fraction"),
        ({"budget": "few"}, "not a fraction"),
        ({"alerts": "0"}, "--alerts '0' is not a number of alarms"),
        ({"alerts": "20/week"}, "not a number of alarms"),
        ({"cost": "50"}, "--cost '50' is not what"),
        ({"cost": "0:1"}, "is not what"),
        ({"cost": "5:1", "budget": "1%"}, "give one of --cost and --budget, not both"),
    ],
)
def test_what_cannot_be_asked_is_refused(given, message):
    with pytest.raises(BenchError, match=message):
        parse_decision(**given)


def test_a_budget_is_the_conformal_quantile():
    assert Budget(0.05).threshold(at(Known(SCORES, NONE))) == 95.0  # 5 of 100 ranks are above it


def test_alerts_a_day_are_a_share_of_the_rows_of_a_day():
    known = Known(SCORES, NONE, rows_per_day=100)
    assert Alerts(5, True).threshold(at(known)) == Budget(0.05).threshold(at(known))
    # Of a file with twice the rows, half the share.
    assert Alerts(5, True).threshold(at(known, rows_per_day=50)) == 90.0
    assert Alerts(500, True).threshold(at(known)) == -math.inf
    with pytest.raises(BenchError, match="name a column with --time"):
        Alerts(5, True).threshold(at(Known(SCORES, NONE)))


def test_alerts_of_a_file_are_no_more_than_asked_where_scores_tie():
    scores = np.array([1.0, 5.0, 4.0, 4.0, 2.0])
    above = [int((scores > Alerts(k, False).threshold(at(Known(SCORES, NONE), scores=scores))).sum())
             for k in range(1, 7)]  # fmt: skip
    assert above == [1, 1, 3, 4, 5, 5]


@pytest.mark.parametrize(("missed", "false_alarm"), [(50, 1), (1, 50), (3, 2)])
def test_costs_have_the_threshold_of_least_total_cost(missed, false_alarm):
    rng = np.random.default_rng(0)
    y = (rng.random(300) < 0.1).astype(np.int8)
    scores = rng.normal(2 * y).round(1)
    y[:50] = -1
    known = Known(scores, y)

    def total(threshold):
        predicted = scores > threshold
        return missed * ((y == 1) & ~predicted).sum() + false_alarm * ((y == 0) & predicted).sum()

    found = Cost(missed, false_alarm).threshold(at(known))
    assert total(found) == min(total(each) for each in [-math.inf, *scores])


def test_costs_need_labels_of_both_kinds():
    with pytest.raises(BenchError, match="--cost 50:1 needs training rows with labels of both kinds"):
        Cost(50, 1).threshold(at(Known(SCORES, NONE)))


def test_false_alarms_without_labels_count_all_training_rows():
    found = Known(SCORES, NONE).false_alarms(95.0, 1000)
    assert found.expected == pytest.approx(50)
    assert (found.by_labels, found.of) == (False, 99)


def test_false_alarms_by_labels_count_normal_rows_and_their_share():
    y = np.where(SCORES > 89, 1, 0).astype(np.int8)  # the ten highest are anomalous
    found = Known(SCORES, y).false_alarms(80.0, 990)
    assert found.expected == pytest.approx(890 * 10 / 90)  # 9 of 89 normal rows, and the next
    assert (found.by_labels, found.of) == (True, 89)


def test_the_interval_holds_the_number_of_false_alarms_as_often_as_it_says():
    """Thresholds by 200 scores, then 500 more of the same kind, 2 000 times."""
    rng = np.random.default_rng(0)
    inside = 0
    for _ in range(2000):
        known = Known(rng.normal(size=200), np.full(200, -1, np.int8))
        threshold = Budget(0.05).threshold(at(known))
        found = known.false_alarms(threshold, 500)
        inside += found.low <= (rng.normal(size=500) > threshold).sum() <= found.high
    assert 0.94 < inside / 2000 < 0.98  # 95 % or, as numbers are whole, somewhat more


def test_the_rows_of_a_day_are_those_of_the_column_of_time(january):
    model = Pipeline("hbos", drop=["hour"], time="when", alerts="2/day").fit(january)
    assert model.known_.rows_per_day == 24
    assert model.threshold_ == Budget(2 / 24).threshold(at(model.known_))


def test_numbers_that_are_no_times_are_refused(january):
    with pytest.raises(DataError, match="column 'hour' holds numbers that are no times since 1970"):
        Pipeline("hbos", drop=["when"], time="hour").fit(january)
