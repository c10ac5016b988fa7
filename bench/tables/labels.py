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
# Words that say it by themselves, and those for a row without a label.
WORDS = {
    **dict.fromkeys(("1", "1.0", "yes", "y", "true", "t", "anomaly", "anomalous", "outlier", "bad"), 1),
    **dict.fromkeys(("0", "0.0", "no", "n", "false", "f", "normal", "ok", "inlier", "good"), 0),
}  # fmt: skip
EMPTY = ("", "nan", "none", "?", "-", "na", "n/a")
UNLABELLED = -1


def take_labels(frame: pd.DataFrame, column: str, normal: str | None = None) -> tuple[pd.DataFrame, Labels]:
    """The labelled rows without their label, and the labels, shape (n,): 0 normal, 1 anomalous.

    ``normal`` as for `split_labels`. Rows without a label are left out, with a warning. Raises DataError for
    a column that cannot be read as labels, and for labels of one kind.
    """
    rest, labels = split_labels(frame, column, normal)
    known = labels != UNLABELLED
    if not known.all():
        warnings.warn(
            f"{(~known).sum():,} of {len(known):,} rows have no label in column {column!r} and are left out",
            BenchWarning,
            stacklevel=2,
        )
    rest, labels = rest[known], labels[known]
    if labels.min() == labels.max():
        raise DataError(
            f"the label column {column!r} holds one kind only, {_shown(frame[column][known].map(as_label))}; "
            "both normal and anomalous rows are needed to compare detectors"
        )
    if 2 * labels.sum() > len(labels):
        warnings.warn(
            f"more rows are anomalous ({labels.sum():,}) than normal ({(labels == 0).sum():,}) by column "
            f"{column!r}; if it is the other way round, say so with --normal",
            BenchWarning,
            stacklevel=2,
        )
    return rest, labels


def split_labels(frame: pd.DataFrame, column: str, normal: str | None = None) -> tuple[pd.DataFrame, Labels]:
    """The frame without its label column, and the labels, shape (n,): 0 normal, 1 anomalous, -1 for none.

    ``normal`` is the value that means normal, or several with commas between them; all others are anomalous.
    A word for a missing value, such as None, means empty cells as well. It may be left out where the values
    are among `WORDS`, such as 0 and 1, no and yes. Raises DataError for a column that cannot be read as
    labels, and where no row has one.
    """
    if column not in frame.columns:
        raise DataError(f"there is no such label: {unknown('column', column, frame.columns)}")
    if frame.shape[1] == 1:
        raise DataError(f"there is no column but the label {column!r}")
    return frame.drop(columns=column), labels_in(frame[column], normal)


def labels_in(column: pd.Series, normal: str | None = None) -> Labels:
    """The labels in a column, shape (n,), as `split_labels` gives them."""
    texts = column.map(as_label).mask(column.isna(), "")
    wanted = _normal(normal, texts)
    is_empty = texts.str.lower().isin(EMPTY)
    known = ~is_empty | texts.isin(wanted)
    if is_empty.any() and not known[is_empty].any() and any(each.lower() in EMPTY for each in wanted):
        known[:], wanted = True, [*wanted, ""]
    if not known.any():
        raise DataError(
            f"no row has a label in column {column.name!r}; write 1 for an anomaly and 0 for a normal row"
        )
    labels = np.full(len(column), UNLABELLED, np.int8)
    labels[known] = _labels(texts[known], str(column.name), wanted)
    return labels


def _normal(normal: str | None, texts: pd.Series) -> list[str]:
    """The values that mean normal: the text where a row has it, else what stands between its commas."""
    if normal is None:
        return []
    whole = as_label(normal)
    return [whole] if (texts == whole).any() else [as_label(each) for each in normal.split(",")]


def as_label(value: Any) -> str:
    """A label as text, the same for 1, 1.0, "1" and true."""
    text = (value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)).strip()
    if text.lower() in ("true", "false"):
        return str(int(text.lower() == "true"))
    try:
        number = float(text)
    except ValueError:
        return text
    return str(int(number)) if number.is_integer() else text


def _labels(texts: pd.Series, column: str, normal: list[str]) -> Labels:
    for each in normal:
        if each and each.lower() not in EMPTY and not (texts == each).any():
            raise DataError(
                f"--normal: no row has the label {each!r} in column {column!r}; there are: {_shown(texts)}"
            )
    if normal:
        return np.asarray(~texts.isin(normal), dtype=np.int8)
    found = texts.str.lower().map(WORDS)
    if found.notna().all():
        return np.asarray(found, dtype=np.int8)
    different = texts.nunique()
    if different > MOST_CLASSES:
        raise DataError(
            f"column {column!r} holds {different:,} different values, so it is not a label; name another "
            "with --label"
        )
    rest = "the other is" if different == 2 else "all others are"
    raise DataError(
        f"the label column {column!r} holds {_shown(texts)}; say which value is normal with --normal VALUE, "
        f"and {rest} anomalous"
    )


def _shown(texts: pd.Series) -> str:
    """The most frequent labels."""
    counts = texts.value_counts()
    shown = ", ".join(
        f"{one_line(str(value)) or 'empty'} ({count:,} rows)" for value, count in counts[:5].items()
    )
    return shown + (", ..." if len(counts) > 5 else "")
