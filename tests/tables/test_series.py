"""A user's file with a column of time becomes series; whatever was sorted, left out or filled in is said."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.errors import BenchWarning, DataError
from bench.tables import read_series, recording_of, series

NAN = np.nan


def frame(values, times=None, **columns):
    times = np.arange(len(values)) if times is None else times
    return pd.DataFrame({"when": times, "heat": values, **columns})


def record(table, **options):
    return recording_of(table, "a.csv", time="when", **options)


def heat(recording):
    return recording.values[:, 0].tolist()


@pytest.fixture
def quiet():
    """No sentence is said where nothing was done."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def says(words):
    return pytest.warns(BenchWarning, match=words)


# What needs no mending.


def test_rows_become_points(quiet):
    hours = pd.date_range("2024-01-01", periods=6, freq="h").astype(str)
    table = frame([1, 2, 3, 4, 5, 6], hours, flow=[0.5] * 6, fault=[0, 0, 0, 0, 1, 0])
    recording = record(table, label="fault", train=0.4)
    assert recording.values.tolist() == [[i, 0.5] for i in range(1, 7)]
    assert recording.y.tolist() == [0, 0, 0, 0, 1, 0]
    assert recording.position.tolist() == list(range(6))
    assert recording.train == (2,)
    assert recording.names == ("heat", "flow")
    assert recording.points_per_day == 24


def test_without_labels_all_points_are_normal_and_without_a_unit_no_day_is_known(quiet):
    recording = record(frame([1, 2, 3]))
    assert not recording.y.any()
    assert recording.points_per_day is None


def test_labels_may_be_words(quiet):
    table = frame([1, 2, 3, 4], state=["ok", "ok", "broken", "ok"])
    assert record(table, label="state", normal="ok").y.tolist() == [0, 0, 1, 0]


def test_series_stand_one_after_the_other_in_the_order_in_which_they_appear(quiet):
    table = frame([10, 1, 11, 2, 12, 3], [0, 5, 1, 10, 2, 15], machine=["b", "a"] * 3)
    recording = record(table, series="machine", train=0.5)
    assert heat(recording) == [10, 11, 12, 1, 2, 3]
    assert recording.series.tolist() == [0, 0, 0, 1, 1, 1]
    assert recording.position.tolist() == [0, 1, 2, 0, 1, 2]  # each in its own steps
    assert recording.train == (1, 1)


@pytest.mark.parametrize("steps", [[10, 10, 10, 10], [10, 9, 11, 10], [10, 15, 10, 10], [10, 1, 10, 10]])
def test_steps_that_vary_a_little_are_no_gap(quiet, steps):
    assert record(frame([1, 2, 3, 4, 5], np.cumsum([0, *steps]))).position.tolist() == list(range(5))


# What is mended, and said.


def test_rows_out_of_order_are_sorted_and_said():
    table = frame([3, 1, 2, 4], [2, 0, 1, 3], fault=[1, 0, 0, 0])
    with says(r"a\.csv: time goes back in 1 row \(first: row 2\); the rows are sorted by 'when'"):
        recording = record(table, label="fault")
    assert heat(recording) == [1, 2, 3, 4]
    assert recording.y.tolist() == [0, 0, 1, 0]


def test_series_that_take_turns_are_not_out_of_order(quiet):
    record(frame([1, 2, 3, 4], [5, 0, 6, 1], machine=["a", "b", "a", "b"]), series="machine")


def test_a_row_that_is_there_twice_is_kept_once_and_said():
    table = frame([1, 2, 2, NAN, NAN, 3], [0, 1, 1, 2, 2, 3], flow=[1, 2, 2, 3, 3, 4])
    with says("left out: 2 rows the same as another, time and all"), says("1 missing value "):
        recording = record(table)
    assert recording.values[:, 1].tolist() == [1, 2, 3, 4]


def test_a_gap_in_sampling_is_said_and_parts_what_lies_around_it():
    minutes = pd.to_datetime("2024-01-01") + pd.to_timedelta([0, 5, 10, 35, 40, 48], unit="min")
    with says(
        r"a\.csv: sampling has 2 gaps of more than 1.5 times the usual step \(the longest, of "
        r"0 days 00:25:00 in place of 0 days 00:05:00, ends in row 4\)"
    ):
        recording = record(frame([1, 2, 3, 4, 5, 6], minutes))
    assert recording.position.tolist() == [0, 1, 2, 7, 8, 10]
    assert recording.points_per_day == 288


