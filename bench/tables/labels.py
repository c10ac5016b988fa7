"""The label column of a table, and which of its values mean normal."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bench.errors import BenchWarning, DataError, unknown
from bench.escaping import one_line

if TYPE_CHECKING:
    from bench.splits.arrays import Labels

# A column with more distinct values than this is no label.
MOST_CLASSES = 50


def take_labels(frame: pd.DataFrame, column: str, normal: str | None = None) -> tuple[pd.DataFrame, Labels]:
    """The frame without its label column, and the labels, shape (n,): 0 normal, 1 anomalous.

    ``normal`` is the value that means normal; all others are anomalous. It may be left out where the values
    are 0 and 1, or false and true. Raises DataError for a column that cannot be read as labels.
    """
    if column not in frame.columns:
        raise DataError(f"there is no such label: {unknown('column', column, frame.columns)}")
    if frame.shape[1] == 1:
        raise DataError(f"there is no column but the label {column!r}")
    missing = frame[column].isna()
    if missing.any():
        row = frame.index[missing][0] + 1
        raise DataError(
            f"{missing.sum()} rows have no label in column {column!r} (first: row {row}); label them or "
            "leave them out of the file"
        )
    texts = frame[column].map(as_label)
    labels = _labels(texts, column, None if normal is None else as_label(normal))
    if 2 * labels.sum() > len(labels):
        warnings.warn(
            f"more rows are anomalous ({labels.sum():,}) than normal ({(labels == 0).sum():,}) by column "
            f"{column!r}; if it is the other way round, say so with --normal",
            BenchWarning,
            stacklevel=2,
        )
    return frame.drop(columns=column), labels


def as_label(value: Any) -> str:
    """A label as text, the same for 1, 1.0, "1" and true."""
    text = str(value).strip()
    if text.lower() in ("true", "false"):
        return str(int(text.lower() == "true"))
    try:
        number = float(text)
    except ValueError:
        return text
    return str(int(number)) if number.is_integer() else text


def _labels(texts: pd.Series, column: str, normal: str | None) -> Labels:
    counts = texts.value_counts()
    shown = ", ".join(f"{one_line(str(value))} ({count:,} rows)" for value, count in counts[:5].items())
    shown += ", ..." if len(counts) > 5 else ""
    if len(counts) == 1:
        raise DataError(
            f"the label column {column!r} holds one value only, {shown}; both normal and anomalous rows are "
            "needed to compare detectors"
        )
    if normal is not None:
        if normal not in counts.index:
            raise DataError(
                f"--normal: no row has the label {normal!r} in column {column!r}; there are: {shown}"
            )
        return np.asarray(texts != normal, dtype=np.int8)
    if len(counts) > MOST_CLASSES:
        raise DataError(
            f"column {column!r} holds {len(counts):,} different values, so it is not a label; name another "
            "with --label"
        )
    if set(counts.index) == {"0", "1"}:
        return np.asarray(texts == "1", dtype=np.int8)
    rest = "all others are" if len(counts) > 2 else "the other is"
    raise DataError(
        f"the label column {column!r} holds {shown}; say which value is normal with --normal VALUE, and "
        f"{rest} anomalous"
    )
