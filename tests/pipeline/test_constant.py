"""Columns that never vary in training: a value that is new there is said, since no score need show it."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from bench import Pipeline
from bench.errors import BenchWarning

LEARNT = r"train\.csv: one value in all rows, from which a detector cannot learn: 'flag' \(0\)"
NEW = r"new\.csv: rows with another value than all rows that the model learnt from: 20 in 'flag' \(was 0\)"


def rows(seed, count=300, **columns):
    X = np.random.default_rng(seed).normal(size=(count, 3))
    return pd.DataFrame(X, columns=["a", "b", "c"]).assign(**columns)


@pytest.fixture
def files(tmp_path, monkeypatch):
    """A file whose flag is always 0, and another where it is set in 20 rows; the folder with both."""
    rows(0, flag=0).to_csv(tmp_path / "train.csv", index=False)
    rows(1, flag=np.repeat([1, 0], [20, 280])).to_csv(tmp_path / "new.csv", index=False)
    monkeypatch.setattr("bench.pipeline.scoring.rows_at_a_time", lambda columns: 15)  # the 20 are in two
    return tmp_path


def said(function):
    """What is warned of, as texts."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", BenchWarning)
        function()
    return [str(each.message) for each in caught]


@pytest.mark.parametrize("detector", ["hbos", "mahalanobis", "isolation_forest"])
def test_a_flag_that_is_set_for_the_first_time_is_said_since_scores_do_not_show_it(detector, files):
    with pytest.warns(BenchWarning, match=LEARNT):
        model = Pipeline(detector, all_normal=True).fit(files / "train.csv")
    with pytest.warns(BenchWarning, match=NEW):
        scores = model.score(files / "new.csv")
    assert roc_auc_score(np.arange(300) < 20, scores) < 0.65
    model.save(files / "a.model")
    with pytest.warns(BenchWarning, match=NEW):
        Pipeline.load(files / "a.model").predict(files / "new.csv")


def test_nothing_is_said_where_no_value_is_new(files):
    rows(2, flag=0).to_csv(files / "new.csv", index=False)
    model = Pipeline("hbos").fit(files / "train.csv")
    assert said(lambda: model.score(files / "new.csv")) == []
    rows(0, flag=np.arange(300) % 2).to_csv(files / "train.csv", index=False)
    assert said(lambda: Pipeline("hbos").fit(files / "train.csv")) == []


def test_rows_in_memory_are_called_so():
    (learnt,) = said(lambda: Pipeline("hbos").fit(rows(0, flag=0.0)))
    assert learnt.startswith("the rows: one value in all rows")
    model = Pipeline("hbos").fit(rows(0, flag=0.0))
    (new,) = said(lambda: model.score(rows(1, count=5, flag=2.5)))
    assert new.startswith("the rows: rows with another value than all rows that the model learnt from: 5 in")


def test_a_column_that_was_empty_is_read_for_that_alone():
    """A text of errors, of which rows without any have none."""
    before, now = rows(0, error=None), rows(1, error=None)
    model = Pipeline("hbos").fit(before)
    scores = model.score(now)
    assert said(lambda: model.score(now)) == []
    assert said(lambda: model.score(now.drop(columns="error"))) == []
    now["error"] = now["error"].astype(object)
    now.loc[:2, "error"] = ["E17", 17, np.nan]
    (new,) = said(lambda: model.score(now))
    assert "2 in 'error' (was empty)" in new
    assert np.array_equal(model.score(now), scores)


def test_a_number_is_new_where_others_are_missing_a_text_is_not():
    """A missing number becomes the median, which is the only value; a missing text is a value of its own."""
    some = np.arange(300) % 10 == 0
    before = rows(0, n=np.where(some, np.nan, 3.0), t=np.where(some, None, "ok"))
    now = rows(1, n=4.0, t="broken")
    model = Pipeline("hbos").fit(before)
    (new,) = said(lambda: model.score(now))
    assert "300 in 'n' (was 3); " in new


def test_few_columns_are_named_those_with_most_rows_first():
    long = "a" * 100
    constant = {f"c{i}": 0.0 for i in range(9)} | {"text": long}
    before, now = rows(0, **constant), rows(1, **constant)
    (learnt,) = said(lambda: Pipeline("hbos").fit(before))
    assert "'c0' (0), 'c1' (0), 'c2' (0) and 7 more; " in learnt
    now.loc[:9, "text"] = "b"
    now.loc[:4, "c7"], now.loc[:3, "c0"], now.loc[:2, "c1"] = 1.0, -1.0, 1.0
    model = Pipeline("hbos").fit(before)
    (new,) = said(lambda: model.score(now))
    shown = f"10 in 'text' (was '{'a' * 29}…'), 5 in 'c7' (was 0), 4 in 'c0' (was 0) and 1 more; "
    assert shown in new
