from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

from bench.errors import BenchWarning, DataError
from bench.tables import Encoder, warn_of_empty_cells


def test_numbers_are_kept_and_missing_ones_become_the_training_median():
    train = pd.DataFrame({"a": [1.0, 2.0, 9.0, np.nan], "ok": [1, 0, 1, 1]})
    other = pd.DataFrame({"a": [np.nan, 100.0], "ok": [0, 1]})
    encoder = Encoder().fit(train)
    assert encoder.columns == ["a", "ok"]
    assert encoder.transform(train).tolist() == [[1, 1], [2, 0], [9, 1], [2, 1]]
    assert encoder.transform(other).tolist() == [[2, 0], [100, 1]]
    assert encoder.transform(other).dtype == np.float64


def test_texts_of_few_values_have_a_column_for_each_and_new_ones_none():
    train = pd.DataFrame({"x": [1.0, 2.0, 3.0], "colour": ["red", "blue", None]})
    encoder = Encoder().fit(train)
    assert encoder.columns == ["x", "colour", "colour", "colour"]
    encoded = encoder.transform(pd.DataFrame({"x": [0.0] * 4, "colour": ["red", "blue", None, "green"]}))
    assert encoded[:, 1:].sum(axis=1).tolist() == [1, 1, 1, 0]
    assert len(np.unique(encoded, axis=0)) == 4


def test_texts_of_many_values_become_their_share_of_the_training_rows():
    towns = ["a"] * 50 + [f"town {i % 25}" for i in range(50)]
    encoder = Encoder().fit(pd.DataFrame({"town": towns}))
    assert encoder.columns == ["town"]
    found = encoder.transform(pd.DataFrame({"town": ["a", "town 3", "elsewhere", None]}))
    assert found.ravel().tolist() == [0.5, 0.02, 0, 0]
    with_missing = Encoder().fit(pd.DataFrame({"town": [*towns[:-25], *[None] * 25]}))
    assert with_missing.transform(pd.DataFrame({"town": [None]})).ravel().tolist() == [0.25]


def test_free_text_is_left_out_and_named():
    train = pd.DataFrame({"a": range(40), "name": [f"person {i}" for i in range(40)]})
    with pytest.warns(BenchWarning, match="free text, different in most rows, is left out: 'name'"):
        encoder = Encoder().fit(train)
    assert encoder.columns == ["a"]
    assert encoder.transform(train).shape == (40, 1)


def test_a_table_of_texts_alone_can_be_encoded():
    train = pd.DataFrame({"a": list("xyxy"), "b": list("ppqq")})
    assert Encoder().fit(train).transform(train).shape == (4, 4)


def test_a_column_without_any_value_is_left_out():
    train = pd.DataFrame({"a": [1.0, 2.0], "empty": [np.nan, np.nan]})
    encoder = Encoder().fit(train)
    assert encoder.transform(train).tolist() == [[1], [2]]
    assert encoder.transform(train.assign(empty=3.0)).tolist() == [[1], [2]]


@pytest.mark.filterwarnings("ignore:free text")
@pytest.mark.parametrize(
    "train",
    [
        pd.DataFrame({"a": [1.0] * 9, "b": ["x"] * 9}),
        pd.DataFrame({"a": [np.nan] * 9}),
        pd.DataFrame({"a": [1] * 40, "name": [f"person {i}" for i in range(40)]}),
    ],
)
def test_rows_that_no_column_tells_apart_are_refused(train):
    with pytest.raises(DataError, match="no column distinguishes the rows"):
        Encoder().fit(train)


def test_rows_without_a_column_of_the_training_rows_are_refused():
    encoder = Encoder().fit(pd.DataFrame({"a": [1, 2], "b": [3, 4]}))
    with pytest.raises(DataError, match="no column 'b', which the training rows have"):
        encoder.transform(pd.DataFrame({"a": [1]}))


def test_empty_cells_are_counted_and_what_becomes_of_them_is_said():
    frame = pd.DataFrame({"a": [1, None, None], "b": ["x", None, "y"], "c": [1, 2, 3]})
    with pytest.warns(BenchWarning) as said:
        warn_of_empty_cells(frame, "t.csv")
    assert str(said[0].message) == (
        "t.csv: 3 empty cells in 'a' (2), 'b' (1); an empty number becomes its column's median, an empty "
        "text counts as a value of its own"
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of_empty_cells(frame[["c"]], "t.csv")


def test_missing_numbers_are_told_by_a_column_where_that_is_asked_for():
    train = pd.DataFrame({"a": [1.0, 2.0, 9.0, np.nan], "b": [1, 0, 1, 1], "none": [np.nan] * 4})
    encoder = Encoder("indicate").fit(train)
    assert encoder.columns == ["a", "a", "b"]
    assert encoder.transform(train).tolist() == [[1, 0, 1], [2, 0, 0], [9, 0, 1], [2, 1, 1]]
    # Training rows had each b: there is no column that could say that one is missing.
    later = pd.DataFrame({"a": [np.nan], "b": [np.nan], "none": [5.0]})
    assert encoder.transform(later).tolist() == [[2, 1, 1]]


def test_another_way_with_missing_numbers_is_refused():
    with pytest.raises(DataError, match="missing"):
        Encoder("drop")


@pytest.mark.parametrize(
    ("missing", "said"), [("impute", "median$"), ("indicate", "a column says which were")]
)
def test_what_becomes_of_empty_numbers_is_said(missing, said):
    with pytest.warns(BenchWarning, match=said):
        warn_of_empty_cells(pd.DataFrame({"a": [1.0, np.nan]}), "t.csv", missing)
