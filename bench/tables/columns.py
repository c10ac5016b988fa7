"""The types of a table's columns: numbers or text; all others are converted or refused."""

from __future__ import annotations

import re
import shlex
import warnings
from typing import Any

import numpy as np
import pandas as pd

from bench.errors import BenchWarning, DataError
from bench.tables.numbers import MOSTLY, Decimal, as_numbers

_DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([T ].*)?"
    r"|\d{1,2}[-/.]\d{1,2}[-/.](\d{2}|\d{4})([T ].*)?"
    r"|\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp][Mm])?"
    r"|\d{1,2}[- ][A-Za-z]{3,9}[- ]\d{2,4}( .*)?"
)
# The number of texts that decide whether a column has dates.
TEXTS_READ = 1000
# With fewer rows than this, a column may number the rows by chance.
FEWEST_COUNTED = 5
_TIMES = ("datetime", "date", "time", "timedelta", "period")


def tidy(frame: pd.DataFrame, name: str, decimal: Decimal = ".") -> pd.DataFrame:
    """The columns as numbers, 1 for true and 0 for false, or as text; missing values as NaN or None.

    name: the file's name, for messages. decimal: the decimal separator of a column whose texts do not decide
    it. Raises DataError for dates, and for infinite, complex and nested values.
    """
    columns = {column: _tidy(frame[column], name, decimal) for column in frame.columns}
    dates = [column for column, values in columns.items() if values is None]
    if dates:
        shown, them = ", ".join(map(repr, dates)), "it" if len(dates) == 1 else "them"
        left_out = shlex.quote(",".join(dates))
        raise DataError(
            f"{name}: there are dates or times in {shown}; turn {them} into numbers that mean something here "
            f"(the hour, the weekday, days since the last), or leave {them} out: --drop {left_out}"
        )
    tidied = pd.DataFrame(columns, index=frame.index)
    _warn_of_counters(tidied, name)
    return tidied.drop(columns=_unnamed(tidied, name))


def _tidy(column: pd.Series, name: str, decimal: Decimal) -> pd.Series | None:
    """The column as numbers or text; None for a column of dates."""
    kind = pd.api.types.infer_dtype(column, skipna=True)
    if kind.startswith(_TIMES):
        return None
    if kind == "empty" or column.isna().all():
        return pd.Series(np.nan, column.index)
    if kind == "complex":
        raise DataError(f"{name}: column {column.name!r} holds complex numbers; give their parts as columns")
    if kind == "boolean":
        return column.astype(float if column.isna().any() else np.int8)
    if pd.api.types.is_numeric_dtype(column.dtype):
        return _finite(column, name)
    if kind in ("decimal", "integer", "floating", "mixed-integer-float"):
        return _finite(pd.to_numeric(column), name)
    return _from_text(_as_text(column, name), name, decimal)


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
        if not np.isscalar(value):
            raise DataError(
                f"{name}: column {column.name!r} holds {type(value).__name__} values, not single ones; "
                f"leave it out: --drop {column.name}"
            )
        return (value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)).strip()

    given = column[column.notna()].astype(object)
    return given.map(text).astype(object).reindex(column.index, fill_value=None)


def _from_text(column: pd.Series, name: str, decimal: Decimal) -> pd.Series | None:
    """Numbers where nearly all texts are numbers; None where they are dates; else the texts."""
    given = column[column.notna()]
    first = given[:TEXTS_READ]
    if sum(bool(_DATE.fullmatch(text)) for text in first) >= MOSTLY * len(first):
        return None
    numbers = as_numbers(given, decimal, f"{name}: column {column.name!r}")
    strange = given[numbers.isna()]
    if len(strange) > (1 - MOSTLY) * len(given):
        return column
    if len(strange):
        examples = ", ".join(repr(text) for text in strange.unique()[:3])
        warnings.warn(
            f"{name}: column {column.name!r} is read as numbers; what is none counts as missing "
            f"({len(strange):,} of {len(given):,} values): {examples}",
            BenchWarning,
            stacklevel=2,
        )
    return _finite(numbers.astype(float).reindex(column.index), name)


def _counts_rows(column: pd.Series) -> bool:
    """Whether a column numbers the rows of the file, starting anywhere."""
    if column.dtype.kind not in "iu":
        return False
    return len(column) >= FEWEST_COUNTED and bool((np.diff(column) == np.diff(column.index)).all())


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
