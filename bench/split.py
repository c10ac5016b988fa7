"""What a dataset yields: rows with labels, split into train, test and, optionally, calibration."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from bench.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Labels = NDArray[np.int8]

Scaling = Literal["none", "standard"]


class Rows(NamedTuple):
    """Rows and their labels: X of shape (n, d), y of shape (n,) with 1 for an anomaly."""

    X: Floats
    y: Labels


@dataclass(frozen=True)
class Split:
    """What a dataset yields for its parameters and a seed, with every label known.

    The harness, not the dataset, decides what a detector sees of it: the regime hides labels or drops
    anomalous training rows, and ``scaling`` ("none", or "standard": zero mean and unit variance) is
    fitted on the training rows that are left. ``shape`` is that of what a row holds: (height, width) for
    images, whose rows of pixels follow one another, else (columns,).

    Each X has the shape (rows, columns), each y the shape (rows,) with 0 for normal and 1 for anomalous.
    Raises DataError where that does not hold, for a value that is not finite, and for a test part
    without a normal or without an anomalous row.
    """

    X_train: Floats
    y_train: Labels
    X_test: Floats
    y_test: Labels
    X_calibration: Floats | None = None
    y_calibration: Labels | None = None
    scaling: Scaling = "none"
    shape: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if (self.X_calibration is None) != (self.y_calibration is None):
            raise DataError("calibration rows and calibration labels come together or not at all")
        parts = {"train": self.train, "test": self.test, "calibration": self.calibration}
        for name, part in parts.items():
            if part is not None:
                X, y = _checked_rows(part.X, part.y, name)
                object.__setattr__(self, f"X_{name}", X)
                object.__setattr__(self, f"y_{name}", y)
        widths = {part.X.shape[1] for part in (self.train, self.test, self.calibration) if part}
        if len(widths) > 1:
            raise DataError(f"the parts of the split have different numbers of columns: {sorted(widths)}")
        [width] = widths
        if not self.shape:
            object.__setattr__(self, "shape", (width,))
        if math.prod(self.shape) != width:
            raise DataError(f"a row of {width} columns cannot have the shape {self.shape}")
        if self.scaling not in ("none", "standard"):
            raise DataError(f"unknown scaling {self.scaling!r}; use 'none' or 'standard'")
        if not len(self.y_train):
            raise DataError("the train part has no rows")
        for value, word in ((1, "anomalies"), (0, "normal rows")):
            if not (self.y_test == value).any():
                raise DataError(f"the test part has no {word}, so nothing can be measured on it")

    @property
    def train(self) -> Rows:
        return Rows(self.X_train, self.y_train)

    @property
    def test(self) -> Rows:
        return Rows(self.X_test, self.y_test)

    @property
    def calibration(self) -> Rows | None:
        if self.X_calibration is None or self.y_calibration is None:
            return None
        return Rows(self.X_calibration, self.y_calibration)

    @classmethod
    def stratified(
        cls,
        X: Any,
        y: Any,
        rng: np.random.Generator,
        *,
        test: float = 0.3,
        calibration: float = 0.2,
        scaling: Scaling = "standard",
        shape: tuple[int, ...] = (),
    ) -> Split:
        """Split rows at random, with the same share of anomalies in train, calibration and test.

        ``test`` and ``calibration`` are shares of all rows. Normal and anomalous rows are permuted by
        streams of their own, so that more anomalies leave the normal rows' places unchanged.
        """
        import numpy as np

        if test < 0 or calibration < 0 or test + calibration > 1:
            raise DataError(
                f"test={test:g} and calibration={calibration:g} are shares of all rows: none below 0, "
                "and together at most 1"
            )
        X, y = _checked_rows(X, y, "dataset")
        *class_rngs, order_rng = rng.spawn(3)
        by_class = []
        for value, class_rng in enumerate(class_rngs):
            rows = class_rng.permutation(np.flatnonzero(y == value))
            ends = [round(len(rows) * test), round(len(rows) * (test + calibration))]
            by_class.append(np.split(rows, ends))
        for_test, for_calibration, for_train = (
            order_rng.permutation(np.concatenate(part)) for part in zip(*by_class, strict=True)
        )
        has_calibration = len(for_calibration) > 0
        return cls(
            X_train=X[for_train],
            y_train=y[for_train],
            X_test=X[for_test],
            y_test=y[for_test],
            X_calibration=X[for_calibration] if has_calibration else None,
            y_calibration=y[for_calibration] if has_calibration else None,
            scaling=scaling,
            shape=shape,
        )


def _checked_rows(X: Any, y: Any, part: str) -> Rows:
    """X as float64 of shape (n, d) and y as int8 of shape (n,), or a DataError that says what is wrong."""
    import numpy as np

    try:
        X = np.ascontiguousarray(X, dtype=np.float64)
    except (TypeError, ValueError):
        raise DataError(f"the {part} rows are not numbers; encode text and dates as numbers first") from None
    if X.ndim != 2 or X.shape[1] == 0:
        raise DataError(f"the {part} rows have the shape {X.shape}; it must be (rows, columns)")
    y = np.asarray(y)
    if y.shape != (len(X),):
        raise DataError(f"the {part} part has {len(X)} rows but labels of shape {y.shape}")
    values = list(dict.fromkeys(y.tolist()))
    if not all(value in (0, 1) for value in values):
        shown = ", ".join(sorted(str(value) for value in values)[:5])
        raise DataError(f"the {part} labels must be 0 (normal) or 1 (anomalous), but there are: {shown}")
    if not np.isfinite(X).all():
        row, column = np.argwhere(~np.isfinite(X))[0]
        raise DataError(
            f"the {part} rows hold NaN or infinite values (first in row {row}, column {column}); "
            "fill them in or drop those rows"
        )
    return Rows(X, y.astype(np.int8))
