from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from bench.evaluation.entries import LABELS, Policy, Scored
from bench.evaluation.policies import (
    POLICIES,
    best_f1_threshold,
    headlines,
    middle_best_f1_threshold,
    thresholds,
)

# Ties, and neighbours that differ in their last bit, between which a threshold has no room but on one.
SCORES = [-1e300, -1.0, 0.0, 5e-324, 0.5, float(np.nextafter(0.5, 1)), 3.0, 1e300]
rows = st.lists(st.tuples(st.sampled_from(SCORES), st.sampled_from([0, 1])), min_size=2, max_size=20)
scored_rows = rows.filter(lambda rows: len({y for _, y in rows}) == 2).map(
    lambda rows: (np.array([s for s, _ in rows]), np.array([y for _, y in rows]))
)


def find(*, holdout=(None, None), **changes):
    given = Scored(
        unseen_scores=np.arange(10.0),
        contamination=0.1,
        calibration_scores=holdout[0],
        calibration_labels=holdout[1],
        test_scores=np.arange(4.0),
        test_labels=np.array([0, 0, 1, 1]),
    )
    return thresholds(replace(given, **changes))


@given(scored_rows)
def test_no_threshold_has_a_better_f1_than_the_oracle(rows):
    scores, y = rows
    found = best_f1_threshold(scores, y)
    ours = f1_score(y, scores > found)
    others = {t: f1_score(y, scores > t, zero_division=0) for t in [-np.inf, *SCORES]}
    assert ours == pytest.approx(max(others.values()))
    # Of equally good ones it is the one that predicts the fewest anomalies.
    fewest = min((scores > t).sum() for t, f1 in others.items() if f1 >= ours - 1e-12)
    assert (scores > found).sum() == fewest


@given(scored_rows)
def test_the_middle_predicts_the_same_rows_and_leaves_room_on_both_sides(rows):
    scores, y = rows
    tight, middle = best_f1_threshold(scores, y), middle_best_f1_threshold(scores, y)
    assert ((scores > middle) == (scores > tight)).all()
    assert np.isfinite(middle)
    assert middle <= tight
    below = scores[scores <= tight]
    assert not len(below) or middle >= below.max()


def test_the_calibration_threshold_is_set_by_the_labelled_rows_alone():
    held = np.array([0.0, 1.0, 3.0, 4.0]), np.array([0, 0, 1, 1])
    assert find(holdout=held)["calibration"] == 2
    assert (
        find(holdout=held, unseen_scores=np.zeros(3), test_labels=np.array([1, 0, 0, 0]))["calibration"] == 2
    )


@pytest.mark.parametrize("label", [0, 1])
def test_calibration_rows_of_one_class_set_no_threshold(label):
    assert "calibration" not in find(holdout=(np.arange(4.0), np.full(4, label)))
    assert "calibration" not in find()


@given(st.lists(st.integers(0, 9), min_size=2, max_size=40), st.sampled_from([0.05, 0.1, 0.3, 0.5]))
def test_a_row_like_the_others_lies_above_the_train_quantile_no_more_often_than_stated(scores, contamination):
    """Each of n + 1 rows is the new one once; ties do not raise the share."""
    values = np.array(scores, dtype=float)
    called = [
        value > find(unseen_scores=np.delete(values, i), contamination=contamination)["train-quantile"]
        for i, value in enumerate(values)
    ]
    # Of n rows with n < 1 / c - 1 the highest is the threshold: no quantile is beyond it.
    assert np.mean(called) <= max(contamination, 1 / len(values)) + 1e-9


@pytest.mark.parametrize(
    ("rows", "contamination", "expected"),
    [(9, 0.1, 8), (19, 0.1, 17), (20, 0.1, 18), (5, 0.1, 4), (99, 0.3, 69)],
)
def test_the_train_quantile_is_the_conformal_one(rows, contamination, expected):
    found = find(unseen_scores=np.arange(float(rows)), contamination=contamination)
    assert found["train-quantile"] == expected


def test_no_training_row_lies_above_the_quantile_where_there_are_no_anomalies():
    assert find(contamination=0)["train-quantile"] == 9


def test_native_is_there_only_where_the_detector_has_a_threshold():
    assert "native" not in find()
    assert find(own_threshold=np.float32(0.5))["native"] == 0.5
    assert find(own_threshold=0.0)["native"] == 0


def test_test_labels_and_scores_move_nothing_but_the_oracle():
    one = find(own_threshold=2.0)
    other = find(own_threshold=2.0, test_scores=np.arange(4.0)[::-1] * 7, test_labels=np.array([1, 0, 0, 0]))
    assert {policy for policy in one if one[policy] != other[policy]} == {"oracle"}
    assert "oracle" not in headlines()


def test_a_policy_is_given_what_it_names_and_nothing_else():
    def greedy(unseen_scores, **others):
        return unseen_scores.max()

    with pytest.raises(ValueError, match=r"sees .'others'.; there is"):
        Policy("greedy", "greedy", greedy)
    found = Policy("highest", "the highest score", lambda unseen_scores: unseen_scores.max())
    assert found.sees == {"unseen_scores"}
    assert found(Scored(unseen_scores=np.arange(3.0), test_labels=np.ones(3))) == 2
    assert found(Scored(test_scores=np.arange(3.0))) is None


def test_a_policy_that_sees_labels_can_head_no_leaderboard():
    assert not any(POLICIES[name].sees & LABELS for name in headlines())
    with pytest.raises(ValueError, match="sees labels and can head no leaderboard"):
        Policy("cheat", "a cheat", lambda test_labels: 0.0, headline=True)
