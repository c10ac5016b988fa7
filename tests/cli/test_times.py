"""A table whose rows have times is said to be a series, where the times put its rows in order."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

from bench.api._times import warn_of_times

ROWS = 200
RNG = np.random.default_rng(0)
MINUTES = pd.Series(pd.date_range("2026-01-01", periods=ROWS, freq="min"))
SHUFFLED = MINUTES.sample(frac=1, random_state=0).to_list()
# Times of visits, one after another; and days of birth, which follow nothing.
VISITS = pd.Timestamp("2026-01-01") + pd.to_timedelta(RNG.exponential(60, ROWS).cumsum(), unit="min")
BIRTHS = pd.Timestamp("1930-01-01") + pd.to_timedelta(RNG.integers(0, 30_000, ROWS), unit="D")


def said(file, drop=()):
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        warn_of_times(file, drop)
    return [str(each.message) for each in found]


def table(tmp_path, name, values, ending="csv"):
    frame = pd.DataFrame({"value": np.arange(ROWS) % 7 + 0.5, "word": ["a", "b"] * (ROWS // 2), name: values})
    file = tmp_path / f"mine.{ending}"
    frame.to_csv(file, index=False) if ending == "csv" else frame.to_parquet(file)
    return file


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("when", MINUTES),
        ("when", MINUTES[::-1].to_list()),
        ("when", SHUFFLED),
        ("when", [f"{time}+02:00" for time in MINUTES]),
        ("when", VISITS.floor("s")),
        ("timestamp", MINUTES.map(lambda time: int(time.timestamp()))),
    ],
)
def test_times_that_put_rows_in_order_are_said(tmp_path, name, values):
    [sentence] = said(table(tmp_path, name, values))
    assert sentence.startswith(
        f"mine.csv: column '{name}' has a time for each row; with --time {name} the file"
    )


def test_a_parquet_file_is_read_as_well_and_what_is_left_out_is_not(tmp_path):
    file = table(tmp_path, "taken at", MINUTES, "parquet")
    [sentence] = said(file)
    assert "--time 'taken at'" in sentence
    assert said(file, ["taken at"]) == []


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("born", BIRTHS),
        ("day", MINUTES.dt.date.astype(str)),
        ("account", 300_000_000 + 7 * np.arange(ROWS)),
        ("time", np.arange(ROWS)),
        ("when", [None, *MINUTES[1:]]),
        ("when", [f"visit {i}" for i in range(ROWS)]),
    ],
)
def test_other_columns_are_not(tmp_path, name, values):
    assert said(table(tmp_path, name, values)) == []


@pytest.mark.parametrize(
    "verb", [("recommend", "mine.csv", "--label", "word"), ("run", "--label", "word", "--data", "mine.csv")]
)
def test_the_command_line_says_it_beside_what_is_wrong(verb, tmp_path, refusal):
    table(tmp_path, "when", MINUTES)
    *_, hint, error = refusal(*verb)
    assert hint.startswith("warning: mine.csv: column 'when' has a time for each row; with --time when")
    assert error.startswith("error: ")
    assert "'word'" in error
