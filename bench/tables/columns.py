"""What the columns of a table hold: numbers or text; nothing else comes through."""

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
# How many texts are looked at to tell whether they are dates.
LOOKED_AT = 1000
# Fewer rows than this are in order by chance.
FEWEST_COUNTED = 5
_TIMES = ("datetime", "date", "time", "timedelta", "period")


def tidy(frame: pd.DataFrame, name: str, decimal: Decimal = ".") -> pd.DataFrame:
    """The columns as numbers, 1 for true and 0 for false, or as text; missing values as NaN or None.

    ``decimal`` is the sign before decimals in a column where the texts leave it open. Raises
    DataError for dates, infinite values and nested ones.
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
    """The column so typed; None for one of dates."""
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
    """Every value as text without space around it, missing ones as None."""

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
    """Texts, or what nearly all of them stand for: numbers; None for dates."""
    given = column[column.notna()]
    looked_at = given[:LOOKED_AT]
    if sum(bool(_DATE.fullmatch(text)) for text in looked_at) >= MOSTLY * len(looked_at):
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
    """Whether a column numbers the rows of the file, from wherever."""
    if column.dtype.kind not in "iu":
        return False
    return len(column) >= FEWEST_COUNTED and bool((np.diff(column) == np.diff(column.index)).all())


def _unnamed(frame: pd.DataFrame, name: str) -> list[str]:
    """The column without a name, if it is one that pandas writes before the others, or an empty last one."""
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
                f"{name}: column {column!r} numbers the rows: where a row stands, not what it is; "
                f"consider --drop {column}",
                BenchWarning,
                stacklevel=2,
            )
