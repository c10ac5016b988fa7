"""Rows with their labels, and what both must be."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bench.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from bench.splits.arrays import Floats, Labels


class Rows(NamedTuple):
    """Rows and their labels.

    Parameters
    ----------
    X : ndarray of shape (n, d)
        The rows, float64.
    y : ndarray of shape (n,)
        1 for an anomaly, 0 for a normal row.
    """

    X: Floats
    y: Labels


def checked_rows(X: ArrayLike, y: ArrayLike, part: str) -> Rows:
    """X as float64 of shape (n, d) and y as int8 of shape (n,), or a DataError that says what is wrong."""
    import numpy as np

    try:
        rows = np.ascontiguousarray(X, dtype=np.float64)
    except (TypeError, ValueError):
        raise DataError(f"the {part} rows are not numbers; encode text and dates as numbers first") from None
    if rows.ndim != 2 or rows.shape[1] == 0:
        raise DataError(f"the {part} rows have the shape {rows.shape}; it must be (rows, columns)")
    labels = np.asarray(y)
    if labels.shape != (len(rows),):
        raise DataError(f"the {part} part has {len(rows)} rows but labels of shape {labels.shape}")
    values = list(dict.fromkeys(labels.tolist()))
    if not all(value in (0, 1) for value in values):
        shown = ", ".join(sorted(str(value) for value in values)[:5])
        raise DataError(f"the {part} labels must be 0 (normal) or 1 (anomalous), but there are: {shown}")
    if not np.isfinite(rows).all():
        row, column = np.argwhere(~np.isfinite(rows))[0]
        raise DataError(
            f"the {part} rows hold NaN or infinite values (first in row {row}, column {column}); "
            "fill them in or drop those rows"
        )
    return Rows(rows, labels.astype(np.int8))
