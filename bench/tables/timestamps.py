"""Times of a column: ISO 8601 texts, dates as Parquet keeps them, and numbers, of which epochs are known."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bench.errors import BenchWarning, DataError

DAY = 86_400 * 10**9
HOUR_MINUTES = 60
# Numbers of which all lie between these bounds count so many nanoseconds since 1970: times from 1973 to 5138.
EPOCHS = {
    "seconds": (1e8, 1e11, 10**9),
    "milliseconds": (1e11, 1e14, 10**6),
    "microseconds": (1e14, 1e17, 10**3),
    "nanoseconds": (1e17, 9e18, 1),
}
_OFFSET = re.compile(r"(?<=[\d.:])\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})$", re.IGNORECASE)
_DATE = re.compile(r"\d{4}[-/]\d{1,2}[-/]\d{1,2}")
_TIME = re.compile(r"\d:\d")


@dataclass(frozen=True)
class Times:
    """A number for each row, that rises with time. ``day``: by how much in a day; None where that is unknown.

    Dates are nanoseconds since 1970, of UTC where they have an offset.
    """

    values: np.ndarray
    day: float | None

    def shown(self, time: Any) -> str:
        """A time as a person reads it."""
        return f"{time:g}" if self.day is None else str(pd.Timestamp(int(time)))

    def shown_step(self, step: float) -> str:
        """The time between two points as a person reads it."""
        return f"{step:g}" if self.day is None else str(pd.Timedelta(int(step)))


def parse_times(column: pd.Series, file: str) -> Times:
    """The times of a column, whose index is each row's index in the file.

    Raises DataError for a row without a time, for what cannot be read as a time in only one way, and for
    several time zones; warns where numbers are taken for an epoch, and where daylight saving time changes.
    """
    where = f"{file}: column {column.name!r}"
    missing = column.isna()
    if missing.any():
        raise DataError(
            f"{where} has no time in {missing.sum():,} rows (first: row {column.index[missing][0] + 1}); "
            "leave those rows out, or fill in their times"
        )
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return _nanoseconds(column.dt.tz_convert("UTC").dt.tz_localize(None), where)
    if column.dtype.kind == "M":
        return _nanoseconds(column, where)
    if column.dtype.kind == "m":
        return Times(column.to_numpy("timedelta64[ns]").astype(np.int64), DAY)
    if pd.api.types.is_bool_dtype(column.dtype):
        raise DataError(f"{where} holds true and false, not times; name another with --time")
    if pd.api.types.is_numeric_dtype(column.dtype):
        return _of_numbers(column.to_numpy(), where)
    texts = column.map(lambda value: str(value).strip())
    numbers = pd.to_numeric(texts, errors="coerce")
    if numbers.notna().all():
        return _of_numbers(numbers.to_numpy(), where)
    return _of_texts(texts, where)


def _of_numbers(numbers: np.ndarray, where: str) -> Times:
    values = numbers.astype(np.float64) if numbers.dtype.kind == "f" else numbers.astype(np.int64)
    if not np.isfinite(values).all():
        raise DataError(f"{where} holds infinite times; leave those rows out")
    for unit, (low, high, factor) in EPOCHS.items():
        if (low <= values).all() and (values < high).all():
            since = np.rint(values * factor).astype(np.int64)
            first, last = (pd.Timestamp(int(time)) for time in (since.min(), since.max()))
            warnings.warn(
                f"{where} is read as {unit} since 1970, from {first} to {last}", BenchWarning, stacklevel=3
            )
            return Times(since, DAY)
    return Times(values, None)


def _of_texts(texts: pd.Series, where: str) -> Times:
    offsets = texts.str.extract(_OFFSET)[0].where(texts.str.contains(_TIME))
    plain = texts.where(offsets.isna(), texts.str.replace(_OFFSET, "", regex=True))
    dated = plain.where(plain.str.match(_DATE)).str.replace("/", "-", regex=False)
    dates = pd.to_datetime(dated, format="ISO8601", errors="coerce")
    strange = dates.isna()
    if strange.any():
        row = texts.index[strange][0]
        raise DataError(
            f"{where}: {texts[row]!r} in row {row + 1} cannot be read as a time in only one way; write times "
            "as 2024-12-31 23:59:00, with an offset such as +01:00 if they need one, or as seconds since 1970"
        )
    given = offsets[offsets.notna()]
    minutes = pd.Series([_minutes(offset) for offset in given], given.index, dtype=np.int64)
    _check_offsets(texts, minutes, where)
    shift = pd.to_timedelta(minutes.reindex(texts.index, fill_value=0), unit="min")
    return _nanoseconds(dates - shift, where)


def _nanoseconds(dates: pd.Series, where: str) -> Times:
    # By pandas: NumPy casts microseconds to nanoseconds to compare them, which overflows in silence.
    outside = (dates < pd.Timestamp.min) | (dates > pd.Timestamp.max)
    if outside.any():
        row = dates.index[outside][0]
        raise DataError(
            f"{where} holds a time outside of the years 1678 to 2261, first in row {row + 1}; correct it"
        )
    return Times(dates.to_numpy().astype("datetime64[ns]").astype(np.int64), DAY)


def _minutes(offset: str) -> int:
    """``+05:30`` -> 330."""
    if offset.upper() in ("Z", "UTC", "GMT"):
        return 0
    hours, minutes = int(offset[1:3]), int(offset[3:].strip(":") or 0)
    return (60 * hours + minutes) * (-1 if offset[0] == "-" else 1)


def _check_offsets(texts: pd.Series, minutes: pd.Series, where: str) -> None:
    """Refuse times of several time zones; warn of those in which daylight saving time begins or ends."""
    if not len(minutes):
        return
    if len(minutes) < len(texts):
        without = texts.index.difference(minutes.index)[0]
        raise DataError(
            f"{where}: some times have an offset from UTC, such as {texts[minutes.index[0]]!r}, and some "
            f"have none, such as {texts[without]!r} in row {without + 1}; write all in one way"
        )
    firsts = minutes.drop_duplicates().sort_values()
    if len(firsts) == 1:
        return
    shown = " and ".join(f"{texts[row]!r} (row {row + 1})" for row in firsts.index[:2])
    if len(firsts) > 2 or firsts.iloc[1] - firsts.iloc[0] != HOUR_MINUTES:
        raise DataError(
            f"{where} has times of {len(firsts)} time zones, such as {shown}; write them all in one, or run "
            "each zone's series by themselves"
        )
    warnings.warn(
        f"{where} has two offsets from UTC an hour apart, {shown}; they are taken for one zone with daylight "
        "saving time, and times are compared in UTC",
        BenchWarning,
        stacklevel=4,
    )
