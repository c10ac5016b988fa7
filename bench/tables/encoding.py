"""Encoding a table of numbers and text as numbers, fitted to training rows only."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from bench.errors import BenchWarning, DataError, check_choice
from bench.splits.rows import LARGEST
from bench.tables.columns import DATE, NUMBER, TEXT, kind_of
from bench.tables.dates import cycles, on_circle

if TYPE_CHECKING:
    from bench.splits.arrays import Floats

# Texts with up to this number of distinct values are one-hot encoded.
MOST_ONE_HOT = 12
# Texts with more distinct values than this fraction of the rows identify a row rather than describe it.
FREE_TEXT = 0.5
KINDS = (NUMBER, "few", "many", DATE)
# Columns with empty cells; more are counted.
MOST_NAMED = 5
# What becomes of a missing number: the column's median, and with the second a column of 0 and 1 that says so.
MISSING = (IMPUTE, INDICATE) = ("impute", "indicate")


class Encoder:
    """A table's columns as numbers.

    A missing number becomes the column's median; where ``missing`` is "indicate", each column of numbers some
    of which are missing in the training rows is followed by one that is 1 where they are. Texts with few
    distinct values are one-hot encoded, others become the frequency of the value; one that is not in the
    training rows is 0 in each column. A missing text is a value of its own. Free text is left out with a
    warning. Of a date or a time of day, each cycle that the training rows have been through
    (`bench.tables.dates`) becomes two columns, the place on a circle; the time since the first does not, by
    which each row of a later file would be an anomaly.

    ``columns`` names the source of each column of what `transform` returns. What is learnt is plain:
    ``medians`` of numbers; ``gaps``, those of them with an indicator; ``values`` of texts with few;
    ``fractions`` of training rows by value of texts with many; ``cycles`` of dates; all by the column's name.
    """

    columns: list[str]
    medians: dict[str, float]
    gaps: list[str]
    values: dict[str, list[str]]
    fractions: dict[str, dict[Any, float]]
    cycles: dict[str, list[str]]

    def __init__(self, missing: str = IMPUTE) -> None:
        check_choice("missing", missing, MISSING)
        self.missing = missing

    def fit(self, frame: pd.DataFrame) -> Self:
        """Fit to training rows; DataError where no column distinguishes them."""
        frame = _texts_filled(informative_columns(frame))
        kinds = {name: _kind(frame[name]) for name in frame.columns}
        number, few, many, date = ([name for name in kinds if kinds[name] == kind] for kind in KINDS)
        self.medians = {name: _median(frame[name]) for name in number}
        is_empty = frame[number].isna()
        some = is_empty.any() & ~is_empty.all()
        self.gaps = [name for name in number if some[name]] if self.missing == INDICATE else []
        self.values = {name: sorted(frame[name].unique()) for name in few}
        self.fractions = {name: frame[name].value_counts(normalize=True).to_dict() for name in many}
        self.cycles = {name: cycles(frame[name]) for name in date}
        of_few = (name for name in few for _ in self.values[name])
        of_number = (name for name in number for _ in range(2 if name in self.gaps else 1))
        self.columns = [*of_number, *of_few, *many, *(name for name in date for _ in self.cycles[name] * 2)]
        return self

    @property
    def names(self) -> list[str]:
        """The columns of a table that are read."""
        return [*self.medians, *self.values, *self.fractions, *self.cycles]

    def transform(self, frame: pd.DataFrame) -> Floats:
        """The rows as numbers, shape (n, len(self.columns)).

        Raises DataError where a column is missing, or has values that are too large to compute with.
        """
        missing = [name for name in self.names if name not in frame.columns]
        if missing:
            raise DataError(f"there is no column {missing[0]!r}, which the training rows have")
        frame = _texts_filled(frame[self.names])
        X = np.zeros((len(frame), len(self.columns)))
        first = 0
        for name, median in self.medians.items():
            numbers = frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
            X[:, first] = np.where(np.isnan(numbers), median, numbers)
            first += 1
            if name in self.gaps:
                X[:, first] = np.isnan(numbers)
                first += 1
        for name, values in self.values.items():
            place = pd.Index(values).get_indexer(pd.Index(frame[name]))
            known = np.flatnonzero(place >= 0)
            X[known, first + place[known]] = 1
            first += len(values)
        for name, fractions in self.fractions.items():
            place = pd.Index(list(fractions)).get_indexer(pd.Index(frame[name]))
            X[:, first] = np.append(list(fractions.values()), 0.0)[place]  # -1, the last, where it is unknown
            first += 1
        for name, each in self.cycles.items():
            for cycle in each:
                X[:, first : first + 2] = on_circle(frame[name], cycle)
                first += 2
        too_large = np.flatnonzero((np.abs(X) > LARGEST).any(axis=0))
        if len(too_large):
            name = self.columns[too_large[0]]
            raise DataError(f"the values of {name!r} are too large to compute with; scale or drop it")
        return X


def informative_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """The table without texts that differ in most rows, such as names, which identify rows; without dates
    that are no whole day apart; and without empty columns, of which nobody knows what they will hold. Says so
    of the texts, and how other dates are read.

    Raises DataError where no column that is left distinguishes the rows.
    """
    free = [name for name in frame.columns if _kind(frame[name]) == "free"]
    if free:
        shown = ", ".join(map(repr, free))
        warnings.warn(f"free text, different in most rows, is left out: {shown}", BenchWarning, stacklevel=2)
    empty = [name for name in frame.columns if frame[name].isna().all()]
    dates = {
        name: cycles(frame[name])
        for name in frame.columns
        if _kind(frame[name]) == DATE and name not in empty
    }
    for name, through in dates.items():
        read = f"only the place in the {', '.join(through)}" if through else "nothing"
        warnings.warn(f"of the dates in {name!r} {read} is read", BenchWarning, stacklevel=2)
    kept = frame.drop(columns=[*free, *empty, *(name for name, through in dates.items() if not through)])
    if not any(kept[name].nunique(dropna=False) > 1 for name in kept.columns):
        raise DataError("no column distinguishes the rows: each that is not free text has one value only")
    return kept


def warn_of_empty_cells(frame: pd.DataFrame, name: str, missing: str = IMPUTE) -> None:
    """Warn where cells are empty, and say what becomes of them. name: the file's name. missing: as `Encoder`
    has it.
    """
    empty = frame.isna().sum()
    empty = empty[empty > 0].sort_values(ascending=False, kind="stable")
    if empty.empty:
        return
    shown = [f"{column!r} ({count:,})" for column, count in empty.head(MOST_NAMED).items()]
    more = f" and {len(empty) - MOST_NAMED} more columns" if len(empty) > MOST_NAMED else ""
    kinds = {kind_of(frame[column]) for column in empty.index}
    become = {
        NUMBER: "an empty number becomes its column's median"
        + (", and a column says which were empty" if missing == INDICATE else ""),
        TEXT: "an empty text counts as a value of its own",
        DATE: "an empty date becomes the middle of all",
    }
    total = int(empty.sum())
    warnings.warn(
        f"{name}: {total:,} empty {'cell' if total == 1 else 'cells'} in {', '.join(shown)}{more}; "
        f"{', '.join(said for kind, said in become.items() if kind in kinds)}",
        BenchWarning,
        stacklevel=3,
    )


def _texts_filled(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with empty texts for missing ones, which makes them a value like any other."""
    filled = frame.copy()
    for name in frame.columns:
        if kind_of(frame[name]) == TEXT:
            filled[name] = frame[name].astype(object).fillna("")
    return filled


def _kind(column: pd.Series) -> str:
    if (kind := kind_of(column)) != TEXT:
        return kind
    different = column.nunique()
    if different <= MOST_ONE_HOT:
        return "few"
    return "many" if different <= FREE_TEXT * len(column) else "free"


def _median(numbers: pd.Series) -> float:
    """The median of the values that are there; 0 where there are none."""
    median = numbers.median()
    return 0.0 if pd.isna(median) else float(median)