def test_a_gap_of_years_is_a_gap_like_others():
    with says("sampling has 1 gap of more"):
        recording = record(frame([1, 2, 3, 4], [0, 1, 2, 1e15]))
    assert recording.position.tolist() == [0, 1, 2, 1_000_002]


def test_few_missing_values_become_the_last_one_and_are_said():
    table = frame([1, NAN, NAN, NAN, 5, NAN], flow=[1, 2, 3, 4, 5, 6])
    with says("filled in with the last value before: 4 missing values in 'heat', 3 or fewer in succession"):
        recording = record(table)
    assert heat(recording) == [1, 1, 1, 1, 5, 5]
    assert recording.position.tolist() == list(range(6))


def test_more_of_them_cut_the_series_and_are_said():
    table = frame([1, 2, NAN, NAN, NAN, NAN, 7, 8], fault=[0, 0, 0, 1, 1, 0, 0, 0], flow=np.arange(8.0))
    with says(
        "left out: 4 rows with missing values in 'heat', more than 3 in succession .*, of which 2 are "
        "anomalous; the series is cut there"
    ):
        recording = record(table, label="fault")
    assert recording.values.tolist() == [[1, 0], [2, 1], [7, 6], [8, 7]]
    assert recording.position.tolist() == [0, 1, 6, 7]


def test_values_missing_at_the_beginning_are_left_out():
    with says("left out: 1 row with missing values .* or with no value before them; the series"):
        recording = record(frame([NAN, 2, 3]))
    assert heat(recording) == [2, 3]
    assert recording.position.tolist() == [1, 2]


def test_nothing_is_filled_in_across_a_gap_or_from_another_series():
    with says("gap"), says("1 row with missing"):
        assert heat(record(frame([1, 2, NAN, 4, 5], [0, 1, 9, 10, 11]))) == [1, 2, 4, 5]
    table = frame([1, 2, NAN, 4, 5], [0, 1, 0, 1, 2], machine=["a", "a", "b", "b", "b"])
    with says("1 row with missing"):
        assert heat(record(table, series="machine")) == [1, 2, 4, 5]


def test_a_gap_within_missing_values_ends_them():
    """Two of them follow a value; the two after the gap have none before them."""
    with says("gap"), says("2 missing values"), says("2 rows with missing"):
        recording = record(frame([1, 2, 3, NAN, NAN, NAN, NAN, 8], [0, 1, 2, 3, 4, 9, 10, 11]))
    assert heat(recording) == [1, 2, 3, 3, 3, 8]
    assert recording.position.tolist() == [0, 1, 2, 3, 4, 11]


def test_each_channel_is_filled_by_itself():
    table = frame([1, NAN, 3, 4, 5, 6, 7], flow=[1, 2, 3, 4, NAN, NAN, 7], odd=[1.0, *[NAN] * 5, 7])
    with says("5 rows with missing values in 'odd'"):
        recording = record(table)
    assert recording.values.tolist() == [[1, 1, 1], [7, 7, 7]]


@given(st.integers(0, 200))
def test_whatever_the_order_of_the_rows_the_recording_is_the_same(seed):
    rng = np.random.default_rng(seed)
    table = frame(rng.normal(size=12), np.sort(rng.choice(40, 12, replace=False)), flow=rng.normal(size=12))
    table = pd.concat([table, table.iloc[:2]])
    table.loc[(rng.random(14) < 0.3) & (table["when"] > table["when"].iloc[1]), "heat"] = NAN
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", BenchWarning)
        one, other = record(table), record(table.sample(frac=1, random_state=seed))
    assert np.array_equal(one.values, other.values)
    assert np.array_equal(one.position, other.position)


# What cannot be mended.


