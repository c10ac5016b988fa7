"""Rows with their labels, and what both must be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from bench.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from bench.splits.arrays import Floats, Labels

# Sums of squares of larger values overflow: standardised they would be NaN, a failure of each detector.
LARGEST = 1e150


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

    rows = as_floats(X, f"the {part} rows")
    if rows.ndim != 2 or rows.shape[1] == 0:
        raise DataError(f"the {part} rows have the shape {rows.shape}; it must be (rows, columns)")
    labels = np.asarray(as_unmasked(y, f"the {part} labels"))
    if labels.shape != (len(rows),):
        raise DataError(f"the {part} part has {len(rows)} rows but labels of shape {labels.shape}")
    require_labels(labels, f"the {part} labels")
    if not np.isfinite(rows).all():
        row, column = np.argwhere(~np.isfinite(rows))[0]
        raise DataError(
            f"the {part} rows hold NaN or infinite values (first in row {row}, column {column}); "
            "fill them in or drop those rows"
        )
    if (place := too_large(rows)) is not None:
        row, column = place
        raise DataError(
            f"the {part} rows hold values that are too large to compute with (first in row {row}, column "
            f"{column}); scale or drop that column"
        )
    return Rows(rows, labels.astype(np.int8))


def as_floats(values: ArrayLike, named: str) -> Floats:
    """As an array of float64; DataError for what is none, and where numpy would drop a part of what it is.

    ``named`` begins a sentence, such as "the train rows".
    """
    import numpy as np

    if hasattr(values, "toarray"):
        raise DataError(f"{named} are a sparse matrix; give what its toarray() returns")
    try:
        if np.iscomplexobj(as_unmasked(values, named)):
            raise DataError(f"{named} are complex numbers; give real and imaginary parts as columns")
        return np.ascontiguousarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise DataError(f"{named} are not numbers; encode text and dates as numbers first") from None


def as_unmasked(values: ArrayLike, named: str) -> ArrayLike:
    """The values; DataError where some are masked, which numpy would take for what is below the mask."""
    import numpy as np

    if np.ma.is_masked(values):
        raise DataError(f"{named} have masked values; fill them in or leave those rows out")
    return values


def too_large(values: Floats) -> tuple[int, int] | None:
    """Row and column of the first of finite values, shape (n, d), beyond `LARGEST`; None without one."""
    import numpy as np

    if not values.size or max(values.max(), -values.min()) <= LARGEST:
        return None
    row, column = np.argwhere(np.abs(values) > LARGEST)[0]
    return int(row), int(column)


def require_labels(labels: NDArray[Any], named: str) -> None:
    """DataError where one is neither 0 nor 1. ``named`` begins a sentence, such as "the train labels"."""
    if ((labels == 0) | (labels == 1)).all():
        return
    strange = [repr(value) for value in dict.fromkeys(labels.tolist()) if value not in (0, 1)]
    if strange:
        raise DataError(
            f"{named} must be 0 (normal) or 1 (anomalous), but there are: {', '.join(sorted(strange)[:5])}"
        )
