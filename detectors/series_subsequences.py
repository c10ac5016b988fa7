"""Detectors of windows whose method is not that of a detector of rows: what TSB-AD does otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from bench import Floats, Train, detector, normalized_windows, scores_of_points, window_length, windows_of

# Windows that are worked on together: those of a long series take memory that it leaves no room for.
AT_ONCE = 10_000
# The least part of the variance that an axis is taken to have: dependent columns leave rounding errors.
LEAST_SHARE = np.finfo(float).eps ** 2
# Windows among which distinct ones are counted.
COUNTED = 1000


@detector(
    name="sub_pca",
    family="linear",
    modalities=("series",),
    complexity="n window²",
    deterministic=True,
    cost=1,
)
class SubPCA:
    """Sub-PCA, as in TSB-AD: distances of windows to the tips of their principal axes (Aggarwal, 2017).

    As ``pca:window=auto``, but for the sign of the axes, on which such distances depend: the training window
    that lies furthest along an axis lies on its positive side. So TSB-AD had it of scikit-learn before
    version 1.5. Negated series have the same scores. Where values freeze, scores are low.
    """

    def __init__(self, window: int | str = "auto") -> None:
        self.window = window

    def fit(self, train: Train) -> None:
        self.points = window_length(self.window, train.X[:, 0])
        stretches = [windows_of(train.X[segment], self.points) for segment in train.segments]
        n = sum(map(len, stretches))
        self.mean = sum(part.sum(axis=0) for part in _parts(stretches)) / n
        deviation = np.sqrt(sum(((part - self.mean) ** 2).sum(axis=0) for part in _parts(stretches)) / n)
        constant = deviation <= 1e-12 * np.abs(self.mean)
        self.deviation = np.where(constant, 1, deviation)
        # The triangular factor has the singular values and the axes of the windows, and is small.
        factor: Floats = np.empty((0, len(self.mean)))
        for part in _parts(stretches):
            _, factor = np.linalg.qr(np.concatenate([factor, self._standard(part)]))
        _, singular, self.axes = np.linalg.svd(factor, full_matrices=False)
        variance = singular**2
        self.share = np.maximum(variance / (variance.sum() or 1), LEAST_SHARE)
        along = (self._standard(part) @ self.axes.T for part in _parts(stretches))
        self.axes *= _sign_of_largest(along)[:, None]

    def score(self, X: Floats) -> Floats:
        from scipy.spatial.distance import cdist

        scores = [
            (cdist(self._standard(part), self.axes) / self.share).sum(axis=1)
            for part in _parts([windows_of(X, self.points)])
        ]
        return scores_of_points(np.concatenate(scores), len(X), self.points)

    def _standard(self, windows: Floats) -> Floats:
        return (windows - self.mean) / self.deviation


@detector(
    name="kmeans_ad", family="clustering", modalities=("series",), complexity="n window clusters", cost=1
)
class KMeansAD:
    """KMeansAD, as in TSB-AD: distance of windows to the nearest k-means centre (Yairi et al., 2001).

    Each channel of a window is brought to mean 0 and deviation 1. A point's score is the mean of those of the
    windows that it lies in.
    """

    def __init__(self, window: int | str = "auto", n_clusters: int = 10) -> None:
        self.window = window
        self.n_clusters = n_clusters

    def fit(self, train: Train) -> None:
        from sklearn.cluster import KMeans

        self.points = window_length(self.window, train.X[:, 0])
        windows = np.concatenate([self._windows(train.X[segment]) for segment in train.segments])
        # As many windows as that, drawn together, are hardly all the same unless most are.
        distinct = len(np.unique(windows[:: max(1, len(windows) // COUNTED)], axis=0))
        self.model = KMeans(min(self.n_clusters, distinct), n_init=1, random_state=train.seed)
        self.model.fit(windows)

    def score(self, X: Floats) -> Floats:
        windows = self._windows(X)
        distances = np.concatenate([self.model.transform(part).min(axis=1) for part in _parts([windows])])
        around = np.convolve(distances, np.ones(self.points))
        return (around / np.convolve(np.ones(len(distances)), np.ones(self.points)))[: len(X)]

    def _windows(self, X: Floats) -> Floats:
        return normalized_windows(windows_of(X, self.points), self.points)


def _parts(stretches: Sequence[Floats]) -> Iterator[Floats]:
    """Rows of each stretch, so many at a time, as float64."""
    for rows in stretches:
        for start in range(0, len(rows), AT_ONCE):
            yield np.asarray(rows[start : start + AT_ONCE], dtype=np.float64)


def _sign_of_largest(parts: Iterable[Floats]) -> Floats:
    """Of each column the sign of the value that lies furthest from 0."""
    furthest = np.array([part[np.abs(part).argmax(axis=0), range(part.shape[1])] for part in parts])
    return np.where(furthest[np.abs(furthest).argmax(axis=0), range(furthest.shape[1])] < 0, -1.0, 1.0)
