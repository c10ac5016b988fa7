from __future__ import annotations

import pandas as pd
import pytest

from bench.errors import BenchWarning, DataError
from bench.recommend.table import load_table
from bench.tables import split_labels, take_labels


def table(labels):
    return pd.DataFrame({"a": range(len(labels)), "class": labels})


@pytest.mark.parametrize(
    ("labels", "normal"),
    [
        ([0, 0, 1, 0, 1], None),
        ([0.0, 0.0, 1.0, 0.0, 1.0], None),
        ([False, False, True, False, True], None),
        (["0", "0", "1", "0", "1"], None),
        (["No", "No", "Yes", "No", "Yes"], "No"),
        ([1, 1, -1, 1, -1], "1"),
        ([1.0, 1.0, 2.0, 1.0, 2.0], "1"),
        ([2, 2, 1, 2, 3], "2"),
        (["ok", "ok", "worn", "ok", "broken"], "ok"),
        (["Normal", "ok", "anomaly", "0", "yes"], None),
        (["none", "none", "worn", "none", "broken"], "none"),
        ([False, False, True, False, True], "false"),
        ([1, 2, 3, 1, 3], "1,2"),
        (["none, minor", "none, minor", "worn", "none, minor", "x"], "none, minor"),
        (["none", "minor", "worn", "none", "broken"], "none, minor"),
        # A file's None and NA are read as empty cells.
        ([None, None, "worn", None, "broken"], "None"),
        ([None, "minor", "worn", None, "broken"], "NA,minor"),
    ],
)
def test_labels_are_zero_for_normal_and_one_for_anomalous(labels, normal):
    rows, y = take_labels(table(labels), "class", normal)
    assert y.tolist() == [0, 0, 1, 0, 1]
    assert list(rows.columns) == ["a"]


@pytest.mark.parametrize(
    ("labels", "normal", "message"),
    [
        ([0, 0, 0], None, r"'class' holds one kind only, 0 \(3 rows\)"),
        ([2, 3, 2, None], "1", r"--normal: no row has the label '1' .*; there are: 2 \(2 rows\), 3"),
        ([0, 1, 2, 2], None, r"holds 2 \(2 rows\), .*; say .* with --normal VALUE, and all others"),
        (["a", "b", "a"], None, r"a \(2 rows\), b \(1 rows\); say which .* the other is anomalous"),
        ([1, -1, 1], None, "say which value is normal"),
        ([None, "", "?"], None, "no row has a label in column 'class'; write 1 for an anomaly"),
        (["a", "b", "a"], "c", r"--normal: no row has the label 'c' .*; there are: a \(2 rows\), b"),
        ([0.1 * i for i in range(99)], None, "99 different values, so it is not a label"),
    ],
)  # fmt: skip
def test_a_column_that_is_no_label_is_refused(labels, normal, message):
    with pytest.raises(DataError, match=message):
        take_labels(table(labels), "class", normal)


@pytest.mark.parametrize("empty", [None, "", "?", "n/a"])
def test_rows_without_a_label_are_left_out_and_counted(empty):
    labels = ["ok", empty, "worn", empty, "ok"]
    with pytest.warns(BenchWarning, match=r"2 of 5 rows have no label in column 'class' and are left out"):
        rows, y = take_labels(table(labels), "class", "ok")
    assert rows["a"].tolist() == [0, 2, 4]
    assert y.tolist() == [0, 1, 0]
    rest, y = split_labels(table(labels), "class", "ok")
    assert rest["a"].tolist() == list(range(5))
    assert y.tolist() == [0, -1, 1, -1, 0]


def test_a_label_that_is_not_there_is_named_with_the_nearest():
    with pytest.raises(DataError, match="unknown column 'clas'; did you mean 'class'"):
        take_labels(table([0, 1]), "clas")
    with pytest.raises(DataError, match="no column but the label"):
        take_labels(table([0, 1])[["class"]], "class")


def test_more_anomalous_rows_than_normal_ones_are_pointed_out():
    with pytest.warns(BenchWarning, match=r"more rows are anomalous \(3\) than normal \(1\) .* --normal"):
        take_labels(table([1, 1, 0, 1]), "class")


def test_labels_are_shown_in_one_line():
    with pytest.raises(DataError, match=r"holds a\\x0cb \(1 rows\), c\\nd \(1 rows\)"):
        take_labels(pd.DataFrame({"x": [1, 2], "state": ["a\x0cb", "c\nd"]}), "state")


def test_a_word_among_numbers_is_a_label_and_no_missing_number(file):
    path = file("a.csv", "a,rating\n" + "1,4.5\n2,5\n" * 20 + "3,not yet rated\n3,not yet rated\n")
    table = load_table(path, label="rating", normal="4.5,5")
    assert table.y.tolist() == [0] * 40 + [1, 1]
