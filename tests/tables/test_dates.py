"""Dates are read in one way only, and seen as places in a day, a week and a year."""

from __future__ import annotations

import datetime
import time
import warnings

import numpy as np
import pandas as pd
import pytest

from bench import DataError, Pipeline
from bench.errors import BenchWarning
from bench.recommend.files import write_rows_to_label
from bench.recommend.recommending import recommend
from bench.recommend.table import load_table
from bench.tables import Encoder, chunks, read_table, read_table_once

DATES = ["2024-01-31 22:05", "2024-02-01 07:00", "2024-12-03 00:00"]


def column(file, texts, name="when"):
    content = "a;when\n" + "".join(f"{i % 7};{text}\n" for i, text in enumerate(texts))
    return read_table(file("a.csv", content))[name]


@pytest.mark.parametrize(
    "texts",
    [
        DATES,
        [text.replace("-", "/") for text in DATES],
        [f"{text.replace(' ', 'T')}:00.000Z" for text in DATES],
        # What happens at night is told by local time.
        [f"{text}+0{hour}:00" for text, hour in zip(DATES, (1, 1, 2), strict=True)],
        ["31.1.2024 22:05", "1.2.2024 7:00", "3.12.2024"],
        ["31/01/24 22:05", "01/02/24 07:00", "03/12/24 00:00"],
        ["01/31/2024 10:05 PM", "02/01/2024 7:00 AM", "12/03/2024 12:00 AM"],
        ["31 Jan 2024 22:05", "1 Feb 2024 07:00", "3 December 2024"],
    ],
)  # fmt: skip
def test_a_date_in_many_forms(file, texts):
    assert column(file, texts).tolist() == pd.to_datetime(pd.Series(DATES)).tolist()


def test_day_and_month_are_told_by_any_row_of_the_file(file, monkeypatch):
    monkeypatch.setattr(chunks, "CHUNK_CELLS", 1)
    found = column(file, ["01/02/2024"] * 1500 + ["02/13/2024"])
    assert found.iloc[0] == pd.Timestamp(2024, 1, 2)
    with pytest.raises(DataError, match=r"a\.csv: column 'when' holds dates such as '01/02/2024'"):
        column(file, ["01/02/2024"] * 1500 + ["02/12/2024"])


def test_what_is_no_date_among_dates_is_missing_and_named(file):
    with pytest.warns(
        BenchWarning, match=r"as dates; .* \(2 of 40 values\): '2024-02-30' \(row 39\), '-' \(row 40\)"
    ):
        found = column(file, ["2024-01-02", "2024-01-03"] * 19 + ["2024-02-30", "-"])
    assert found.isna().sum() == 2


@pytest.mark.parametrize("ending", ["parquet", "feather"])
def test_dates_times_and_durations_that_are_no_texts(tmp_path, ending):
    path = tmp_path / f"a.{ending}"
    zoned = pd.to_datetime(["2024-01-01 10:00", None]).tz_localize("Asia/Tokyo")
    clock = [datetime.time(10, 30), datetime.time(11)]
    frame = pd.DataFrame({"when": zoned, "took": pd.to_timedelta([1.5, 2], "s"), "clock": clock})
    getattr(frame, f"to_{ending}")(path)
    found = read_table(path)
    assert found["when"].tolist() == [pd.Timestamp("2024-01-01 10:00"), pd.NaT]
    assert found["took"].tolist() == [1.5, 2.0]
    assert found["clock"].tolist() == [pd.Timedelta(hours=10.5), pd.Timedelta(hours=11)]


def test_a_time_of_day_is_near_to_one_after_midnight():
    clock = pd.to_timedelta(["23:50:00", "00:10:00", "12:00:00", None])
    late, early, noon, missing = (
        Encoder().fit(pd.DataFrame({"clock": clock})).transform(pd.DataFrame({"clock": clock}))
    )
    assert np.linalg.norm(late - early) < 0.1
    assert np.linalg.norm(late - noon) == pytest.approx(2, abs=0.01)
    assert missing.tolist() == [0, 0]


