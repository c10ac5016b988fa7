"""How densely points of a series, or its windows, lie around each of them."""

from __future__ import annotations

import numpy as np

from bench import Floats, Train, detector, normalized_windows, scores_of_points, window_length, windows_of


class LocalOutlierFactor:
    """What both detectors share: of what was learnt from, nothing is among its own neighbours."""

    n_neighbors: int

    def fit(self, train: Train) -> None:
        from sklearn.neighbors import LocalOutlierFactor

        self.points = self.window_of(train)
        self.lengths = [segment.stop - segment.start for segment in train.segments]
        parts = [self.windows(train.X[segment]) for segment in train.segments]
        self.counts = [len(part) for part in parts]
        rows = np.concatenate(parts)
        # A single window has no neighbour but a copy of itself.
        rows = np.repeat(rows, 2, axis=0) if len(rows) == 1 else rows
        self.model = LocalOutlierFactor(n_neighbors=min(self.n_neighbors, len(rows) - 1), novelty=True)
        self.model.fit(rows)

    def score(self, X: Floats) -> Floats:
        return scores_of_points(-self.model.score_samples(self.windows(X)), len(X), self.points)

    def leave_one_out(self) -> Floats:
        factors = -self.model.negative_outlier_factor_[: sum(self.counts)]
        parts = np.split(factors, np.cumsum(self.counts)[:-1])
        return np.concatenate(
            [scores_of_points(part, n, self.points) for part, n in zip(parts, self.lengths, strict=True)]
        )

    def window_of(self, train: Train) -> int:
        """Points in a window."""
        raise NotImplementedError

    def windows(self, X: Floats) -> Floats:
        """Of points that follow one another, shape (windows, channels * points)."""
        raise NotImplementedError


@detector(
    name="sub_lof",
    family="neighbours",
    modalities=("series",),
    complexity="n² window",
    deterministic=True,
    cost=2,
)
class SubLOF(LocalOutlierFactor):
    """Sub-LOF, as in TSB-AD: local outlier factor of a window's shape (Breunig et al., 2000).

    As ``lof:window=auto,normalize=true``, but for windows that were learnt from, which are not among their
    own neighbours here. Each channel of a window is brought to mean 0 and deviation 1.
    """

    def __init__(self, window: int | str = "auto", n_neighbors: int = 30) -> None:
        self.window = window
        self.n_neighbors = n_neighbors

    def window_of(self, train: Train) -> int:
        return window_length(self.window, train.X[:, 0])

    def windows(self, X: Floats) -> Floats:
        return normalized_windows(windows_of(X, self.points), self.points)


@detector(
    name="point_lof",
    family="neighbours",
    modalities=("series",),
    complexity="n²",
    deterministic=True,
    cost=1,
)
class PointLOF(LocalOutlierFactor):
    """Local outlier factor of the single points of a series, as LOF in TSB-AD (Breunig et al., 2000).

    As ``lof``, but for points that were learnt from, which are not among their own neighbours here.
    """

    def __init__(self, n_neighbors: int = 50) -> None:
        self.n_neighbors = n_neighbors

    def window_of(self, train: Train) -> int:
        return 1

    def windows(self, X: Floats) -> Floats:
        return np.array(X, dtype=np.float64)
