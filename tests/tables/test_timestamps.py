"""Times are read in one way or refused; what was guessed is said."""

from __future__ import annotations

import datetime
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.errors import BenchWarning, DataError
from bench.tables.timestamps import DAY, parse_times

NEW_YEAR = pd.Timestamp("2024-01-01").value
MINUTE = 60 * 10**9


def parse(values, **options):
    return parse_times(pd.Series(values, name="when", **options), "a.csv")


@pytest.mark.parametrize(
    "values",
    [
        ["2024-01-01 00:00:00", "2024-01-01 00:01:00"],
        ["2024-01-01T00:00", "2024-01-01T00:01"],
        [" 2024-01-01 00:00:00.000 ", "2024-01-01 00:01:00.000"],
        ["2024/01/01 00:00", "2024/01/01 00:01"],
        ["2024-01-01T00:00:00Z", "2024-01-01T00:01:00Z"],
        ["2024-01-01 00:00:00 UTC", "2024-01-01 00:01:00 UTC"],
        ["2024-01-01 02:00:00+02:00", "2024-01-01 02:01:00+02:00"],
        ["2023-12-31 18:30:00-0530", "2023-12-31 18:31:00-0530"],
        ["2023-12-31T19:00:00.000-05", "2023-12-31T19:01:00.000-05"],
        [np.datetime64("2024-01-01T00:00"), np.datetime64("2024-01-01T00:01")],
        [
            pd.Timestamp("2024-01-01 01:00", tz="Europe/Berlin"),
            pd.Timestamp("2024-01-01 01:01", tz="Europe/Berlin"),
        ],
        [datetime.datetime(2024, 1, 1), datetime.datetime(2024, 1, 1, 0, 1)],
    ],
)
@pytest.mark.filterwarnings("error")
def test_one_minute_in_many_forms(values):
    times = parse(values)
    assert times.values.tolist() == [NEW_YEAR, NEW_YEAR + MINUTE]
    assert times.day == DAY == 24 * 60 * MINUTE
    assert times.shown(times.values[1]) == "2024-01-01 00:01:00"
    assert times.shown_step(90 * MINUTE) == "0 days 01:30:00"


@pytest.mark.parametrize(
    "values", [["2024-01-01", "2024-01-02"], [datetime.date(2024, 1, 1), datetime.date(2024, 1, 2)]]
)
def test_days_alone_are_times(values):
    assert parse(values).values.tolist() == [NEW_YEAR, NEW_YEAR + DAY]


@pytest.mark.parametrize(
    ("unit", "factor"),
    [("seconds", 10**9), ("milliseconds", 10**6), ("microseconds", 10**3), ("nanoseconds", 1)],
)
@pytest.mark.parametrize("form", [int, str])
def test_an_epoch_is_known_by_its_size_and_said(unit, factor, form):
    values = [form(NEW_YEAR // factor), form((NEW_YEAR + MINUTE) // factor)]
    words = f"'when' is read as {unit} since 1970, from 2024-01-01 00:00:00 to 2024-01-01 00:01:00"
    with pytest.warns(BenchWarning, match=words):
        times = parse(values)
    assert times.values.tolist() == [NEW_YEAR, NEW_YEAR + MINUTE]
    assert times.day == DAY


def test_fractions_of_epoch_seconds_are_kept():
    with pytest.warns(BenchWarning, match="seconds since 1970"):
        times = parse([NEW_YEAR / 1e9 + 0.25, NEW_YEAR / 1e9 + 0.5])
    assert np.diff(times.values) == pytest.approx(0.25e9, abs=1000)


@pytest.mark.parametrize("values", [[0, 1, 5], [0.5, 1.0, 1.5], ["10", "20", "30"], [-3, 10**8, 10**12]])
@pytest.mark.filterwarnings("error")
def test_other_numbers_are_times_of_unknown_unit(values):
    times = parse(values)
    assert times.values.tolist() == [float(value) for value in values]
    assert times.day is None
    assert times.shown(times.values[0]) == f"{float(values[0]):g}"


@pytest.mark.filterwarnings("error")
def test_spans_of_time_have_a_day():
    assert parse([pd.Timedelta("1min"), pd.Timedelta("2min")]).values.tolist() == [MINUTE, 2 * MINUTE]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (
            ["12/31/2020", "01/01/2021"],
            "'12/31/2020' in row 1 cannot be read as a time in only one way; write",
        ),
        (["2024-01-01", "soon"], "'soon' in row 2 cannot be read"),
        (["2024-01-01", "2024-13-01"], "'2024-13-01' in row 2"),
        (["2024-01-01 10:00 CET", "2024-01-01 11:00 CET"], "'2024-01-01 10:00 CET' in row 1"),
        (["10:00", "11:00"], "'10:00' in row 1"),
        ([True, False], "holds true and false, not times"),
        (["2024-01-01", None, None], r"has no time in 2 rows \(first: row 2\)"),
        ([1.0, np.nan], r"has no time in 1 rows \(first: row 2\)"),
        ([1.0, np.inf], "holds infinite times"),
        (["2024-01-01", "9999-12-31"], "outside of the years 1678 to 2261, first in row 2"),
        (["2024-01-01 00:00Z", "2024-01-01 00:01"], "some have none, such as '2024-01-01 00:01' in row 2"),
        (
            ["2024-01-01 00:00+00:00", "2024-01-01 05:30+05:30"],
            r"times of 2 time zones, such as '2024-01-01 00:00\+00:00' \(row 1\) and .* \(row 2\); write",
        ),
        (
            ["2024-01-01 00:00Z", "2024-01-01 01:00+01:00", "2024-01-01 02:00+02:00"],
            "times of 3 time zones",
        ),
    ],
)
def test_what_is_no_time_in_one_way_is_refused_with_its_row(values, words):
    with pytest.raises(DataError, match=f"a.csv: column 'when'.*{words}"):
        parse(values)


def test_rows_are_named_by_their_places_in_the_file():
    with pytest.raises(DataError, match="'soon' in row 8"):
        parse(["2024-01-01", "soon"], index=[3, 7])


def test_offsets_an_hour_apart_are_daylight_saving_time_and_said():
    values = ["2024-10-27 02:30+02:00", "2024-10-27 02:00+01:00", "2024-10-27 02:30+01:00"]
    with pytest.warns(
        BenchWarning, match=r"two offsets from UTC an hour apart, .* one zone with daylight saving"
    ):
        times = parse(values)
    assert np.diff(times.values).tolist() == [30 * MINUTE, 30 * MINUTE]


@given(
    st.lists(
        st.datetimes(datetime.datetime(1900, 1, 1), datetime.datetime(2200, 1, 1)), min_size=1, max_size=5
    ),
    st.integers(-14 * 60, 14 * 60),
)
def test_any_time_is_read_as_it_was_written_with_any_offset(moments, minutes):
    zone = datetime.timezone(datetime.timedelta(minutes=minutes))
    expected = [pd.Timestamp(moment).value for moment in moments]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert parse([moment.isoformat(sep=" ") for moment in moments]).values.tolist() == expected
        aware = [moment.replace(tzinfo=datetime.UTC).astimezone(zone).isoformat() for moment in moments]
        assert parse(aware).values.tolist() == expected
