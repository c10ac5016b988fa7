"""Columns of dates, and of times of day: read in one way only, and seen as places in a day, a week, a year.

Dates are as the file writes them, without an offset from UTC: what happens at night is told by local time.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from bench.errors import DataError
from bench.tables.numbers import MOSTLY

# The texts that decide what a column is.
TEXTS_READ = 1000
# How dates are written: what a model of one file reads the next ones by.
ISO, DAY_FIRST, MONTH_FIRST, IN_WORDS, TIME_OF_DAY = (
    "year, month, day", "day, month, year", "month, day, year", "month in words", "time of day",
)  # fmt: skip
_CLOCK = r"(?:[T ]\s*\d{1,2}:\d{2}.*)?"
_PATTERNS = {
    ISO: re.compile(rf"(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}})({_CLOCK})"),
    DAY_FIRST: re.compile(rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}|\d{{2}})({_CLOCK})"),
    IN_WORDS: re.compile(rf"\d{{1,2}}[- ][A-Za-z]{{3,9}}[- ]\d{{2,4}}{_CLOCK}"),
    TIME_OF_DAY: re.compile(r"\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp][Mm])?"),
}
# Hours, minutes and seconds with points between them, which look like a day, a month and a year.
_POINTED = re.compile(r"^([01]?\d|2[0-3])\.([0-5]\d)\.([0-5]\d)$")
_OFFSET = re.compile(r"(?<=[\d.:])\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})$", re.IGNORECASE)
_DAY = pd.Timedelta(days=1)
# How numbers write dates, too: 20240131, and times since 1970 from 1990 to 2100 by the length of a unit.
EIGHT_DIGITS = "year, month, day as eight digits"
SINCE_1970 = {"ms": 1e3, "us": 1e6, "ns": 1e9}
_FROM, _TO = 631_152_000, 4_102_444_800
# Of fewer different numbers it may be by chance that each of them is a date.
FEWEST_DATES = 5
# Days after which a cycle is complete: of a shorter file, the next one lies in another part of it.
CYCLES = {"day": 1.0, "week": 7.0, "year": 365.25}
# Dates of a file that ends shortly before a year is over have been through it, too.
NEARLY = 0.98


class AmbiguousDatesError(DataError):
    """Dates of which it cannot be told which number is the day: further rows may tell."""


def written(column: pd.Series) -> str | None:
    """How a column of texts, some of them missing, writes dates; None where it holds others.

    Raises AmbiguousDatesError where the order of day and month cannot be known.
    """
    given = column[column.notna()]
    first = given[:TEXTS_READ]
    for way, pattern in _PATTERNS.items():
        if len(first) and sum(bool(pattern.fullmatch(text)) for text in first) >= MOSTLY * len(first):
            return _order(given) if way == DAY_FIRST else way
    return None


def as_dates(column: pd.Series, way: str) -> pd.Series:
    """The dates of a column, as datetime64 without a zone, or as timedelta64 where they are times of day.

    column: dates, or texts that are written in one ``way``. What is no date is missing.
    """
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        column = column.dt.tz_localize(None)
    if column.dtype.kind == "M":
        return column.astype("datetime64[us]")
    given = column[column.notna()]
    texts = pd.Series(given.unique(), dtype=object)
    if way == TIME_OF_DAY:
        found = _times_of_day(texts)
    else:
        plain = texts.str.replace(_OFFSET, "", regex=True).where(texts.str.contains(":"), texts)
        found = _parsed(_year_first(plain, way), day_first=way != MONTH_FIRST)
    return given.map(found.set_axis(texts)).astype(found.dtype).reindex(column.index)


def written_in_numbers(numbers: pd.Series) -> str | None:
    """How a column of numbers, some of them missing, writes dates: `EIGHT_DIGITS`, or one of `SINCE_1970`;
    None where it holds others.
    """
    given = numbers.dropna()
    low, high = given.min(), given.max()
    if not low > _FROM * 1e3 and not 19_000_101 <= low <= high <= 21_001_231:
        return None
    if (given % 1 != 0).any() or given.nunique() < FEWEST_DATES:
        return None
    if high <= 21_001_231:
        return EIGHT_DIGITS if dates_in_numbers(given, EIGHT_DIGITS).notna().all() else None
    return next((unit for unit, of in SINCE_1970.items() if _FROM * of <= low <= high <= _TO * of), None)


def dates_in_numbers(numbers: pd.Series, way: str) -> pd.Series:
    """The dates of a column, as datetime64, that numbers write in one ``way``. What is no date is missing."""
    whole: Any = numbers.dropna().astype("int64")
    if way == EIGHT_DIGITS:
        found = pd.to_datetime(whole.astype(str), format="%Y%m%d", errors="coerce")
    else:
        unit: Any = way
        found = pd.to_datetime(whole, unit=unit, errors="coerce")
    dates: pd.Series = found.astype("datetime64[us]").reindex(numbers.index)
    return dates


def with_clock(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with times of day as texts, which `written` knows again."""
    return frame.assign(
        **{
            str(name): (pd.Timestamp(0) + frame[name]).dt.strftime("%H:%M:%S.%f")
            for name in frame.columns
            if frame[name].dtype.kind == "m"
        }
    )