@pytest.mark.parametrize(
    ("table", "options", "words"),
    [
        (frame([1, 2, 3], [0, 1, 1]), {}, "two rows have one time and different values, 1 times "
         r"\(first: 1, rows 2 and 3\); average them, or name .* series apart with --series"),
        (frame([1, 2, 2], [0, 1, 1], fault=[0, 0, 1]), {"label": "fault"}, "one time and different values"),
        (frame([1, 2]), {"label": "falt"}, "there is no column of label: unknown column 'falt'"),
        (frame([1, 2]), {"series": "machine"}, "there is no column of series"),
        (frame([1, 2]), {"label": "when"}, "time and label need a column each, not when, when"),
        (frame([1, 2])[["when"]], {}, "no column but those of time"),
        (frame(["a", "b"]), {}, "column 'heat' holds text, .* leave it out: --drop heat"),
        (frame([NAN, NAN], flow=[1, 2]), {}, "column 'heat' has no values; leave it out: --drop heat"),
        (frame([1, 2, 3], machine=["a", "a", "b"]), {"series": "machine"}, "the series 'b' has one point"),
        (frame([1, 2, 3], machine=["a", "a", None]), {"series": "machine"}, r"no series .* \(first: row 3\)"),
        (frame([1, 2, NAN, NAN], machine=["a", "a", "b", "b"]), {"series": "machine"},
         "column 'heat' has no values in the series 'b'"),
        (frame([1, NAN, NAN, NAN, NAN, NAN], flow=[NAN, NAN, NAN, NAN, NAN, 6]), {},
         "the series has no point with all its values"),
        (frame([1]), {}, "the series has one point"),
        (frame([1, 2], ["2024-01-01 00:00Z", "2024-01-01 09:00+09:00"]), {}, "2 time zones"),
        (frame([1, 2], ["1/2/24", "1/3/24"]), {}, "cannot be read as a time"),
        (frame([1, 2]), {"train": 1.5}, "fraction for training must lie between 0 and 1"),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore::bench.errors.BenchWarning")
def test_what_cannot_be_mended_is_one_sentence(table, options, words):
    with pytest.raises(DataError, match=words):
        record(table, **options)


def test_a_time_column_that_is_not_there_gets_the_nearest_name():
    with pytest.raises(
        DataError, match=r"a\.csv: there is no column of time: unknown column 'wen'; did you mean 'when'"
    ):
        recording_of(frame([1, 2]), "a.csv", time="wen")


# Reading the file.


def test_times_stay_as_the_file_has_them_and_other_columns_are_read_as_ever(file, quiet):
    path = file("a.csv", "when;heat;part\n2024-01-01 00:00;1,5;7\n2024-01-01 00:01;2,5;x7\n")
    table = read_series(path, time="when", series="part")
    assert table["when"].tolist() == ["2024-01-01 00:00", "2024-01-01 00:01"]
    assert table["part"].tolist() == ["7", "x7"]
    assert table["heat"].tolist() == [1.5, 2.5]


def test_a_parquet_file_keeps_its_times(tmp_path, quiet):
    path = tmp_path / "a.parquet"
    times = pd.date_range("2024-01-01", periods=4, freq="6h", tz="Asia/Kolkata")
    pd.DataFrame({"when": times, "heat": [1, 2, 3, 4.5]}).to_parquet(path)
    recording = recording_of(read_series(path, time="when"), path.name, time="when")
    assert heat(recording) == [1, 2, 3, 4.5]
    assert recording.points_per_day == 4


def test_other_columns_of_dates_are_still_refused(file):
    path = file("a.csv", "when,since,heat\n2024-01-01,2020-01-01,1\n2024-01-02,2020-01-01,2\n")
    table = read_series(path, time="when")
    with pytest.raises(DataError, match=r"'since' holds dates, .*--drop since"):
        recording_of(table, path.name, time="when")
    assert list(read_series(path, time="when", drop=["since"]).columns) == ["heat", "when"]


def test_a_file_with_more_rows_than_can_be_read_is_refused_and_not_sampled(file):
    path = file("a.csv", "when,heat\n" + "".join(f"{i},{i % 7}\n" for i in range(30)))
    with pytest.raises(
        DataError, match=r"a\.csv has 30 rows, .* 20 are read at most; points of a series cannot"
    ):
        read_series(path, time="when", most_rows=20)
    assert len(read_series(path, time="when", most_rows=30)) == 30
    assert series.MOST_POINTS >= 1_000_000


def test_a_file_in_which_all_is_wrong_at_once_says_each_thing_once(file):
    """As a logger leaves it: a restart, a row sent twice, lost values, rows that came late."""
    rows = [f"2024-03-01 00:{i:02d}:00,{i % 5}.5,{int(i == 20)}" for i in range(30)]
    rows[7], rows[8] = rows[8], rows[7]
    rows[12] = rows[12].replace("2.5", "")
    rows[22:26] = [rows[21]]
    path: Path = file("log.csv", "\n".join(["when,heat,fault", *rows, ""]))
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        recording = recording_of(read_series(path, time="when"), path.name, time="when", label="fault")
    sentences = [str(each.message) for each in said]
    assert len(sentences) == 4
    for sentence, word in zip(sentences, ["back", "same", "gap", "filled"], strict=True):
        assert sentence.startswith("log.csv: ")
        assert word in sentence
    assert len(recording.y) == 26
    assert np.flatnonzero(recording.y).tolist() == [20]
    assert np.diff(recording.position).tolist() == [1] * 21 + [5] + [1] * 3
