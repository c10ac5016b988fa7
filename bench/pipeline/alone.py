"""Detectors as a model holds them: what a row scores does not depend on the rows scored with it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.errors import BenchError
from bench.modalities import MODALITIES
from bench.recommend.using import UsableDetector
from bench.trials.features import as_asked
from bench.trials.neighbours import quicken_searches

if TYPE_CHECKING:
    from bench.plugins.contract import Detector, Train
    from bench.plugins.metadata import DetectorPlugin
    from bench.plugins.registry import Registry
    from bench.splits.arrays import Floats

BATCH = "batch"


class RowwiseDetector(UsableDetector):
    """A registered detector that scores each row by itself; fitted as `bench.load_detector`'s.

    A detector that scores a batch among itself would give equal rows of two files different scores. Those of
    `ALONE`, also as members of an ensemble, score each row as a batch of one; others are refused.
    """

    def __init__(self, name: str, seed: int, registry: Registry) -> None:
        from bench.spec import Spec
        from bench.trials.members import members_of

        super().__init__(name, seed, registry)
        plugin, params = registry.detector(Spec.parse(name))
        asked = as_asked(plugin, params, registry)
        if all(MODALITIES[each].in_time for each in asked.modalities):  # a table's rows may be curves
            rows = ", ".join(asked.modalities) or "no rows"
            raise BenchError(f"detector {name!r} is for {rows}, and this is a table; choose another")
        members = members_of(plugin, params, registry)
        self._detector = _rowwise(plugin, params)
        self._members = [_rowwise(member, given) for member, given in members]
        self.source = asked.source

    def __getstate__(self) -> dict[str, Any]:
        """What scoring takes: plugins are found in the registry, and hold functions that cannot be copied."""
        return {key: value for key, value in vars(self).items() if key not in ("_plugin", "_members")}

    def leave_one_out(self) -> Floats | None:
        """The score of each training row by a fit without it, shape (n,), where the detector knows it."""
        from bench.plugins.outputs import left_out_scores

        return left_out_scores(self._detector, self._rows_fitted)

    def fit(self, X: Any, y: Any = None) -> RowwiseDetector:
        """As `UsableDetector.fit`."""
        self._rows_fitted = len(X)
        super().fit(X, y)
        return self

    def score(self, X: Any) -> Floats:
        """As `UsableDetector.score`."""
        quicken_searches(self._rows_fitted)  # one that was loaded has been fitted elsewhere
        return super().score(X)


def _rowwise(plugin: DetectorPlugin, params: Mapping[str, Any]) -> Detector:
    if BATCH not in plugin.flaws or plugin.composed:
        return plugin.create(params)
    if plugin.import_path not in ALONE:
        raise BenchError(
            f"detector {plugin.name!r} scores rows among those that are scored with them, so that equal rows "
            "of two files would get different scores; choose another"
        )
    return plugin.around(ALONE[plugin.import_path](), params)


class Tails(ABC):
    """Tail probabilities of each column, of training rows and the one that is scored.

    What PyOD's class of the same method gives a row that is scored by itself, from the values of each column
    that are there, how many training rows lie below each, and the first moments.
    """

    def fit(self, train: Train) -> None:
        X = train.X
        self.rows = len(X)
        self.values, self.below = [], []
        for column in X.T:
            values, counts = np.unique(column, return_counts=True)
            self.values.append(values)
            self.below.append(np.concatenate([[0], np.cumsum(counts)]))
        self.mean = X.mean(axis=0)
        centred = X - self.mean
        self.square, self.cube = (centred**2).mean(axis=0), (centred**3).mean(axis=0)

    def score(self, X: Floats) -> Floats:
        scores = np.zeros(len(X))
        for j, (values, below) in enumerate(zip(self.values, self.below, strict=True)):
            column = np.ascontiguousarray(X[:, j])
            above = values.searchsorted(column, "right")
            is_there = values[np.maximum(above - 1, 0)] == column
            # Values and the gaps between them have places in turn: those of gaps are even.
            place = 2 * above - (is_there & (above > 0))
            scores += self.of_column(place, *self._logarithms(below), column, j)
        return scores

    def _logarithms(self, below: Any) -> tuple[Floats, Floats]:
        """Negative logarithms of the left and the right tail probability at each place."""
        k = len(below)
        most, least = np.empty(2 * k - 1), np.empty(2 * k - 1)
        most[::2], least[::2] = below, below
        most[1::2], least[1::2] = below[1:], below[:-1]
        among = self.rows + 1
        return -np.log((most + 1) / among), -np.log((self.rows - least + 1) / among)

    @abstractmethod
    def of_column(self, place: Any, left: Floats, right: Floats, column: Floats, j: int) -> Floats:
        """What column ``j`` adds to each row's score; ``left`` and ``right`` by ``place``."""


class Ecod(Tails):
    """ECOD; where a column's skewness is 0 to the last bit, PyOD's adds both tails, as rounding decides."""

    def of_column(self, place: Any, left: Floats, right: Floats, _column: Floats, _j: int) -> Floats:
        found: Floats = np.maximum(left, right)[place]
        return found


class Copod(Tails):
    """COPOD, whose tail is that of the column's skewness, where it is above the mean of both."""

    def of_column(self, place: Any, left: Floats, right: Floats, column: Floats, j: int) -> Floats:
        n, z = self.rows, column - self.mean[j]
        # The third moment of n rows and this one, times (n + 1)³ / n.
        moment = (n - 1) * z**3 - 3 * (n + 1) * self.square[j] * z + (n + 1) ** 2 * self.cube[j]
        skewed = np.where(moment > 0, right[place], np.where(moment < 0, left[place], (left + right)[place]))
        found: Floats = np.maximum(skewed, ((left + right) / 2)[place])
        return found


# By what the plugin wraps: detectors that score a batch among itself, and what scores each row alone.
ALONE: dict[str | None, Callable[[], Detector]] = {
    "pyod.models.ecod.ECOD": Ecod,
    "pyod.models.copod.COPOD": Copod,
}
