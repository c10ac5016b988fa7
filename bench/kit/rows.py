"""Small made-up splits: an easy one, and others with something awkward about their rows."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from bench.plugins.contract import Modality
from bench.splits.split import Rows, Split

if TYPE_CHECKING:
    from bench.splits.arrays import Floats

SHAPES: dict[Modality, tuple[int, ...]] = {"table": (6,), "curve": (32,), "image": (8, 8)}
WIDE_SHAPES: dict[Modality, tuple[int, ...]] = {"table": (40,), "curve": (64,), "image": (16, 16)}
TEST_ROWS = 60
FEW = 20
# For rows that are awkward in another way than by their number.
SOME = 40
ANOMALIES = 0.1


def easy(shape: tuple[int, ...], train: int = 120) -> Split:
    """Rows that any sensible detector can tell apart.

    A normal row is a wave of its own height and a little noise, more in later columns. An anomalous one also
    zigzags: each of its values lies far from those of normal rows, which a density sees, and always on the
    same side, which a linear classifier sees; anomalies are not close to one another, either.
    """
    columns = math.prod(shape)
    wave = 1 + np.sin(2 * np.pi * np.arange(columns) / columns) / 2
    zigzag = np.where(np.arange(columns) % 2, -1, 1)
    noise = np.linspace(0.1, 0.3, columns)

    def part(rng: np.random.Generator, rows: int) -> Rows:
        y = (np.arange(rows) < max(2, ANOMALIES * rows)).astype(np.int8)
        X = rng.normal(1, 0.3, (rows, 1)) * wave + noise * rng.normal(size=(rows, columns))
        X += y[:, None] * rng.uniform(3, 6, (rows, columns)) * zigzag
        order = rng.permutation(rows)
        return Rows(X[order], y[order])

    streams = np.random.default_rng(0).spawn(3)
    return Split(
        *part(streams[0], train),
        *part(streams[1], TEST_ROWS),
        *part(streams[2], SOME),
        shape=shape,
        optimum=lambda X: (X * zigzag).sum(axis=1),
    )


def with_constant_column(split: Split) -> Split:
    """The first column is 1 in each training row, and in all test rows but one."""
    split = _changed(split, lambda X: np.concatenate([np.ones_like(X[:, :1]), X[:, 1:]], axis=1))
    X_test = split.X_test.copy()
    X_test[0, 0] = 2
    return replace(split, X_test=X_test)


def with_duplicates(split: Split) -> Split:
    """Most rows of either class are copies of its first row."""
    X, y = split.X_train.copy(), split.y_train
    for value in (0, 1):
        of_class = np.flatnonzero(y == value)
        X[of_class[: round(0.7 * len(of_class))]] = X[of_class[0]]
    X_test = split.X_test.copy()
    X_test[: len(X_test) // 2] = X[np.flatnonzero(y == 0)[0]]
    return replace(split, X_train=X, X_test=X_test)


def with_value(split: Split, value: float) -> Split:
    """The first value of each part is ``value``."""
    return _changed(split, lambda X: np.concatenate([[[value, *X[0, 1:]]], X[1:]]))


def _changed(split: Split, change: Callable[[Floats], Floats]) -> Split:
    X_calibration = None if split.X_calibration is None else change(split.X_calibration)
    return replace(
        split, X_train=change(split.X_train), X_test=change(split.X_test), X_calibration=X_calibration
    )
