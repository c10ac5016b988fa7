"""Small synthetic splits: an easy one, and others whose rows are difficult in one respect."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from bench.splits.recording import Recording
from bench.splits.rows import Rows
from bench.splits.split import Split

if TYPE_CHECKING:
    from bench.splits.arrays import Floats

TEST_ROWS = 60
TEST_POINTS, CYCLE = 200, 20
FEW = 20
# The fraction of rows that are anomalous.
ANOMALIES = 0.1


def easy(shape: tuple[int, ...], train: int = 120) -> Split:
    """Rows on which any detector can separate the classes.

    A normal row is a sine wave of its own amplitude with a little noise, more in later columns. An anomalous
    one has a zigzag added: each of its values lies far from those of normal rows, as a density estimate
    needs, and always on the same side, as a linear classifier needs; anomalies lie far from one another, too.
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
        *part(streams[2], 40),
        shape=shape,
        optimum=lambda X: (X * zigzag).sum(axis=1),
    )


def easy_series(shape: tuple[int, ...], train: int = 400) -> Split:
    """A series of which any detector can tell the anomalous ranges: two in training, and one in the test.

    Each channel is a sine wave of its own phase with a little noise. In a range a zigzag is added, whose
    values differ and lie far from the others.
    """
    [channels] = shape
    noise, size = np.random.default_rng(0).spawn(2)
    time = np.arange(train + TEST_POINTS)
    X = np.sin(2 * np.pi * (time[:, None] + np.arange(channels)) / CYCLE)
    X += 0.1 * noise.normal(size=X.shape)
    y = np.zeros(len(time), dtype=np.int8)
    for start, points in (
        (train // 3, train),
        (2 * train // 3, train),
        (train + TEST_POINTS // 2, TEST_POINTS),
    ):
        y[start : start + max(1, min(CYCLE // 2, points // CYCLE))] = 1
    X += y[:, None] * size.uniform(3, 6, X.shape) * np.where(time % 2, -1, 1)[:, None]
    recording = Recording.of_one(X, y, train=train)
    return Split.in_time(recording, scaling="none", optimum=lambda X: np.abs(X).sum(axis=1))


@dataclass(frozen=True)
class Kit:
    """Rows of a kind that `check` makes up.

    easy: a split of rows of a shape, with so many for training. some: how many, for rows that are difficult
    in another respect than their number.
    """

    easy: Callable[..., Split]
    some: int


ROWS = Kit(easy, 40)
# A window takes many points.
SERIES = Kit(easy_series, 200)


def with_constant_column(split: Split) -> Split:
    """The split with a first column of 1 in each training row, and in all test rows but one."""
    split = _changed(split, lambda X: np.concatenate([np.ones_like(X[:, :1]), X[:, 1:]], axis=1))
    X_test = split.X_test.copy()
    X_test[0, 0] = 2
    return replace(split, X_test=X_test)


def with_duplicates(split: Split) -> Split:
    """The split with copies of the first row of each class in place of most of the class."""
    X, y = split.X_train.copy(), split.y_train
    for value in (0, 1):
        of_class = np.flatnonzero(y == value)
        X[of_class[: round(0.7 * len(of_class))]] = X[of_class[0]]
    X_test = split.X_test.copy()
    X_test[: len(X_test) // 2] = X[np.flatnonzero(y == 0)[0]]
    return replace(split, X_train=X, X_test=X_test)


def mirrored(split: Split) -> Split:
    """The split with all values negated."""
    return _changed(split, lambda X: -X)


def with_value(split: Split, value: float) -> Split:
    """The split with ``value`` in the first column of the first row of each part."""
    return _changed(split, lambda X: np.concatenate([[[value, *X[0, 1:]]], X[1:]]))


def _changed(split: Split, change: Callable[[Floats], Floats]) -> Split:
    X_calibration = None if split.X_calibration is None else change(split.X_calibration)
    return replace(
        split, X_train=change(split.X_train), X_test=change(split.X_test), X_calibration=X_calibration
    )
