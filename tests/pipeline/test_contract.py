"""Each way in which another file can break the column contract."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

from bench import DataError, Dialect, Pipeline
from bench.errors import BenchWarning


@pytest.fixture
def score(model, tmp_path):
    """Score a data frame as a file of one format."""

    def scored(frame: pd.DataFrame, ending: str = ".csv"):
        file = tmp_path / f"next{ending}"
        if ending == ".csv":
            frame.to_csv(file, index=False)
        else:
            frame.to_parquet(file, index=False)
        return model.score(file)

    return scored


def refused(score, frame, message):
    with pytest.raises(DataError, match=message):
        score(frame)


def test_a_missing_column_is_named(score, july):
    refused(score, july.drop(columns="pressure"), r"next.csv: there is no column 'pressure'.*--drop")
    refused(score, july[["when", "wind"]], "no column 'temperature', 'humidity', 'pressure'")


def test_the_order_of_columns_does_not_matter(score, july):
    assert np.array_equal(score(july[july.columns[::-1]]), score(july))


def test_columns_that_the_model_does_not_know_are_said_and_ignored(score, july):
    expected = score(july)
    with pytest.warns(BenchWarning, match="ignored, since the model was fitted without: 'snow'"):
        found = score(july.assign(snow=1.0))
    assert np.array_equal(found, expected)


def test_columns_that_were_dropped_are_ignored_in_silence_and_need_not_be_there(score, july):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        expected = score(july)
        assert np.array_equal(score(july.drop(columns=["hour", "when"])), expected)


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_a_text_where_numbers_were_is_refused_with_its_row(score, july, ending):
    july = july.astype({"temperature": object})
    july.loc[20, "temperature"] = "mild"
    july.loc[40, "temperature"] = "warm"
    if ending == ".parquet":
        july["temperature"] = july["temperature"].astype(str)
    with pytest.raises(DataError, match=r"column 'temperature' holds a text, 'mild', in row 21; the model"):
        score(july, ending)


def test_what_stands_for_an_empty_cell_of_the_next_file_can_be_told(model, july, tmp_path):
    empty, starred = tmp_path / "empty.csv", tmp_path / "starred.csv"
    july = july.astype({"temperature": object})
    july.loc[20, "temperature"] = None
    july.to_csv(empty, index=False)
    july.to_csv(starred, index=False, na_rep="**")
    with pytest.raises(DataError, match=r"holds a text, '\*\*', in row 21; .* say --empty '\*\*' if it"):
        model.score(starred)
    assert np.array_equal(model.score(starred, dialect=Dialect(empty="**")), model.score(empty))


def test_a_column_that_became_dates_is_refused(score, july):
    july = july.assign(temperature=pd.date_range("2024-01-01", periods=len(july)))
    with pytest.raises(DataError, match=r"column 'temperature' holds a date, .*, in row 1;"):
        score(july, ".parquet")


def test_infinite_values_are_refused_with_their_row(score, july):
    july = july.copy()
    july.loc[7, "pressure"] = np.inf
    refused(score, july, "'pressure' holds an infinite value, 'inf', in row 8")


def test_numbers_in_another_unit_are_refused(score, july, tmp_path):
    kelvin = july.assign(temperature=(july["temperature"] + 273).map("{:.1f} K".format))
    refused(score, kelvin, "'temperature' holds numbers in K, first in row 1; .* without a unit")
    celsius = july.assign(temperature=july["temperature"].map("{:.2f} °C".format))
    celsius.to_csv(tmp_path / "celsius.csv", index=False)
    with pytest.warns(BenchWarning, match="read as numbers in °C"):
        model = Pipeline("hbos", drop=["hour", "when"]).fit(tmp_path / "celsius.csv")
    model.score(tmp_path / "celsius.csv")
    kelvin.to_csv(tmp_path / "kelvin.csv", index=False)
    with pytest.raises(DataError, match=r"numbers in K, first in row 1; .* in °C"):
        model.score(tmp_path / "kelvin.csv")


def test_two_columns_of_one_name_are_refused(model, july, tmp_path):
    lines = july.to_csv(index=False).splitlines()
    twice = "\n".join(line + "," + line.split(",")[2] for line in lines)
    (tmp_path / "twice.csv").write_text(twice)
    with pytest.raises(DataError, match="more than one column 'temperature'"):
        model.score(tmp_path / "twice.csv")


def test_a_new_value_is_encoded_as_unseen(model, july):
    rows = july.iloc[:2].assign(wind=["south", "south"])
    assert model.contract_.kinds["wind"] == "text"
    encoded = model.encoder_.transform(model.contract_.declared(rows, "rows"))
    wind = [i for i, name in enumerate(model.encoder_.columns) if name == "wind"]
    assert encoded[:, wind].tolist() == [[0, 0, 0], [0, 0, 0]]


def test_empty_cells_become_the_median_of_training(model, january, july):
    rows = july.iloc[:3].assign(humidity=[np.nan, january["humidity"].median(), 50.0])
    rows["temperature"], rows["wind"], rows["pressure"] = 1.0, "north", 1013.0
    scores = model.score(rows)
    assert scores[0] == scores[1] != scores[2]


def test_a_word_that_counted_as_missing_in_training_does_so_again_and_no_other(tmp_path, january, july):
    january, july = january.astype({"pressure": object}), july.astype({"pressure": object})
    january.loc[:9, "pressure"], july.loc[:9, "pressure"] = "unknown", "unknown"
    january.to_csv(tmp_path / "january.csv", index=False)
    with pytest.warns(BenchWarning, match="what is none counts as missing"):
        model = Pipeline("hbos", drop=["hour", "when"]).fit(tmp_path / "january.csv")
    july.to_csv(tmp_path / "july.csv", index=False)
    scores = model.score(tmp_path / "july.csv")
    july.loc[:9, "pressure"] = np.nan
    july.to_csv(tmp_path / "july.csv", index=False)
    assert np.array_equal(scores, model.score(tmp_path / "july.csv"))
    july.loc[10, "pressure"] = "broken"
    july.to_csv(tmp_path / "july.csv", index=False)
    with pytest.raises(DataError, match="'broken', in row 11"):
        model.score(tmp_path / "july.csv")


def test_codes_stay_texts_though_they_look_like_numbers(tmp_path):
    rng = np.random.default_rng(0)
    codes = rng.choice(["07", "12", "x1"], 200)
    frame = pd.DataFrame({"code": codes, "size": rng.normal(size=200)})
    frame.to_csv(tmp_path / "old.csv", index=False)
    model = Pipeline("hbos").fit(tmp_path / "old.csv")
    only = frame[frame["code"] != "x1"]
    only.to_csv(tmp_path / "new.csv", index=False)  # a reader that guesses takes these for numbers
    expected = model.score(tmp_path / "old.csv")[(codes != "x1")]
    assert np.array_equal(model.score(tmp_path / "new.csv"), expected)


def test_a_file_of_the_next_month_may_have_one_row_but_not_none(score, july):
    assert score(july.iloc[:1]).shape == (1,)
    refused(score, july.iloc[:0], "next.csv has no rows")


def test_a_column_that_was_empty_may_hold_anything_later(january, july, tmp_path):
    """An empty column says nothing of whether numbers or words will stand there."""
    model = Pipeline("hbos", drop=["hour", "when"]).fit(january.assign(remark=np.nan))
    without = Pipeline("hbos", drop=["hour", "when"]).fit(january)
    assert np.array_equal(model.score(july.assign(remark="storm")), without.score(july))
