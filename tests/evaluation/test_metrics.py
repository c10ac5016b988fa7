from __future__ import annotations

from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    f1_score,
    precision_score,
    recall_score,
    roc_auc_score,
)

from bench.evaluation.entries import Metric, by_name
from bench.evaluation.metrics import METRICS, RANKED_BY, RANKING, evaluate, fill_in, judged, measured
from bench.evaluation.ranking import Ranking, found_among, precision_at_n


def scored_rows(max_size):
    """Scores, often tied, and labels of both classes."""
    rows = st.lists(st.tuples(st.integers(-3, 3), st.sampled_from([0, 1])), min_size=2, max_size=max_size)
    mixed = rows.filter(lambda rows: len({label for _, label in rows}) == 2)
    return mixed.map(lambda rows: (np.array([s / 2 for s, _ in rows]), np.array([y for _, y in rows])))


predictions = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=30).map(
    lambda rows: (np.array([predicted for predicted, _ in rows]), np.array([int(y) for _, y in rows]))
)


@given(predictions)
def test_decision_metrics_agree_with_scikit_learn(rows):
    predicted, y = rows
    # scikit-learn leaves a class that nobody mentions out of the macro average unless it is told of both.
    assert judged(predicted, y) == pytest.approx(
        {
            "precision": precision_score(y, predicted, zero_division=0),
            "recall": recall_score(y, predicted, zero_division=0),
            "false_alarm_rate": 1 - recall_score(y, predicted, pos_label=0, zero_division=1),
            "f1": f1_score(y, predicted, zero_division=0),
            "accuracy": accuracy_score(y, predicted),
            "macro_f1": f1_score(y, predicted, average="macro", labels=[0, 1], zero_division=0),
            "cost_10": np.where(y > predicted, 10, y != predicted).mean(),
            "cost_50": np.where(y > predicted, 50, y != predicted).mean(),
        }
    )


@given(predictions.filter(lambda rows: 0 < rows[1].sum() < len(rows[1])))
def test_costs_follow_from_recall_and_false_alarms(rows):
    predicted, y = rows
    now = judged(predicted, y)
    older = {"native": {name: now[name] for name in ("recall", "false_alarm_rate")}}
    fill_in(older, y.mean())
    assert older["native"] == pytest.approx({name: now[name] for name in older["native"]})
    assert {"cost_10", "cost_50"} <= older["native"].keys()


@given(scored_rows(30))
def test_ranking_metrics_agree_with_scikit_learn(rows):
    scores, y = rows
    found = measured("scores", Ranking(scores, y))
    assert found["roc_auc"] == pytest.approx(roc_auc_score(y, scores))
    assert found["average_precision"] == pytest.approx(average_precision_score(y, scores))


@given(scored_rows(30))
def test_adjusted_ap_is_the_share_of_the_way_from_chance_to_perfect(rows):
    scores, y = rows
    found = measured("scores", Ranking(scores, y))["adjusted_ap"]
    chance = y.mean()
    assert -1 <= found <= 1
    assert found == pytest.approx(max(-1, (average_precision_score(y, scores) - chance) / (1 - chance)))
    # Scores that say nothing are at 0, and perfect ones at 1, whatever the fraction of anomalies.
    assert measured("scores", Ranking(np.zeros(len(y)), y))["adjusted_ap"] == pytest.approx(0, abs=1e-12)
    assert measured("scores", Ranking(y.astype(float), y))["adjusted_ap"] == 1


def test_the_worst_scores_are_below_chance_and_cut_off_where_nearly_all_rows_are_anomalies():
    half, most = np.repeat([1, 0], [500, 500]), np.repeat([1, 0], [990, 10])
    of = lambda y: measured("scores", Ranking(np.arange(len(y), dtype=float), y))["adjusted_ap"]  # noqa: E731
    assert of(half) == pytest.approx(1 + 2 * np.log(0.5), abs=0.01)
    assert of(most) == -1


def test_what_ranks_a_board_cannot_be_won_by_a_decision_that_knows_nothing():
    """F1 can: half of the test rows of the article's curves are anomalies."""
    *_, ranked_by = RANKED_BY
    y = np.repeat([0, 1], [50, 50])
    good = np.random.default_rng(0).normal(size=100) + 2 * y
    cautious = measured("scores", Ranking(good, y)) | judged(good > 2.5, y)
    calls_all = measured("scores", Ranking(np.zeros(100), y)) | judged(np.ones(100, dtype=bool), y)
    assert calls_all["f1"] > cautious["f1"]
    assert calls_all[ranked_by.name] == 0
    assert cautious[ranked_by.name] > 0.5


def test_older_records_get_what_follows_from_their_other_metrics():
    scores, y = np.array([3.0, 2, 1, 0]), np.array([1, 0, 1, 0])
    now = measured("scores", Ranking(scores, y))
    older = {"ranking": {name: now[name] for name in ("roc_auc", "average_precision")}, "native": {"f1": 0.1}}
    fill_in(older, 0.5)
    assert older["ranking"]["adjusted_ap"] == pytest.approx(now["adjusted_ap"])
    assert "precision_at_n" not in older["ranking"]  # which does not follow
    assert older["native"] == {"f1": 0.1}
    nothing = {"native": {"f1": 0.1}}
    fill_in(nothing, 0.5)
    assert nothing == {"native": {"f1": 0.1}}


