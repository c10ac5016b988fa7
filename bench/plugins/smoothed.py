"""Any detector of series with smoothed scores: the parameter that the harness gives it for that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bench.plugins.outputs import checked_scores, left_out_scores
from bench.splits.timeline import window_length
from bench.splits.windows import moving_mean

if TYPE_CHECKING:
    from bench.plugins.contract import Detector, Train
    from bench.splits.arrays import Floats


class Smoothed:
    """A detector whose score of a point is the mean of what it gives to the points around it.

    smoothing: how many points the mean is of, or how many as the training series repeats itself, a name in
    `bench.splits.lengths.AUTO`. With as many as a window has it is the mean of all windows that cover the
    point. The detector's own threshold is left out: it is one of scores that are not smoothed.
    """

    def __init__(self, detector: Detector, smoothing: int | str) -> None:
        self.detector = detector
        self.smoothing = smoothing

    def fit(self, train: Train) -> None:
        self.points = window_length(self.smoothing, train.X[:, 0])
        self.segments = train.segments
        self.detector.fit(train)

    def score(self, X: Floats) -> Floats:
        return moving_mean(checked_scores(self.detector.score(X), len(X)), self.points)

    def leave_one_out(self) -> Floats | None:
        """Smoothed scores of the training points by fits without them, shape (n,); None without them."""
        scores = left_out_scores(self.detector, self.segments[-1].stop)
        if scores is None:
            return None
        return np.concatenate([moving_mean(scores[segment], self.points) for segment in self.segments])

    def __getattr__(self, name: str) -> Any:
        """What else the detector has, such as a stage that it learns from."""
        if name in ("threshold", "detector"):  # the latter while a copy is being made, and has none yet
            raise AttributeError(name)
        return getattr(self.detector, name)
