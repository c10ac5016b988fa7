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

from bench.evaluation.metrics import (
    DECISION,
    RANKING,
    decision_metrics,
    evaluate,
    precision_at_n,
    ranking_metrics,
)


def scored_rows(max_size):
    """Scores, often tied, and labels of both classes."""
    rows = st.lists(st.tuples(st.integers(-3, 3), st.sampled_from([0, 1])), min_size=2, max_size=max_size)
    mixed = rows.filter(lambda rows: len({label for _, label in rows}) == 2)
    return mixed.map(lambda rows: (np.array([s / 2 for s, _ in rows]), np.array([y for _, y in rows])))


calls = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=30).map(
    lambda rows: (np.array([called for called, _ in rows]), np.array([int(y) for _, y in rows]))
)


@given(calls)
def test_decision_metrics_agree_with_scikit_learn(rows):
    called, y = rows
    # scikit-learn leaves a class that nobody mentions out of the macro average unless it is told of both.
    assert decision_metrics(called, y) == pytest.approx(
        {
            "precision": precision_score(y, called, zero_division=0),
            "recall": recall_score(y, called, zero_division=0),
            "f1": f1_score(y, called, zero_division=0),
            "accuracy": accuracy_score(y, called),
            "macro_f1": f1_score(y, called, average="macro", labels=[0, 1], zero_division=0),
        }
    )


@given(scored_rows(30))
def test_ranking_metrics_agree_with_scikit_learn(rows):
    scores, y = rows
    found = ranking_metrics(scores, y)
    assert found["roc_auc"] == pytest.approx(roc_auc_score(y, scores))
    assert found["average_precision"] == pytest.approx(average_precision_score(y, scores))


@given(scored_rows(6))
def test_precision_at_n_is_the_mean_over_all_ways_to_break_ties(rows):
    scores, y = rows
    n = y.sum()
    tops = [
        y[list(order[:n])].mean()
        for order in permutations(range(len(y)))
        if all(scores[a] >= scores[b] for a, b in pairwise(order))
    ]
    assert precision_at_n(scores, y) == pytest.approx(np.mean(tops))


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
    assert precision_at_n(np.array(scores, dtype=float), np.array(y)) == expected


def test_a_ratio_without_a_denominator_is_zero():
    y = np.array([0, 0, 1])
    nothing = decision_metrics(np.zeros(3, dtype=bool), y)
    assert (nothing["precision"], nothing["recall"], nothing["f1"]) == (0, 0, 0)
    no_anomalies = decision_metrics(np.zeros(3, dtype=bool), np.zeros(3))
    assert (no_anomalies["recall"], no_anomalies["f1"], no_anomalies["accuracy"]) == (0, 0, 1)


def test_each_policy_gets_its_own_decisions_and_a_row_at_the_threshold_is_not_called():
    scores, y = np.array([0.0, 1.0, 2.0, 3.0]), np.array([0, 0, 1, 1])
    found = evaluate(scores, y, {"native": 1.0, "oracle": 2.0})
    assert found.keys() == {"ranking", "native", "oracle"}
    assert found["ranking"].keys() == set(RANKING)
    assert found["native"] == dict.fromkeys(DECISION, 1.0)
    assert found["oracle"]["recall"] == 0.5
