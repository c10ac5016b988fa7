"""The types of a table's columns: numbers, text or dates; all others are converted or refused."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd

from bench.errors import BenchWarning, DataError
from bench.tables.dates import (
    ISO,
    AmbiguousDatesError,
    as_dates,
    dates_in_numbers,
    written,
    written_in_numbers,
)
from bench.tables.numbers import GROUPED, MOSTLY, USUAL, NumberFormat, as_numbers, units_of, without_unit

NUMBER, TEXT, DATE = "number", "text", "date"
# A column with at least this fraction of numbers, of more than so many different ones, is one of numbers
# where its other texts are up to so many words: "Varies with device" beside sizes.
FEWEST_NUMBERS, DIFFERENT_NUMBERS, WORDS_BESIDE = 0.5, 12, 2
# A number that stands for empty cells does so in as many rows at least.
FEWEST_CODES = 5
# So many times as large as any other: of a thousand rows, one such value leaves the others apart by less than
# a hundred-thousandth of the standard deviation.
HUGE = 1e6
# With fewer rows than this, a column may number the rows by chance.
FEWEST_COUNTED = 5
# What follows numbers in more ways than this is no unit.
MOST_UNITS = 5
LIKE_A_DATE = r"\d{4}-\d\d?-\d\d?\b|\d\d?[./]\d\d?[./]\d{2,4}\b"


def tidy(frame: pd.DataFrame, name: str, numbers: NumberFormat = USUAL) -> pd.DataFrame:
    """The columns as numbers, 1 for true and 0 for false and seconds for durations; as text; or as dates, and
    times of day, which `bench.tables.dates` explains. Missing values as NaN, None or NaT.

    name: the file's name, for messages. numbers: how its texts write them. Raises DataError for dates that
    can be read in two ways, and for infinite, complex and nested values.
    """
    columns = {column: _tidy(frame[column], name, numbers) for column in frame.columns}
    tidied = pd.DataFrame(columns, index=frame.index)
    _warn_of_counters(tidied, name)
    _warn_of_codes(tidied, name)
    return tidied.drop(columns=_unnamed(tidied, name))


def kind_of(column: pd.Series) -> str:
    """What a column is: numbers, dates (or times of day), or else text."""
    if column.dtype.kind in "mM":
        return DATE
    return NUMBER if pd.api.types.is_numeric_dtype(column.dtype) and column.dtype.kind != "c" else TEXT


def _tidy(column: pd.Series, name: str, numbers: NumberFormat) -> pd.Series:
    """The column as numbers, text or dates."""
    if isinstance(column.dtype, pd.PeriodDtype):
        column = column.dt.start_time
    kind = pd.api.types.infer_dtype(column, skipna=True)
    if kind.startswith("timedelta"):
        seconds: pd.Series = column.dt.total_seconds()
        return seconds
    if kind.startswith("datetime64"):
        return as_dates(column, ISO)
    if kind == "empty" or column.isna().all():
        return pd.Series(np.nan, column.index)
    if kind == "complex":
        raise DataError(f"{name}: column {column.name!r} holds complex numbers; give their parts as columns")
    if kind == "boolean":
        return column.astype(float if column.isna().any() else np.int8)
    if pd.api.types.is_numeric_dtype(column.dtype):
        return _numbers(column, name)
    if kind in ("decimal", "integer", "floating", "mixed-integer-float"):
        # By way of text: what no float can hold is infinite, as it is in a text file.
        return _numbers(column.map(lambda value: float(str(value)), na_action="ignore").astype(float), name)
    return _from_text(_as_text(column, name), name, numbers)


def _numbers(column: pd.Series, name: str) -> pd.Series:
    """The numbers, or the dates that they write."""
    finite = _finite(column, name)
    way = written_in_numbers(finite)
    return finite if way is None else dates_in_numbers(finite, way)


def _finite(column: pd.Series, name: str) -> pd.Series:
    bad = np.isinf(column.to_numpy(dtype=float, na_value=np.nan))
    if bad.any():
        raise DataError(
            f"{name}: column {column.name!r} holds infinite values, first in row {column.index[bad][0] + 1}; "
            f"replace them, leave those cells empty, or leave the column out: --drop {column.name}"
        )
    return column


def _as_text(column: pd.Series, name: str) -> pd.Series:
    """Each value as text without surrounding whitespace, missing ones as None."""

    def text(value: Any) -> str:
        if not pd.api.types.is_scalar(value):
            raise DataError(
                f"{name}: column {column.name!r} holds {type(value).__name__} values, not single ones; "
                f"leave it out: --drop {column.name}"
            )
        return (value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)).strip()

    given = column[column.notna()].astype(object)
    return given.map(text).astype(object).reindex(column.index, fill_value=None)


def _from_text(column: pd.Series, name: str, numbers: NumberFormat) -> pd.Series:
    """Dates where nearly all texts are dates, numbers where they are numbers; else the texts."""
    given = column[column.notna()]
    try:
        way = written(given)
    except AmbiguousDatesError as error:
        raise AmbiguousDatesError(f"{name}: {error}") from None
    if way is not None:
        dates = as_dates(given, way)
        if dates.notna().mean() >= MOSTLY:
            _warn_of_others(given[dates.isna()], given, "dates", name)
            return dates.reindex(column.index)
    if given.str.contains(r"\d").mean() < FEWEST_NUMBERS:
        return column
    found = as_numbers(given, numbers, f"{name}: column {column.name!r}")
    strange = given[found.isna()]
    grouped = len(strange) and without_unit(given)[0][found.isna()].str.fullmatch(GROUPED).all()
    if grouped:
        warnings.warn(
            f"{name}: column {column.name!r} holds {strange.iloc[0]!r} and the like; if they are numbers, "
            "say with --thousands what stands between thousands",
            BenchWarning,
            stacklevel=3,
        )
    if len(strange) > (1 - MOSTLY) * len(given) and not _are_words_beside(strange, found):
        if not grouped:
            _warn_of_mixture(given, found.notna(), name)
        return column
    _warn_of_others(strange, given, "numbers", name)
    return _finite(found.astype(float).reindex(column.index), name)


def _are_words_beside(strange: pd.Series, found: pd.Series) -> bool:
    """Whether the texts that are no numbers are a few words in a column of numbers."""
    return (
        found.notna().mean() >= FEWEST_NUMBERS
        and found.nunique() > DIFFERENT_NUMBERS
        and strange.nunique() <= WORDS_BESIDE
        and not strange.str.contains(r"\d").any()
    )


def _warn_of_others(strange: pd.Series, given: pd.Series, what: str, name: str) -> None:
    """Warn of texts in a column of numbers or dates."""
    if len(strange):
        warnings.warn(
            f"{name}: column {given.name!r} is read as {what}; what is none counts as missing "
            f"({len(strange):,} of {len(given):,} values): {_first(strange)}",
            BenchWarning,
            stacklevel=3,
        )


def _warn_of_mixture(given: pd.Series, is_number: pd.Series, name: str) -> None:
    """Warn of a column of text whose values are numbers in several units, or mostly numbers or dates."""
    units = units_of(given).value_counts()
    if 1 < len(units) <= MOST_UNITS and units.sum() >= MOSTLY * len(given):
        warnings.warn(
            f"{name}: column {given.name!r} is read as text; if its values are numbers, write them in one "
            f"unit, not in {', '.join(units.index)}",
            BenchWarning,
            stacklevel=4,
        )
        return
    for what, is_one in (("numbers", is_number), ("dates", given.str.match(LIKE_A_DATE))):
        if 0.5 * len(given) < is_one.sum() < len(given):
            warnings.warn(
                f"{name}: column {given.name!r} is read as text; {is_one.sum():,} of {len(given):,} values "
                f"are {what}, and not {_first(given[~is_one])}: correct the others, or take such rows out",
                BenchWarning,
                stacklevel=4,
            )
            return


def _first(texts: pd.Series) -> str:
    """The first different texts, with their rows."""
    first = texts.drop_duplicates().iloc[:3]
    return ", ".join(
        f"{text!r} (row {row + 1})" for row, text in zip(first.index.tolist(), first, strict=True)
    )


def _counts_rows(column: pd.Series) -> bool:
    """Whether a column numbers the rows of the file, starting anywhere, with or without empty ones."""
    if column.dtype.kind not in "iu" or len(column) < FEWEST_COUNTED:
        return False
    steps = np.diff(column)
    return bool((steps == np.diff(column.index)).all() or (steps == 1).all())


def _unnamed(frame: pd.DataFrame, name: str) -> list[str]:
    """The columns without a name to drop: an index that pandas wrote, or an empty column."""
    if "" not in frame.columns:
        return []
    if _counts_rows(frame[""]):
        warnings.warn(
            f"{name}: the column without a name numbers the rows and is left out", BenchWarning, stacklevel=2
        )
        return [""]
    return [""] if frame[""].isna().all() else []


def _warn_of_counters(frame: pd.DataFrame, name: str) -> None:
    for column in frame.columns:
        if column and _counts_rows(frame[column]):
            warnings.warn(
                f"{name}: column {column!r} numbers the rows and says nothing about their content; "
                f"consider --drop {column}",
                BenchWarning,
                stacklevel=2,
            )


def _warn_of_codes(frame: pd.DataFrame, name: str) -> None:
    """Warn of numbers that may stand for empty cells, such as -999 or 1e20."""
    numbers = {str(column): frame[column] for column in frame.columns if frame[column].dtype.kind in "iuf"}
    for find, what in (
        (_code_in, "is frequent in {} and far from all others there"),
        (_fill_in, "in {} is so large that all others there are as good as equal beside it"),
    ):
        found: dict[float, list[str]] = {}
        for column, values in numbers.items():
            if (code := find(values)) is not None:
                found.setdefault(code, []).append(column)
        for code, columns in found.items():
            shown = ", ".join(map(repr, columns[:3]))
            more = f" and {len(columns) - 3} more" if len(columns) > 3 else ""
            # As short as it is the same number: what is copied to --empty is to find it.
            written = f"{code:g}" if float(f"{code:g}") == code else str(code).removesuffix(".0")
            warnings.warn(
                f"{name}: {written} {what.format(shown + more)}; if it stands for an empty cell, say "
                f"--empty {written}",
                BenchWarning,
                stacklevel=3,
            )


def _fill_in(column: pd.Series) -> float | None:
    """A number beside which the others of a column, standardised together, are as good as equal; such as the
    1e20 that climate models and the 9.96921e36 that netCDF files have for what was not measured.
    """
    given = column.dropna()
    for fill in (given.min(), given.max()) if len(given) else ():
        rest = given[given != fill]
        if len(rest) and abs(float(fill)) > HUGE * max(abs(float(rest.min())), abs(float(rest.max()))) > 0:
            return float(fill)
    return None


def _code_in(column: pd.Series) -> float | None:
    """A frequent whole number from -9 down, or of nines, such as 999: the lowest value where it is negative
    and all others are not, or the lowest or highest that is as far from the others as these are apart.
    """
    given = column.dropna()
    for code in (given.min(), given.max()) if len(given) else ():
        is_code = code % 1 == 0 and (code <= -9 or (code > 9 and set(str(int(code))) == {"9"}))
        if not is_code or (given == code).sum() < FEWEST_CODES:
            continue
        rest = given[given != code]
        apart = np.abs(rest - code).min() if len(rest) else 0
        is_alone = (code < 0 and rest.min() >= 0) or apart > np.ptp(rest)
        if rest.nunique() > DIFFERENT_NUMBERS and is_alone:
            return float(code)
    return None