@given(scored_rows(6))
def test_what_is_found_is_the_mean_over_all_ways_to_break_ties(rows):
    scores, y = rows
    orders = [
        list(order)
        for order in permutations(range(len(y)))
        if all(scores[a] >= scores[b] for a, b in pairwise(order))
    ]
    ranking = Ranking(scores, y)
    for alerts in range(1, len(y) + 1):
        expected = np.mean([y[order[:alerts]].sum() for order in orders])
        assert found_among(ranking, alerts) == pytest.approx(expected)
    assert precision_at_n(ranking) == pytest.approx(found_among(ranking, y.sum()) / y.sum())


def test_alerts_are_a_number_of_rows_or_a_fraction_of_them_and_at_least_one():
    y = np.repeat([1, 0], [20, 380])
    found = measured("scores", Ranking(-np.arange(400.0), y))
    alerts = {"10": 10, "1pct": 4, "5pct": 20}
    for name, rows in alerts.items():
        assert found[f"precision_at_{name}"] == 1
        assert found[f"recall_at_{name}"] == rows / 20
        assert METRICS[f"recall_at_{name}"].chance(20, 380) == rows / 400
        assert METRICS[f"precision_at_{name}"].chance(20, 380) == 20 / 400
    few = measured("scores", Ranking(np.array([1.0, 0]), np.array([1, 0])))
    assert (few["precision_at_1pct"], few["precision_at_10"]) == (1, 0.5)


@pytest.mark.parametrize(
    ("scores", "y", "expected"),
    [
        ([3, 2, 1, 0], [1, 1, 0, 0], 1),
        ([0, 1, 2, 3], [1, 1, 0, 0], 0),
        ([3, 2, 1, 0], [1, 0, 1, 0], 0.5),
        ([0, 0, 0, 0], [1, 0, 0, 0], 0.25),
        ([9, 5, 5, 0], [0, 1, 0, 1], 0.25),
    ],
)
def test_precision_at_n_by_hand(scores, y, expected):
    assert precision_at_n(Ranking(np.array(scores, dtype=float), np.array(y))) == expected


def test_a_ratio_without_a_denominator_is_zero():
    y = np.array([0, 0, 1])
    nothing = judged(np.zeros(3, dtype=bool), y)
    assert (nothing["precision"], nothing["recall"], nothing["f1"]) == (0, 0, 0)
    no_anomalies = judged(np.zeros(3, dtype=bool), np.zeros(3))
    assert (no_anomalies["recall"], no_anomalies["f1"], no_anomalies["accuracy"]) == (0, 0, 1)


def test_each_policy_gets_its_own_decisions_and_a_row_at_the_threshold_is_predicted_normal():
    scores, y = np.array([0.0, 1.0, 2.0, 3.0]), np.array([0, 0, 1, 1])
    found = evaluate(scores, y, {"native": 1.0, "oracle": 2.0})
    assert found.keys() == {RANKING, "native", "oracle"}
    assert found[RANKING].keys() == {name for name, metric in METRICS.items() if metric.needs == "scores"}
    best = {name: metric.bounds[metric.higher_is_better] for name, metric in METRICS.items()}
    assert found["native"] == {name: best[name] for name, m in METRICS.items() if m.needs == "threshold"}
    assert found["oracle"]["recall"] == 0.5


def test_every_metric_says_what_it_is_and_keeps_its_bounds():
    y = np.array([0, 0, 1, 1])
    for scores in ([0, 1, 2, 3], [3, 2, 1, 0], [0, 0, 0, 0]):
        found = evaluate(np.array(scores, dtype=float), y, {"native": 0.5})
        for name, value in {**found[RANKING], **found["native"]}.items():
            low, high = METRICS[name].bounds
            assert low <= value <= high
    assert all(metric.title and metric.explanation[-1] != "." for metric in METRICS.values())


def test_a_failure_is_worse_than_anything_whichever_way_is_better():
    rising = Metric("gain", "gain", "what is won", len, "scores", bounds=(-1, 1))
    falling = Metric("loss", "loss", "what is lost", len, "scores", higher_is_better=False, bounds=(0, 2))
    assert (rising.worst, rising.failure) == (-1, -3)
    assert (falling.worst, falling.failure) == (2, 4)
    assert falling.oriented(falling.failure) < falling.oriented(falling.worst) < falling.oriented(0)


@pytest.mark.parametrize("bounds", [(1, 0), (0, float("inf")), (0, float("nan"))])
def test_a_metric_without_finite_bounds_is_refused(bounds):
    with pytest.raises(ValueError, match="bounds must be two rising finite numbers"):
        Metric("cost", "cost", "what it costs", len, "scores", bounds=bounds)


def test_two_entries_of_one_name_are_refused():
    with pytest.raises(ValueError, match="a name is there twice"):
        by_name(METRICS["f1"], METRICS["f1"])
