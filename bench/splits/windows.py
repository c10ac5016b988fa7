"""Windows of a series, and how their scores become scores of points: the same for every detector.

A window's score is its middle point's: of a window of w points the one that has ceil((w - 1) / 2) points
before it. What comes before the first such point gets the score of the first window, and what comes after the
last that of the last. So an anomaly is found where it is, and each point has one score.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bench.splits.arrays import Floats

    Values = TypeVar("Values", bound=np.generic)


def windows_of(X: NDArray[Values], window: int) -> NDArray[Values]:
    """The windows of consecutive points, shape (n - window + 1, channels * window): a view where it can be.

    ``X``: points of shape (n, channels), n >= window. Values of one channel lie together, in time order.
    """
    views = np.lib.stride_tricks.sliding_window_view(X, window, axis=0)
    return views.reshape(len(views), -1)


def of_points(scores: Floats, points: int, window: int) -> Floats:
    """Scores of points, shape (points,), from those of their windows, shape (points - window + 1,)."""
    before = window // 2  # ceil((window - 1) / 2)
    return np.pad(scores, (before, points - len(scores) - before), mode="edge")


def stretched(X: NDArray[Values], points: int) -> NDArray[Values]:
    """A series too short for a window, its last point repeated up to ``points``, shape (points, channels)."""
    return np.pad(X, ((0, max(0, points - len(X))), (0, 0)), mode="edge")
