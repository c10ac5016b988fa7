"""Adapters for PyOD 3.6's detectors of series.

They read stretches as one series: where one ends and the next begins, windows lie across. All are given a
series with some more points than a window, since they refuse shorter ones: its last point is repeated.
"""

from __future__ import annotations

import numpy as np

from bench import Floats

from ._pyod import Alone, AloneInTorch

# Points beyond a window, of which some need ten, or as many as they have clusters.
SPARE = 20


class WholeSeries(Alone):
    """What they share: most of them draw from the global generators."""

    def fit_model(self, X: Floats) -> None:
        self.model.fit(self.lengthened(X))

    def score(self, X: Floats) -> Floats:
        return super().score(self.lengthened(X))[: len(X)]

    def lengthened(self, X: Floats) -> Floats:
        least: int = getattr(self.model, "window_size", 1) + SPARE
        return np.pad(X, ((0, max(0, least - len(X))), (0, 0)), mode="edge")


class WholeSeriesInTorch(WholeSeries, AloneInTorch):
    """Those that are networks."""


class Mirrored(WholeSeriesInTorch):
    """LSTMAD has no forecast of the points of the first window, and gives them its threshold: here they come
    after the series in reverse order.
    """

    def fit_model(self, X: Floats) -> None:
        super().fit_model(self.mirrored(X))

    def score(self, X: Floats) -> Floats:
        return super().score(self.mirrored(X))[self.model.window_size :]

    def mirrored(self, X: Floats) -> Floats:
        before = X[1 : self.model.window_size + 1][::-1]
        missing = self.model.window_size - len(before)
        return np.pad(np.concatenate([before, X]), ((missing, 0), (0, 0)), mode="edge")


class Rejoined(WholeSeries):
    """MatrixProfile refuses new points: they are scored by a fit to the training points and them together.

    A window that does not vary is infinitely far from all others, and with it all points of several channels
    are. Here each channel has a profile of its own, and such a window is as far away as in stumpy: by the
    square root of its points.
    """

    def fit_model(self, X: Floats) -> None:
        self.X = X
        self.own = self.profile(X)
        self.model.decision_scores_ = self.own
        self.model._process_decision_scores()

    def score(self, X: Floats) -> Floats:
        return self.profile(np.concatenate([self.X, X]))[len(self.X) :]

    def leave_one_out(self) -> Floats:
        return self.own

    def profile(self, X: Floats) -> Floats:
        from pyod.models._ts_utils import aggregate_channel_scores

        longer, channels = self.lengthened(X), []
        for channel in longer.T:
            with np.errstate(invalid="ignore"):
                scores = self.wrapped_class(**self.params).fit(channel[:, None]).decision_scores_
            channels.append(np.where(np.isfinite(scores), scores, np.sqrt(self.model.window_size)))
        if len(channels) > 1:
            channels = [aggregate_channel_scores(channels, method=self.model.channel_aggregation)]
        found: Floats = channels[0][: len(X)]
        return found
