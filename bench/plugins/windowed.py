"""Any detector of rows on the windows of series: the parameters that the harness gives it for that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.plugins.contract import Detector, Train
from bench.plugins.outputs import checked_scores, left_out_scores
from bench.splits.timeline import window_length
from bench.splits.windows import normalized_windows, scores_of_points, windows_of

if TYPE_CHECKING:
    from bench.splits.arrays import Floats, Labels

# More windows at once would take memory that a long series leaves no room for.
AT_ONCE = 100_000


class Windowed:
    """A detector that is fitted to windows of points, and scores points by those around them.

    window: points in a window, or how long it is as the training series repeats itself, a name in
    `bench.splits.lengths.AUTO`. normalize: whether each window is brought to mean 0 and deviation 1 before it
    is read, so that its shape counts and not its level.

    A window is labelled anomalous where one of its points is, and normal where all are. Where ``segments``
    are shorter than a window, they are stretched to one by repeating the last point.
    """

    def __init__(self, detector: Detector, window: int | str, normalize: bool = False) -> None:
        self.detector = detector
        self.window = window
        self.normalize = normalize

    def fit(self, train: Train) -> None:
        self.points = window_length(self.window, train.X[:, 0])
        self.segments = train.segments
        parts = [self._read(windows_of(train.X[segment], self.points)) for segment in train.segments]
        rows = np.concatenate(parts) if len(parts) > 1 else np.ascontiguousarray(parts[0])  # a copy less
        self.detector.fit(train.with_rows(rows, self._labels))
        threshold: Any = getattr(self.detector, "threshold", None)
        if threshold is not None:
            self.threshold = threshold

    def score(self, X: Floats) -> Floats:
        rows = windows_of(X, self.points)
        parts = (self._read(rows[i : i + AT_ONCE]) for i in range(0, len(rows), AT_ONCE))
        scores = [
            checked_scores(self.detector.score(np.ascontiguousarray(part)), len(part)) for part in parts
        ]
        return scores_of_points(np.concatenate(scores), len(X), self.points)

    def leave_one_out(self) -> Floats | None:
        """Scores of the training points by windows that were left out, shape (n,); None without them."""
        counts = [max(1, segment.stop - segment.start - self.points + 1) for segment in self.segments]
        scores = left_out_scores(self.detector, sum(counts))
        if scores is None:
            return None
        parts = np.split(scores, np.cumsum(counts)[:-1])
        return np.concatenate(
            [
                scores_of_points(part, s.stop - s.start, self.points)
                for part, s in zip(parts, self.segments, strict=True)
            ]
        )

    def _read(self, windows: Floats) -> Floats:
        """What the detector reads of windows."""
        return normalized_windows(windows, self.points) if self.normalize else windows

    def _labels(self, y: Labels) -> Labels:
        return np.concatenate(list(self._labels_by_segment(y)))

    def _labels_by_segment(self, y: Labels) -> Iterator[Labels]:
        for segment in self.segments:
            seen = windows_of(y[segment, None], self.points)
            # Anomalous if a point is; else unlabelled, if one is.
            yield np.where((seen == 1).any(axis=1), 1, seen.min(axis=1)).astype(y.dtype)