def cycles(dates: pd.Series) -> list[str]:
    """The cycles that a column of dates has been through: of "day", "week" and "year"."""
    given = dates.dropna()
    if not len(given):
        return []
    if given.dtype.kind == "m":
        return ["day"] if given.nunique() > 1 else []
    days = (given.max() - given.min()) / _DAY
    through = [name for name, length in CYCLES.items() if days >= NEARLY * length]
    return [name for name in through if np.ptp(_place(given, name)) > 0]


def on_circle(dates: pd.Series, cycle: str) -> np.ndarray:
    """Where dates lie in a cycle, as cosine and sine, shape (n, 2); missing ones in the middle, at 0."""
    angle = 2 * np.pi * _place(dates, cycle)
    found: np.ndarray = np.nan_to_num(np.column_stack([np.cos(angle), np.sin(angle)]))
    return found


def _place(dates: pd.Series, cycle: str) -> np.ndarray:
    """The fraction of a cycle that is over, shape (n,); NaN where there is no date."""
    if dates.dtype.kind == "m":
        return np.asarray(dates.dt.total_seconds() / 86_400, dtype=float)
    if cycle == "day":
        passed = (dates - dates.dt.normalize()).dt.total_seconds() / 86_400
    else:  # whole days: the time on them is what the cycle of the day has
        passed = dates.dt.day_of_week if cycle == "week" else dates.dt.day_of_year - 1
    return np.asarray(passed / CYCLES[cycle], dtype=float)


def _order(given: pd.Series) -> str:
    """Whether the day or the month is first, by the numbers above 12; neither, where one is 0."""
    if given.str.contains(r"^0?0\.|\.00\.").any() and given.str.fullmatch(_POINTED).mean() >= MOSTLY:
        return TIME_OF_DAY
    parts = given.str.extract(_whole(DAY_FIRST)).dropna(subset=[0])
    first, second = (parts[place].astype(int).max() for place in (0, 2))
    if (first > 12) == (second > 12) and not (parts[1] == ".").all():
        text = given.iloc[0]
        raise AmbiguousDatesError(
            f"column {given.name!r} holds dates such as {text!r}, of which day and month cannot be told; "
            f"write them as 2024-12-31, or leave them out: --drop {given.name}"
        )
    return DAY_FIRST if second <= 12 else MONTH_FIRST


def _year_first(texts: pd.Series, way: str) -> pd.Series:
    """Dates of numbers in the order of ISO 8601; others as they are."""
    if way == IN_WORDS:
        return texts
    groups = {ISO: (0, 2, 3, 4), DAY_FIRST: (3, 2, 0, 4), MONTH_FIRST: (3, 0, 2, 4)}[way]
    parts = texts.str.extract(_whole(ISO if way == ISO else DAY_FIRST))
    year, month, day, clock = (parts[place] for place in groups)
    year = year.where(year.str.len() == 4, "20" + year)
    return year + "-" + month.str.zfill(2) + "-" + day.str.zfill(2) + clock.fillna("")


def _whole(way: str) -> re.Pattern[str]:
    return re.compile(f"^{_PATTERNS[way].pattern}$")


def _parsed(texts: pd.Series, *, day_first: bool) -> pd.Series:
    found = pd.to_datetime(texts, format="ISO8601", errors="coerce")
    strange = found.isna() & texts.notna()
    if strange.any():
        found = found.astype("datetime64[us]")
        found[strange] = pd.to_datetime(texts[strange], format="mixed", dayfirst=day_first, errors="coerce")
    return found.astype("datetime64[us]")


def _times_of_day(texts: pd.Series) -> pd.Series:
    texts = texts.str.replace(_POINTED, lambda found: ":".join(found.groups()), regex=True)
    clock = texts.where(texts.map(lambda text: bool(_PATTERNS[TIME_OF_DAY].fullmatch(text))))
    found = pd.to_datetime("2000-01-01 " + clock, format="mixed", errors="coerce")
    return (found - pd.Timestamp("2000-01-01")).astype("timedelta64[us]")