@pytest.mark.parametrize(
    ("days", "step", "expected"),
    [
        (0.9, "h", []),
        (3, "h", ["day"]),
        (8, "h", ["day", "week"]),
        (8, "D", ["week"]),
        (360, "D", ["week", "year"]),
        (730, "7D", ["year"]),
        (400, "h", ["day", "week", "year"]),
    ],
)
def test_a_cycle_counts_where_the_rows_have_been_through_it(days, step, expected):
    when = pd.date_range("2024-01-01", pd.Timestamp("2024-01-01") + pd.Timedelta(days=days), freq=step)
    frame = pd.DataFrame({"a": np.arange(len(when)) % 3, "when": when})
    text = f"only the place in the {', '.join(expected)}" if expected else "nothing"
    with pytest.warns(BenchWarning, match=f"in 'when' {text} is"):
        encoder = Encoder().fit(frame)
    assert encoder.cycles == ({"when": expected} if expected else {})
    assert encoder.columns == ["a", *["when"] * 2 * len(expected)]
    # A later file is nowhere else: its places are on the same circles.
    later = encoder.transform(frame.assign(when=frame["when"] + pd.Timedelta(days=364 * 5)))
    if "year" not in expected:
        assert later == pytest.approx(encoder.transform(frame))


def recommended(table):
    return recommend(table, started=time.monotonic(), seconds=60, seed=0)


def payments(rows=400, night=12):
    """Payments by day, some by night, in no order."""
    rng = np.random.default_rng(0)
    hours = np.r_[rng.uniform(9, 18, rows - night), rng.uniform(2, 4, night)]
    when = pd.Timestamp("2024-03-01") + pd.to_timedelta(24 * rng.integers(0, 40, rows) + hours, unit="h")
    frame = pd.DataFrame({"when": when.round("min"), "amount": rng.normal(50, 9, rows).round(2)})
    frame["clock"] = frame["when"].dt.strftime("%H:%M")
    return frame.assign(is_night=hours < 5).sample(frac=1, random_state=0).reset_index(drop=True)


@pytest.mark.parametrize("name", ["when", "clock"])
def test_what_happens_at_an_unusual_hour_is_found(tmp_path, name):
    frame = payments()
    path = tmp_path / "payments.csv"
    frame[["amount", name]].to_csv(path, index=False)
    with pytest.warns(BenchWarning, match="place in the day"):
        scores = recommended(load_table(path)).scores
    high = np.argsort(-scores)[:12]
    assert frame["is_night"][high].mean() > 0.6


def test_rows_to_label_carry_their_dates_and_are_known_again(tmp_path):
    path = tmp_path / "payments.csv"
    payments().drop(columns="is_night").to_csv(path, index=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", BenchWarning)
        table = load_table(path)
        found = recommended(table)
        write_rows_to_label(found, tmp_path / "to-label.csv", 10, 0)
        asked = pd.read_csv(tmp_path / "to-label.csv", dtype=str)
        assert asked["when"].str.match(r"2024-\d\d-\d\d \d\d:\d\d").all()
        asked.assign(label=["0", "1"] * 5).to_csv(tmp_path / "to-label.csv", index=False)
        assert len(load_table(path, labels=tmp_path / "to-label.csv").labelled) == 10
        # Without the other columns, which would be most of a row.
        for name in ("when", "clock"):
            only = asked[["row", "label", name]].assign(label="0")
            only.to_csv(tmp_path / "to-label.csv", index=False)
            assert len(load_table(path, labels=tmp_path / "to-label.csv").labelled) == 10
            only.assign(row=only["row"].to_list()[::-1]).to_csv(tmp_path / "to-label.csv", index=False)
            with pytest.raises(DataError, match="sorted or changed since"):
                load_table(path, labels=tmp_path / "to-label.csv")


def test_a_sample_that_is_kept_has_its_dates(tmp_path, monkeypatch):
    monkeypatch.setenv("BENCH_CACHE_DIR", str(tmp_path / "cache"))
    path = tmp_path / "payments.csv"
    payments().drop(columns="is_night").to_csv(path, index=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", BenchWarning)
        first, again = (read_table_once(path, most_rows=100, large=1) for _ in range(2))
    pd.testing.assert_frame_equal(first, again)
    assert first["when"].dtype.kind == "M"
    assert first["clock"].dtype.kind == "m"


@pytest.fixture
def model(tmp_path):
    frame = payments().drop(columns="is_night")
    frame["when"] = frame["when"].dt.strftime("%m/%d/%Y %H:%M")
    frame.to_csv(tmp_path / "march.csv", index=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", BenchWarning)
        Pipeline("hbos").fit(tmp_path / "march.csv").save(tmp_path / "march.model")
    return Pipeline.load(tmp_path / "march.model")


def test_the_next_file_is_read_in_the_way_of_the_first(model, tmp_path):
    rows = pd.DataFrame({"when": ["04/05/2024 12:00", "04/06/2024 03:00"], "amount": 50, "clock": "12:00"})
    rows.to_csv(tmp_path / "april.csv", index=False)
    noon, night = model.score(tmp_path / "april.csv")
    assert night > noon
    assert (
        model.score(tmp_path / "april.csv").tolist()
        == model.score(rows.assign(when=pd.to_datetime(["2024-04-05 12:00", "2024-04-06 03:00"]))).tolist()
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"when": "31.12.2024"},
            r"'when' holds no date, '31\.12\.2024', in row 1; .* month, day, year",
        ),
        ({"clock": "noon"}, r"'clock' holds no date, 'noon', in row 1; .* written as time of day there"),
        ({"amount": "2024-01-01"}, "'amount' holds a text"),
    ],
)
def test_what_is_no_date_of_that_way_is_refused(model, tmp_path, change, message):
    rows = pd.DataFrame({"when": ["04/05/2024 12:00"] * 2, "amount": 50, "clock": "12:00"}).assign(**change)
    rows.to_csv(tmp_path / "april.csv", index=False)
    with pytest.raises(DataError, match=message):
        model.score(tmp_path / "april.csv")


