from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from bench.errors import DataError
from bench.splits.split import Split

X, Y = np.arange(12.0).reshape(6, 2), np.array([0, 1, 0, 1, 0, 1])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"X_train": [["a", "b"]] * 6}, "train rows are not numbers"),
        ({"X_test": np.arange(6.0)}, r"test rows have the shape \(6,\)"),
        ({"y_train": [0, 1, 2, 0, 0, 0]}, "train labels must be 0 .* there are: 2"),
        ({"y_test": [0, 1]}, "6 rows but labels of shape"),
        ({"X_train": np.where(X == 5, np.nan, X)}, "first in row 2, column 1"),
        ({"X_train": np.where(X == 5, -1e300, X)}, "train rows hold values that are too large .* row 2, col"),
        ({"X_train": X + 1j}, "train rows are complex numbers"),
        ({"X_train": csr_matrix(X)}, "train rows are a sparse matrix"),
        ({"X_test": np.ma.masked_equal(X, 5)}, "test rows have masked values"),
        ({"y_test": np.ma.masked_equal(Y, 1)}, "test labels have masked values"),
        ({"y_test": [str(label) for label in Y]}, "test labels must be 0 .* there are: '0', '1'"),
        ({"X_test": np.where(X == 0, np.inf, X)}, "first in row 0, column 0"),
        ({"y_test": np.zeros(6)}, "no anomalies"),
        ({"y_test": np.ones(6)}, "no normal rows"),
        ({"X_test": np.ones((6, 3))}, "different numbers of columns"),
        ({"X_train": np.empty((0, 2)), "y_train": []}, "train part has no rows"),
        ({"X_calibration": X}, "come together"),
        ({"scaling": "minmax"}, "unknown scaling"),
    ],
)
def test_what_cannot_be_measured_is_refused(change, words):
    with pytest.raises(DataError, match=words):
        Split(**{"X_train": X, "y_train": Y, "X_test": X, "y_test": Y, **change})


@given(normals=st.integers(10, 60), anomalies=st.integers(4, 30), seed=st.integers(0, 5))
def test_each_row_goes_to_one_part_and_each_part_has_its_share(normals, anomalies, seed):
    rows = np.arange(normals + anomalies, dtype=float)[:, None]
    y = np.repeat([0, 1], [normals, anomalies])
    split = Split.stratified(rows, y, np.random.default_rng(seed), test=0.3, calibration=0.2)
    parts = [split.train, split.calibration, split.test]
    assert sorted(np.concatenate([part.X[:, 0] for part in parts])) == list(rows[:, 0])
    assert all((y[part.X[:, 0].astype(int)] == part.y).all() for part in parts)
    assert abs(split.y_test.sum() - 0.3 * anomalies) <= 1
    assert abs((split.y_test == 0).sum() - 0.3 * normals) <= 1


def test_more_anomalies_leave_the_normal_rows_in_their_parts():
    def normal_test_rows(anomalies):
        y = np.repeat([0, 1], [50, anomalies])
        rows = np.arange(50 + anomalies, dtype=float)[:, None]
        split = Split.stratified(rows, y, np.random.default_rng(3))
        return set(split.X_test[split.y_test == 0, 0])

    assert normal_test_rows(10) == normal_test_rows(20)


def test_the_same_seed_is_the_same_split():
    one, two, other = (
        Split.stratified(np.tile(X, (9, 1)), np.tile(Y, 9), np.random.default_rng(s)) for s in (1, 1, 2)
    )
    assert np.array_equal(one.X_test, two.X_test)
    assert not np.array_equal(one.X_test, other.X_test)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"X_train": np.zeros((6, 0))}, r"train rows have the shape \(6, 0\)"),
        ({"y_train": Y[:, None]}, r"6 rows but labels of shape \(6, 1\)"),
        ({"y_test": Y * 0.5}, "test labels must be 0 .* there are: 0.5"),
        ({"y_train": ["no", "yes"] * 3}, "train labels must be 0 .* 'no', 'yes'"),
        ({"y_calibration": Y}, "come together"),
        ({"X_calibration": X, "y_calibration": Y[:3]}, "the calibration part has 6 rows but labels"),
        ({"X_calibration": X * np.nan, "y_calibration": Y}, "the calibration rows hold NaN"),
        ({"X_calibration": X[:, :1], "y_calibration": Y}, r"different numbers of columns: \[1, 2\]"),
        pytest.param(
            {"y_train": np.array([0, 0, 0, 1, 1, None], dtype=object)},
            "train labels must be 0",
        ),
    ],
)
def test_calibration_rows_and_odd_labels_are_checked_too(change, words):
    with pytest.raises(DataError, match=words):
        Split(**{"X_train": X, "y_train": Y, "X_test": X, "y_test": Y, **change})


@pytest.mark.parametrize(
    ("test", "calibration", "words"),
    [
        (0.0, 0.2, "the test part has no anomalies"),
        (0.8, 0.2, "the train part has no rows"),
        *(
            pytest.param(
                *shares,
                "test|calibration",
            )
            for shares in [(-0.1, 0.2), (0.3, -0.1)]
        ),
    ],
)
def test_shares_that_make_no_split_are_refused(test, calibration, words):
    rows, y = np.arange(60.0)[:, None], np.repeat([0, 1], [50, 10])
    with pytest.raises(DataError, match=words):
        Split.stratified(rows, y, np.random.default_rng(0), test=test, calibration=calibration)


def test_without_a_share_for_calibration_there_is_none():
    split = Split.stratified(np.tile(X, (9, 1)), np.tile(Y, 9), np.random.default_rng(0), calibration=0)
    assert split.calibration is None
    assert len(split.y_train) + len(split.y_test) == 54


def test_more_normal_rows_leave_the_anomalies_in_their_parts():
    def anomalous_test_rows(normals):
        rows = np.concatenate([np.arange(normals), np.arange(20)])[:, None]
        y = np.repeat([0, 1], [normals, 20])
        split = Split.stratified(rows, y, np.random.default_rng(3))
        return set(split.X_test[split.y_test == 1, 0])

    assert anomalous_test_rows(30) == anomalous_test_rows(50)
