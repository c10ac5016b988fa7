"""Any detector of rows on the windows of series: the parameter ``window`` that the harness gives it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.plugins.contract import Detector, Train
from bench.plugins.outputs import checked_scores, left_out_scores
from bench.splits.timeline import period
from bench.splits.windows import of_points, stretched, windows_of

if TYPE_CHECKING:
    from bench.splits.arrays import Floats, Labels

# More windows at once would take memory that a long series leaves no room for.
AT_ONCE = 100_000


class Windowed:
    """A detector that is fitted to windows of points, and scores points by those around them.

    window: points in a window; "auto" for the training series' period. A window is labelled anomalous where
    one of its points is, and normal where all are. Where ``segments`` are shorter than a window, they are
    stretched to one by repeating the last point.
    """

    def __init__(self, detector: Detector, window: int | str) -> None:
        self.detector = detector
        self.window = window

    def fit(self, train: Train) -> None:
        self.points = period(train.X[:, 0]) if self.window == "auto" else int(self.window)
        self.segments = train.segments
        rows = np.concatenate([self._windows(train.X[segment]) for segment in train.segments])
        self.detector.fit(train.with_rows(rows, self._labels))
        threshold: Any = getattr(self.detector, "threshold", None)
        if threshold is not None:
            self.threshold = threshold

    def score(self, X: Floats) -> Floats:
        rows = self._windows(X)
        parts = [rows[i : i + AT_ONCE] for i in range(0, len(rows), AT_ONCE)]
        scores = [
            checked_scores(self.detector.score(np.ascontiguousarray(part)), len(part)) for part in parts
        ]
        return self._of_points(np.concatenate(scores), len(X))

    def leave_one_out(self) -> Floats | None:
        """Scores of the training points by windows that were left out, shape (n,); None without them."""
        counts = [max(1, segment.stop - segment.start - self.points + 1) for segment in self.segments]
        scores = left_out_scores(self.detector, sum(counts))
        if scores is None:
            return None
        parts = np.split(scores, np.cumsum(counts)[:-1])
        return np.concatenate(
            [self._of_points(part, s.stop - s.start) for part, s in zip(parts, self.segments, strict=True)]
        )

    def _windows(self, X: Floats) -> Floats:
        return windows_of(stretched(X, self.points), self.points)

    def _of_points(self, scores: Floats, points: int) -> Floats:
        return of_points(scores, max(points, self.points), self.points)[:points]

    def _labels(self, y: Labels) -> Labels:
        return np.concatenate(list(self._labels_by_segment(y)))

    def _labels_by_segment(self, y: Labels) -> Iterator[Labels]:
        for segment in self.segments:
            seen = windows_of(stretched(y[segment, None], self.points), self.points)
            # Anomalous if a point is; else unlabelled, if one is.
            yield np.where((seen == 1).any(axis=1), 1, seen.min(axis=1)).astype(y.dtype)
