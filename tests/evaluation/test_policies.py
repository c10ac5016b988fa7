from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from bench.evaluation.policies import HEADLINES, best_f1_threshold, middle_best_f1_threshold, thresholds

# Ties, and neighbours that differ in their last bit, between which a threshold has no room but on one.
SCORES = [-1e300, -1.0, 0.0, 5e-324, 0.5, float(np.nextafter(0.5, 1)), 3.0, 1e300]
rows = st.lists(st.tuples(st.sampled_from(SCORES), st.sampled_from([0, 1])), min_size=2, max_size=20)
scored_rows = rows.filter(lambda rows: len({y for _, y in rows}) == 2).map(
    lambda rows: (np.array([s for s, _ in rows]), np.array([y for _, y in rows]))
)


def find(**changes):
    given = {
        "native": None,
        "train_scores": np.arange(10.0),
        "contamination": 0.1,
        "test_scores": np.arange(4.0),
        "y_test": np.array([0, 0, 1, 1]),
    }
    return thresholds(**{**given, **changes})


@given(scored_rows)
def test_no_threshold_has_a_better_f1_than_the_oracle(rows):
    scores, y = rows
    found = best_f1_threshold(scores, y)
    ours = f1_score(y, scores > found)
    others = {t: f1_score(y, scores > t, zero_division=0) for t in [-np.inf, *SCORES]}
    assert ours == pytest.approx(max(others.values()))
    # Of equally good ones it is the one that calls the fewest rows.
    fewest = min((scores > t).sum() for t, f1 in others.items() if f1 >= ours - 1e-12)
    assert (scores > found).sum() == fewest


@given(scored_rows)
def test_the_middle_calls_the_same_rows_and_leaves_room_on_both_sides(rows):
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
    assert find(holdout=held, train_scores=np.zeros(3), y_test=np.array([1, 0, 0, 0]))["calibration"] == 2


@pytest.mark.parametrize("label", [0, 1])
def test_calibration_rows_of_one_class_set_no_threshold(label):
    assert "calibration" not in find(holdout=(np.arange(4.0), np.full(4, label)))
    assert "calibration" not in find(holdout=None)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50, unique=True), st.floats(0, 0.99))
def test_the_share_it_is_told_of_training_rows_lies_above_the_train_quantile(scores, contamination):
    train_scores = np.array(scores)
    found = find(train_scores=train_scores, contamination=contamination)["train-quantile"]
    assert abs((train_scores > found).mean() - contamination) <= 1 / len(scores)


def test_no_training_row_lies_above_the_quantile_where_there_are_no_anomalies():
    assert find(contamination=0)["train-quantile"] == 9


def test_native_is_there_only_where_the_detector_has_a_threshold():
    assert "native" not in find()
    assert find(native=np.float32(0.5))["native"] == 0.5
    assert find(native=0.0)["native"] == 0


def test_test_labels_and_scores_move_nothing_but_the_oracle():
    one = find(native=2.0)
    other = find(native=2.0, test_scores=np.arange(4.0)[::-1] * 7, y_test=np.array([1, 0, 0, 0]))
    assert {policy for policy in one if one[policy] != other[policy]} == {"oracle"}
    assert "oracle" not in HEADLINES
