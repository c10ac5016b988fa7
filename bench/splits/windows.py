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

# Windows that are worked on together: those of a long series take memory that it leaves no room for.
AT_ONCE = 10_000
# A deviation that is this part of the values is one of rounding.
ROUNDING = 1e-12


def windows_of(X: NDArray[Values], window: int) -> NDArray[Values]:
    """The windows of consecutive points, as rows.

    Parameters
    ----------
    X : ndarray of shape (n, channels)
        Points that follow one another.
    window : int
        Points in a window.

    Returns
    -------
    ndarray of shape (n - window + 1, channels * window)
        A view where it can be. Values of one channel lie together, in time order. Of fewer points than a
        window takes there is one window, in which the last point is repeated.
    """
    X = np.pad(X, ((0, max(0, window - len(X))), (0, 0)), mode="edge")
    views = np.lib.stride_tricks.sliding_window_view(X, window, axis=0)
    return views.reshape(len(views), -1)


def scores_of_points(scores: Floats, points: int, window: int) -> Floats:
    """Scores of points from those of the windows around them.

    Parameters
    ----------
    scores : ndarray of shape (windows,)
        Those of the windows, in order.
    points : int
        How many points there are.
    window : int
        Points in a window.

    Returns
    -------
    ndarray of shape (points,)
        Of each point the score of the window whose middle it is, or of the nearest one.
    """
    before = window // 2  # ceil((window - 1) / 2)
    return np.pad(scores, (before, max(0, points - len(scores) - before)), mode="edge")[:points]


def moving_mean(scores: Floats, points: int) -> Floats:
    """The mean score of so many points around each.

    Parameters
    ----------
    scores : ndarray of shape (n,)
        Those of points that follow one another.
    points : int
        How many the mean is of: as many before a point as after it, and one more after it of an even number.

    Returns
    -------
    ndarray of shape (n,)
        At either end, the mean of the points that there are. Where the scores are those of windows of so
        many points (`bench.scores_of_points`), each mean is that of the windows that cover the point.
    """
    around = slice(points // 2, points // 2 + len(scores))
    sums, counts = (np.convolve(each, np.ones(points))[around] for each in (scores, np.ones(len(scores))))
    return sums / counts


def normalized_windows(windows: Floats, window: int) -> Floats:
    """Each channel of each window less its mean, over its standard deviation (of n - 1).

    Parameters
    ----------
    windows : ndarray of shape (windows, channels * window)
        As `bench.windows_of` gives them.
    window : int
        Points in a window.

    Returns
    -------
    ndarray of shape (windows, channels * window)
        A new array. A channel that does not vary in a window is zeros there.
    """
    scaled = np.empty(windows.shape)
    for start in range(0, len(windows), AT_ONCE):
        part = windows[start : start + AT_ONCE].reshape(-1, window)
        centred = part - part.mean(axis=1, keepdims=True)
        deviation = np.sqrt((centred**2).sum(axis=1, keepdims=True) / (window - 1))
        # A mean that is rounded leaves some deviation of equal values.
        deviation[deviation <= ROUNDING * np.abs(part).max(axis=1, keepdims=True)] = np.inf
        scaled[start : start + AT_ONCE] = (centred / deviation).reshape(-1, windows.shape[1])
    return scaled
