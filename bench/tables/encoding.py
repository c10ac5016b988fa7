"""Encoding a table of numbers and text as numbers, as learnt from training rows alone."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import OneHotEncoder

from bench.errors import BenchWarning, DataError

if TYPE_CHECKING:
    from bench.splits.arrays import Floats

# Texts of so many different values get a column for each.
MOST_ONE_HOT = 12
# Texts that differ in more than this share of rows name a row rather than describe it.
FREE_TEXT = 0.5
KINDS = ("number", "few", "many")


class Encoder:
    """Numbers for what a table holds.

    Missing numbers become the column's median. Texts of few values become a column for each value, those of
    many values how frequent each is; a value not seen in training is none of the columns, or of frequency 0.
    A missing text is a value of its own. Free text is left out with a warning.

    ``columns`` names the source of each column of what `transform` returns.
    """

    columns: list[str]

    def fit(self, frame: pd.DataFrame) -> Self:
        """Learn from training rows; DataError where no column tells them apart."""
        frame = _texts_filled(informative_columns(frame))
        self._names = list(frame.columns)
        kinds = {name: _kind(frame[name]) for name in frame.columns}
        number, few, many = ([name for name in kinds if kinds[name] == kind] for kind in KINDS)
        one_hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
        self._transformer = ColumnTransformer(
            [
                ("number", SimpleImputer(strategy="median", keep_empty_features=True), number),
                ("few", one_hot, few),
                ("many", _Frequency(), many),
            ]
        ).fit(frame)
        values = self._transformer.named_transformers_["few"].categories_ if few else []
        self.columns = [*number, *np.repeat(few, [len(each) for each in values]).tolist(), *many]
        return self

    def transform(self, frame: pd.DataFrame) -> Floats:
        """The rows as numbers, shape (n, len(self.columns)); DataError where a column is missing."""
        missing = [name for name in self._names if name not in frame.columns]
        if missing:
            raise DataError(f"there is no column {missing[0]!r}, which the training rows have")
        return np.asarray(self._transformer.transform(_texts_filled(frame[self._names])), dtype=np.float64)


def informative_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """The table without texts that differ in most rows, such as names: they say which row, not what it is.

    Raises DataError where no column that is left tells the rows apart.
    """
    free = [name for name in frame.columns if _kind(frame[name]) == "free"]
    if free:
        shown = ", ".join(map(repr, free))
        warnings.warn(f"free text, different in most rows, is left out: {shown}", BenchWarning, stacklevel=2)
    kept = frame.drop(columns=free)
    if not any(kept[name].nunique(dropna=False) > 1 for name in kept.columns):
        raise DataError("no column tells the rows apart: each that is not free text holds one value only")
    return kept


def _texts_filled(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with empty texts for missing ones, so that they are a value like any other."""
    filled = frame.copy()
    for name in frame.columns:
        if not pd.api.types.is_numeric_dtype(frame[name].dtype):
            filled[name] = frame[name].astype(object).fillna("")
    return filled


def _kind(column: pd.Series) -> str:
    if pd.api.types.is_numeric_dtype(column.dtype):
        return "number"
    different = column.nunique()
    if different <= MOST_ONE_HOT:
        return "few"
    return "many" if different <= FREE_TEXT * len(column) else "free"


class _Frequency(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """The share of training rows that have the same value."""

    def fit(self, X: pd.DataFrame, _: Any = None) -> Self:
        self.shares_ = {name: X[name].value_counts(normalize=True) for name in X.columns}
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        known = {name: X[name].map(shares) for name, shares in self.shares_.items()}
        return pd.DataFrame(known, index=X.index).astype(float).fillna(0.0)
