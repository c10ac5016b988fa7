"""`smoothing=auto`: a detector's score of a point of a series is the mean of those around it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bench.errors import BenchError
from bench.modalities import IN_TIME
from bench.plugins.harness import Around, Extension, Modalities
from bench.plugins.harness.features import FEATURES
from bench.plugins.outputs import checked_scores, left_out_scores
from bench.splits.lengths import require_window

if TYPE_CHECKING:
    from bench.plugins.contract import Detector, Train
    from bench.plugins.metadata import DetectorPlugin
    from bench.plugins.registry import Registry
    from bench.splits.arrays import Floats

SMOOTHING = "smoothing"


class Smoothed(Around):
    """A detector whose score of a point is the mean of what it gives to the points around it.

    smoothing: how many points the mean is of, or how many as the training series repeats itself, a name in
    `bench.splits.lengths.AUTO`. With as many as a window has it is the mean of all windows that cover the
    point. The detector's own threshold is left out: it is one of scores that are not smoothed.
    """

    def __init__(self, detector: Detector, smoothing: int | str) -> None:
        super().__init__(detector)
        self.smoothing = smoothing

    def fit(self, train: Train) -> None:
        from bench.splits.timeline import window_length

        self.points = window_length(self.smoothing, train.X[:, 0])
        self.segments = train.segments
        self.detector.fit(train)

    def score(self, X: Floats) -> Floats:
        from bench.splits.windows import moving_mean

        return moving_mean(checked_scores(self.detector.score(X), len(X)), self.points)

    def leave_one_out(self) -> Floats | None:
        """Smoothed scores of the training points by fits without them, shape (n,); None without them."""
        import numpy as np

        from bench.splits.windows import moving_mean

        scores = left_out_scores(self.detector, self.segments[-1].stop)
        if scores is None:
            return None
        return np.concatenate([moving_mean(scores[segment], self.points) for segment in self.segments])

    def __getattr__(self, name: str) -> Any:
        if name == "threshold":
            raise AttributeError(name)
        return super().__getattr__(name)


def _checked(plugin: DetectorPlugin, params: Mapping[str, Any], _: Registry) -> dict[str, Any]:
    if not plugin.asks(SMOOTHING, params):
        return {}
    owner = f"detector {plugin.name!r}"
    require_window(owner, params[SMOOTHING], SMOOTHING)
    if FEATURES in params:
        raise BenchError(f"{owner} reads features, whose order is no time; leave {SMOOTHING} out")
    return {SMOOTHING: params[SMOOTHING]}


def _in_time(modalities: Modalities) -> Modalities:
    return tuple(each for each in modalities if each in IN_TIME)


EXTENSION = Extension(
    parameters=(SMOOTHING,),
    order=2,
    explanation="the score of a point of a series is the mean of so many around it, or of a period",
    fits=lambda plugin: bool(_in_time(plugin.modalities)),
    checked=_checked,
    modalities=lambda modalities, *_: _in_time(modalities),
    around=lambda detector, params: Smoothed(detector, params[SMOOTHING]),
)
