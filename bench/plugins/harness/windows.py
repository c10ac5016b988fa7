"""`window=auto`: a detector reads the windows of series; `normalize=true`: each of them standardised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bench.errors import BenchError
from bench.modalities import DEFAULT, IN_TIME
from bench.plugins.harness import Around, Extension
from bench.plugins.harness.features import FEATURES
from bench.plugins.outputs import checked_scores, left_out_scores
from bench.splits.lengths import AUTO, require_window

if TYPE_CHECKING:
    from bench.plugins.contract import Detector, Train
    from bench.plugins.metadata import DetectorPlugin
    from bench.plugins.registry import Registry
    from bench.splits.arrays import Floats, Labels

WINDOW, NORMALIZE = "window", "normalize"
NORMALIZED = "window=auto,normalize=true"
# More windows at once would take memory that a long series leaves no room for.
AT_ONCE = 100_000


class Windowed(Around):
    """A detector that is fitted to windows of points, and scores points by those around them.

    window: points in a window, or how long it is as the training series repeats itself, a name in
    `bench.splits.lengths.AUTO`. normalize: whether each window is brought to mean 0 and deviation 1 before it
    is read, so that its shape counts and not its level.

    A window is labelled anomalous where one of its points is, and normal where all are. Where ``segments``
    are shorter than a window, they are stretched to one by repeating the last point.
    """

    def __init__(self, detector: Detector, window: int | str, normalize: bool = False) -> None:
        super().__init__(detector)
        self.window = window
        self.normalize = normalize

    def fit(self, train: Train) -> None:
        import numpy as np

        from bench.splits.timeline import window_length
        from bench.splits.windows import windows_of

        self.points = window_length(self.window, train.X[:, 0])
        self.segments = train.segments
        parts = [self._read(windows_of(train.X[segment], self.points)) for segment in train.segments]
        rows = np.concatenate(parts) if len(parts) > 1 else np.ascontiguousarray(parts[0])  # a copy less
        self.detector.fit(train.with_rows(rows, self._labels))

    def score(self, X: Floats) -> Floats:
        import numpy as np

        from bench.splits.windows import scores_of_points, windows_of

        rows = windows_of(X, self.points)
        parts = (self._read(rows[i : i + AT_ONCE]) for i in range(0, len(rows), AT_ONCE))
        scores = [
            checked_scores(self.detector.score(np.ascontiguousarray(part)), len(part)) for part in parts
        ]
        return scores_of_points(np.concatenate(scores), len(X), self.points)

    def leave_one_out(self) -> Floats | None:
        """Scores of the training points by windows that were left out, shape (n,); None without them."""
        import numpy as np

        from bench.splits.windows import scores_of_points

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
        from bench.splits.windows import normalized_windows

        return normalized_windows(windows, self.points) if self.normalize else windows

    def _labels(self, y: Labels) -> Labels:
        """Anomalous if a point is; else unlabelled, if one is."""
        import numpy as np

        from bench.splits.windows import windows_of

        seen = [windows_of(y[segment, None], self.points) for segment in self.segments]
        labels = [np.where((each == 1).any(axis=1), 1, each.min(axis=1)) for each in seen]
        return np.concatenate(labels).astype(y.dtype)


def _checked(plugin: DetectorPlugin, params: Mapping[str, Any], _: Registry) -> dict[str, Any]:
    owner = f"detector {plugin.name!r}"
    if plugin.defaults.get(WINDOW) in tuple(AUTO):  # its own windows
        require_window(owner, params.get(WINDOW, "auto"))
    normalize = params.get(NORMALIZE) if plugin.is_harness(NORMALIZE) else None
    if normalize not in (None, True, False):
        raise BenchError(f"{owner}: normalize must be true or false, not {normalize!r}")
    if not plugin.asks(WINDOW, params):
        if normalize is not None:
            raise BenchError(f"{owner}: normalize is of windows; give it some too, as in {NORMALIZED}")
        return {}
    require_window(owner, params[WINDOW])
    if FEATURES in params:
        raise BenchError(f"{owner} reads windows or features, not both; leave one out")
    if plugin.staged:
        raise BenchError(f"{owner} learns from a stage that others share, which reads rows and no windows")
    return {WINDOW: params[WINDOW], **({NORMALIZE: True} if normalize else {})}


EXTENSION = Extension(
    parameters=(WINDOW, NORMALIZE),
    order=1,
    explanation="it reads the windows of series, of so many points or of a period; standardised, if so asked",
    fits=lambda plugin: DEFAULT in plugin.modalities and not plugin.staged,
    checked=_checked,
    modalities=lambda modalities, *_: IN_TIME if DEFAULT in modalities else (),
    around=lambda detector, params: Windowed(detector, params[WINDOW], params.get(NORMALIZE, False)),
)
