"""The column contract: what a file must hold so that a model can score its rows.

It is learnt from the training rows. Another file's rows are read as it says, chunk by chunk, and never as
they themselves suggest: a code such as 07 stays a text, and a text in a column of numbers is refused.
"""

from __future__ import annotations

import shlex
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import pandas as pd

from bench.errors import BenchWarning, DataError
from bench.tables.columns import DATE, NUMBER, TEXT, kind_of
from bench.tables.dates import (
    EIGHT_DIGITS,
    ISO,
    SINCE_1970,
    as_dates,
    dates_in_numbers,
    written,
    written_in_numbers,
)
from bench.tables.dialect import AS_FOUND, Dialect
from bench.tables.numbers import UNSAID, USUAL, NumberFormat, as_numbers, without_unit

# Columns named in a message; more are counted.
MOST_NAMED = 5
# Texts of a column of numbers that count as missing because they did in training; a typed word each time
# would let anything pass.
MOST_WORDS = 100


@dataclass(frozen=True)
class ColumnContract:
    """What each column is, by name.

    ``kinds``: "number", "text" or "date" of each column that is read. ``missing``: of columns of numbers and
    dates, the texts that counted as missing in training. ``units``: the unit that numbers had. ``written``:
    how dates were. ``ignored``: columns of the training file that are not read, such as free text and those
    that were dropped. ``dialect``: how files are written, as far as the user has said it. ``empty``: those
    of the ignored whose cells are all empty in training; another file may lack them, and what it has there is
    text.
    """

    kinds: dict[str, str]
    missing: dict[str, list[str]] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    dialect: Dialect = AS_FOUND
    empty: tuple[str, ...] = ()

    @classmethod
    def learn(
        cls,
        raw: pd.DataFrame,
        tidied: pd.DataFrame,
        names: Sequence[str],
        ignored: Any,
        dialect: Dialect = AS_FOUND,
    ) -> Self:
        """From training rows as their file has them, and as columns of numbers and of text.

        names: the columns that are read. ignored: those that are not. dialect: how the file was said to be
        written.
        """
        kinds = {name: kind_of(tidied[name]) for name in names}
        missing, units, ways = {}, {}, {}
        for name, kind in kinds.items():
            if kind == DATE and kind_of(raw[name]) == NUMBER:
                ways[name] = written_in_numbers(raw[name]) or ISO
            if kind == TEXT or kind_of(raw[name]) != TEXT:
                continue
            texts = as_texts(raw[name].dropna())
            words = texts[tidied[name].reindex(texts.index).isna()].unique()
            if len(words):
                missing[name] = sorted(words)[:MOST_WORDS]
            if kind == DATE:
                ways[name] = written(texts) or ISO
            elif unit := without_unit(texts)[1]:
                units[name] = unit
        empty = [name for name in tidied.columns if name not in kinds and tidied[name].isna().all()]
        return cls(kinds, missing, units, ways, tuple(ignored), dialect, tuple(empty))

    @property
    def compared(self) -> dict[str, str]:
        """The kind of each column that is read, and of those that were empty in training."""
        return self.kinds | dict.fromkeys(self.empty, TEXT)

    @property
    def texts(self) -> list[str]:
        """The columns that are read as text."""
        return [name for name, kind in self.compared.items() if kind == TEXT]

    def wanted(self, names: Sequence[str], file: str) -> list[str]:
        """The columns to read of a file that has ``names``, in any order.

        Raises DataError where some are missing; warns of columns that the training file did not have.
        """
        missing = [name for name in self.kinds if name not in names]
        if missing:
            one = len(missing) == 1
            raise DataError(
                f"{file}: there is no column {_named(missing)}, which the model was fitted to; "
                f"add {'it' if one else 'them'}, or fit a model without {'it' if one else 'them'} (--drop)"
            )
        twice = next((name for name in self.kinds if list(names).count(name) > 1), None)
        if twice is not None:
            raise DataError(f"{file}: there is more than one column {twice!r}; give each its own name")
        extra = [name for name in names if name and name not in self.kinds and name not in self.ignored]
        if extra:
            warnings.warn(
                f"{file}: ignored, since the model was fitted without: {_named(extra)}",
                BenchWarning,
                stacklevel=3,
            )
        return [*self.kinds, *(name for name in self.empty if list(names).count(name) == 1)]

    def declared(self, rows: pd.DataFrame, file: str, numbers: NumberFormat = USUAL) -> pd.DataFrame:
        """Rows with each column as it was in training: float64 with NaN, text with None, or dates with NaT.

        rows: as their file has them; the index is each row's index in it, from 0. One of ``empty`` that it
        lacks is empty. Raises DataError for a value that is not of its column's type, with the column and the
        first such row.
        """
        return pd.DataFrame(
            {
                name: None
                if name not in rows
                else as_texts(rows[name])
                if kind == TEXT
                else self._dates(rows[name], file)
                if kind == DATE
                else self._numbers(rows[name], file, numbers)
                for name, kind in self.compared.items()
            },
            index=rows.index,
        )

    def _dates(self, column: pd.Series, file: str) -> pd.Series:
        name = str(column.name)
        way = self.written.get(name, ISO)
        if column.dtype.kind == "M":
            return as_dates(column, way)
        if kind_of(column) == NUMBER and (way == EIGHT_DIGITS or way in SINCE_1970):
            dates = dates_in_numbers(column, way)
            bad = dates.isna() & column.notna()
            if bad.any():
                self._refuse(column, bad, "no date", file, f"dates written as {way}")
            return dates
        given = as_texts(column[column.notna()])
        given = given[~given.isin(self.missing.get(name, []))]
        dates = as_dates(given, way)
        if dates.isna().any():
            self._refuse(given, dates.isna(), "no date", file, f"dates written as {way}")
        return dates.reindex(column.index)

    def _numbers(self, column: pd.Series, file: str, numbers: NumberFormat) -> pd.Series:
        if kind_of(column) == NUMBER:
            return self._finite(column, column.to_numpy(dtype=float, na_value=np.nan), file)
        if column.dtype.kind == "m":
            seconds: pd.Series = column.dt.total_seconds()
            return seconds
        if column.dtype.kind == "M":
            self._refuse(column, column.notna(), "a date", file)
        given = as_texts(column[column.notna()])
        if pd.api.types.infer_dtype(column, skipna=True) == "boolean":
            given = given.map({"True": "1", "False": "0"})
        name = str(column.name)
        given = given[~given.isin(self.missing.get(name, []))]
        known = self.units.get(name, "")
        unit = without_unit(given, known)[1]
        if unit and unit != (known or (unit if unit in UNSAID else "")):
            raise DataError(
                f"{file}: column {name!r} holds numbers in {unit}, first in row {given.index[0] + 1}; "
                f"the model was fitted to numbers {f'in {known}' if known else 'without a unit'}"
            )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", BenchWarning)
            found = as_numbers(given, numbers, "", known)
        if found.isna().any():
            self._refuse(given, found.isna(), "a text", file)
        return self._finite(column, found.reindex(column.index).to_numpy(dtype=float), file)

    def _finite(self, column: pd.Series, values: Any, file: str) -> pd.Series:
        if np.isinf(values).any():
            self._refuse(column, pd.Series(np.isinf(values), column.index), "an infinite value", file)
        return pd.Series(values, column.index)

    def _refuse(
        self, column: pd.Series, bad: pd.Series, what: str, file: str, before: str = "numbers"
    ) -> None:
        row = bad.index[bad.to_numpy(dtype=bool)][0]
        raise DataError(
            f"{file}: column {column.name!r} holds {what}, {str(column[row])!r}, in row {row + 1}; the model "
            f"was fitted to {before} there: correct the cell, leave it empty, say --empty "
            f"{shlex.quote(str(column[row]))} if it stands for an empty cell, or fit a model without the "
            "column"
        )


def as_texts(column: pd.Series) -> pd.Series:
    """Each value as text without surrounding whitespace, None where it is missing."""
    if isinstance(column.dtype, pd.StringDtype):
        stripped = column.str.strip().astype(object)
        return stripped.where(column.notna(), None)

    def text(value: Any) -> str:
        return (value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)).strip()

    given = column[column.notna()].astype(object)
    return given.map(text).astype(object).reindex(column.index, fill_value=None)


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(map(repr, names[:MOST_NAMED]))
    return shown + (f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else "")