def test_a_date_that_stands_for_never_is_a_date(file):
    found = column(file, ["9999-12-31", "0001-01-01", "2024-01-01"] * 5)
    assert found.dt.year.tolist()[:3] == [9999, 1, 2024]
    assert Encoder().fit(pd.DataFrame({"a": range(15), "when": found})).cycles == {"when": ["week", "year"]}


def test_times_with_points_are_no_dates(file):
    found = column(file, ["18.00.00", "19.30.00", "07.15.59"])
    assert found.tolist() == pd.to_timedelta(["18:00:00", "19:30:00", "07:15:59"]).tolist()
    dates = column(file, ["10.03.04", "31.12.04", "07.01.05"])
    assert dates.tolist() == list(pd.to_datetime(["2004-03-10", "2004-12-31", "2005-01-07"]))


def test_texts_that_look_like_dates_and_are_none_stay_texts(file):
    assert column(file, ["31.13.24", "45.14.24", "77.15.24"]).tolist() == ["31.13.24", "45.14.24", "77.15.24"]


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([20240131, 20240201, 20241203, 20240229, 20230101], "2024-01-31"),
        ([1517966773840 + 10**9 * i for i in range(5)], "2018-02-07 01:26:13.840"),
        ([(1517966773840 + i) * 1000 for i in range(5)], "2018-02-07 01:26:13.840"),
    ],
)
def test_dates_in_numbers(file, numbers, expected):
    assert column(file, numbers).iloc[0] == pd.Timestamp(expected)


@pytest.mark.parametrize("number", [20240230, 20241301, 12345678, 4006381333931 * 10, 1.5])
def test_numbers_of_which_one_is_no_date_stay_numbers(file, number):
    found = column(file, [20240131, 20240201, 20241203, 20240229, 20230101, number])
    assert found.iloc[0] == 20240131


def test_a_model_reads_dates_in_numbers_as_it_did(tmp_path):
    rng = np.random.default_rng(0)
    days = pd.date_range("2023-01-01", periods=400)
    table = pd.DataFrame({"day": days.strftime("%Y%m%d").astype(int), "a": rng.normal(size=400)})
    model = Pipeline("hbos").fit(table)
    texts = table.assign(day=days.strftime("%Y-%m-%d"))
    assert model.contract_.kinds["day"] == "date"
    assert np.array_equal(model.score(table), Pipeline("hbos").fit(texts).score(texts))
    with pytest.raises(DataError, match=r"column 'day' holds no date, '20240230', in row 1"):
        model.score(table.assign(day=20240230))
