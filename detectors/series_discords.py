"""Windows of a series whose shape occurs nowhere else, or not often: channel by channel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from bench import Floats, Train, check_choice, detector, scores_of_points, window_length

if TYPE_CHECKING:
    from ._window_joins import Windows


class Joins:
    """What these detectors share: the training stretches of each channel, and scores from their windows'."""

    window: int | str

    def fit(self, train: Train) -> None:
        self.points = window_length(self.window, train.X[:, 0])
        self.stretches = [train.X[segment] for segment in train.segments]

    def score(self, X: Floats) -> Floats:
        return np.mean([self.after_training(X, channel) for channel in range(X.shape[1])], axis=0)

    def leave_one_out(self) -> Floats:
        channels = range(self.stretches[0].shape[1])
        return np.mean([self.within_training(channel) for channel in channels], axis=0)

    def after_training(self, X: Floats, channel: int) -> Floats:
        """Scores of new points by one of their channels, shape (n,)."""
        raise NotImplementedError

    def within_training(self, channel: int) -> Floats:
        """Those of the training points, shape (n,)."""
        raise NotImplementedError

    def windows(self, stretches: Sequence[Floats], channel: int) -> Windows:
        from ._window_joins import Windows

        return Windows.of([X[:, channel] for X in stretches], self.points)

    def of_points(self, distances: Floats, windows: Windows, stretches: Sequence[Floats]) -> Floats:
        parts = zip(windows.stretches, stretches, strict=True)
        return np.concatenate([self.of_stretch(distances[each], len(X)) for each, X in parts])

    def of_stretch(self, distances: Floats, points: int) -> Floats:
        """Scores of the points of a stretch from its windows'."""
        return scores_of_points(distances, points, self.points)


@detector(family="neighbours", modalities=("series",), complexity="n² d", deterministic=True, cost=1)
class MatrixProfile(Joins):
    """Distance of a window's shape to the most alike among the training windows (Yeh et al., 2016).

    Windows are brought to mean 0 and deviation 1. A training window is not compared with those that overlap
    it by three quarters or more. Of several channels the score is the mean.

    ``ends`` is what points get that no window has in its middle: the score of the "nearest" window, as from
    any detector, or the "lowest" of all, as in TSB-AD.
    """

    def __init__(self, window: int | str = "auto", ends: str = "nearest") -> None:
        self.window = window
        self.ends = ends

    def fit(self, train: Train) -> None:
        check_choice("ends", self.ends, ("nearest", "lowest"))
        super().fit(train)

    def after_training(self, X: Floats, channel: int) -> Floats:
        from ._window_joins import most_alike_among

        windows = self.windows([X], channel)
        alike = most_alike_among(windows, self.windows(self.stretches, channel))
        return self.of_points(windows.distances(alike), windows, [X])

    def within_training(self, channel: int) -> Floats:
        from ._window_joins import most_alike

        windows = self.windows(self.stretches, channel)
        alike = np.maximum(*most_alike(windows, apart=-(-self.points // 4) + 1))
        return self.of_points(windows.distances(alike), windows, self.stretches)

    def of_stretch(self, distances: Floats, points: int) -> Floats:
        scores = super().of_stretch(distances, points)
        if self.ends == "lowest":
            first = self.points // 2
            scores[:first] = scores[first + len(distances) :] = distances.min()
        return scores


@detector(family="neighbours", modalities=("series",), complexity="n² d", deterministic=True, cost=1)
class LeftDiscord(Joins):
    """Distance of a window's shape to the most alike among those before it, as in DAMP (Lu et al., 2022).

    It says at once what is new: of an anomaly that recurs the first is found. Windows are brought to mean 0
    and deviation 1, and compared with those that they do not overlap: all of training, and what has come of
    the stretch that is scored. Among the first ``start`` windows' lengths of training too little has come,
    and windows are compared with all others. Of several channels the score is the mean.
    """

    def __init__(self, window: int | str = "auto", start: int = 4) -> None:
        self.window = window
        self.start = start

    def after_training(self, X: Floats, channel: int) -> Floats:
        from ._window_joins import most_alike, most_alike_among

        windows = self.windows([X], channel)
        _, before = most_alike(windows, apart=self.points)
        alike = np.maximum(before, most_alike_among(windows, self.windows(self.stretches, channel)))
        return self.of_points(windows.distances(alike), windows, [X])

    def within_training(self, channel: int) -> Floats:
        from ._window_joins import most_alike

        windows = self.windows(self.stretches, channel)
        after, before = most_alike(windows, apart=self.points)
        first = slice(self.start * self.points)
        before[first] = np.maximum(before[first], after[first])
        return self.of_points(windows.distances(before), windows, self.stretches)


@detector(
    name="sub_knn", family="neighbours", modalities=("series",), complexity="n² d", deterministic=True, cost=1
)
class SubKNN(Joins):
    """Sub-KNN, as in TSB-AD: distance of a window's shape to the k-th most alike (Ramaswamy et al., 2000).

    Of one channel this is ``knn:window=auto,normalize=true``, whose windows overlap their neighbours: but
    distances come from one another, which takes less time and little memory on a long series. Of several
    channels the score is the mean.
    """

    def __init__(self, window: int | str = "auto", n_neighbors: int = 50) -> None:
        self.window = window
        self.n_neighbors = n_neighbors

    def after_training(self, X: Floats, channel: int) -> Floats:
        from ._window_neighbours import kth_most_alike_among

        windows, training = self.windows([X], channel), self.windows(self.stretches, channel)
        alike = kth_most_alike_among(windows, training, self.n_neighbors)
        return self.of_points(windows.distances(alike), windows, [X])

    def within_training(self, channel: int) -> Floats:
        from ._window_neighbours import kth_most_alike

        windows = self.windows(self.stretches, channel)
        alike = kth_most_alike(windows, self.n_neighbors)
        return self.of_points(windows.distances(alike), windows, self.stretches)
