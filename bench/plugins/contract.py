"""The contracts that a plugin author reads: what a detector and a stage are, and what they are given.

A detector is a class with ``fit(train)`` and ``score(X)``, registered with `bench.detector`; a dataset
is a function, registered with `bench.dataset`, that returns a `bench.Split`. Nothing here imports a
numerical library, so that listing plugins stays instant.
"""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any, Literal, Protocol

from bench.errors import UndeclaredError
from bench.modalities import MODALITIES

if TYPE_CHECKING:
    from bench.splits.arrays import Floats, Labels, Score
    from bench.splits.rows import Rows

Regime = Literal["unsupervised", "one-class", "semi-supervised", "supervised"]
REGIMES: tuple[Regime, ...] = ("unsupervised", "one-class", "semi-supervised", "supervised")

UNLABELLED = -1

_LETTERS: dict[Regime, str] = {
    "unsupervised": "u",
    "one-class": "o",
    "semi-supervised": "f",
    "supervised": "s",
}


def short_regimes(regimes: Sequence[Regime]) -> str:
    """A letter for each: u unsupervised, o one-class, f semi-supervised (few labels), s supervised."""
    return " ".join(_LETTERS[regime] for regime in REGIMES if regime in regimes)


def short_modalities(modalities: Sequence[str]) -> str:
    """The modalities, or "all"."""
    return "all" if set(modalities) == set(MODALITIES) else ", ".join(modalities)


# Kinds of detectors, by what they take for anomalous.
FAMILIES = {
    "baseline": "knows nothing of the rows",
    "boundary": "a boundary around the rows, or between the classes",
    "classifier": "learns from labels to separate the classes",
    "clustering": "distance to groups or prototypes of rows",
    "density": "little density, under a distribution or a kernel",
    "ensemble": "the scores of other detectors together",
    "forecast": "far from what the other points of a series let expect",
    "graphical": "little probability under a Markov chain or field",
    "isolation": "separated from the rest by few cuts",
    "linear": "distance to the centre or to a subspace",
    "neighbours": "far from the nearest rows",
    "neural": "a network's own objective, other than reconstruction",
    "reconstruction": "badly rebuilt by a model of the normal rows",
}

# What a detector may do that a well-behaved one would not, declared as `flaws`; `check` sees each of them.
FLAWS = {
    "batch": "a row's score depends on the other rows scored with it",
    "constant-column": "fails where a column is constant",
    "direction": "does not rank anomalies above normal rows where that is easy",
    "duplicates": "fails where most rows are the same",
    "few-rows": "cannot be fitted on as few as 20 rows",
    "global-random-state": "draws from the global random generators, or seeds them",
    "leave-one-out": "keeps what it has learnt from a row where it scores it without that row, as a network",
    "mirror": "gives rows whose values are all negated other scores, with nothing drawn at random",
    "one-column": "fails on rows of one column",
    "one-row": "cannot score a single row",
    "prints": "writes to standard output",
    "repeat": "gives the same rows other scores when they are scored again",
    "seed": "gives other scores when it is fitted again with the same seed",
    "wide": "fails where there are more columns than rows",
}


class Stage(ABC):
    """An expensive fitted piece that several detectors share, such as an autoencoder.

    A detector names the one that it needs by returning it, unfitted, from a method ``stage(self)``; the
    harness fits it once per dataset, seed and regime, and each fold by which a threshold is set, and hands it
    over as ``train.stage``. Parameters go untouched from ``__init__`` to attributes of the same name. A
    fitted stage must be picklable.

    The harness fits stages of equal parameters many at a time with ``fit_many``. By default it fits one
    after another; a stage that can do better overrides it. What a stage learns must not depend on which
    others are fitted with it, but for rounding.

    For ``inspect`` a fitted stage may have a method ``difference(X)``, rows less their reconstructions, shape
    (n, d); a detector may have one of its own. ``losses_by_epoch`` may hold what training minimised: a
    float for each epoch, by the loss's name.
    """

    @abstractmethod
    def fit(self, train: Train) -> object:
        """Learn from the training rows.

        Parameters
        ----------
        train : Train
            What the detector that asks for the stage may learn from.
        """

    @classmethod
    def fit_many(cls, stages: Sequence[Any], trains: Sequence[Train]) -> None:
        """Fit each stage on its training rows.

        Parameters
        ----------
        stages : sequence of Stage
            Stages of equal parameters, not yet fitted.
        trains : sequence of Train
            The training rows of each; all ``X`` have one shape, and so have all ``X_normal``.
        """
        for stage, train in zip(stages, trains, strict=True):
            stage.fit(train)

    @property
    def params(self) -> dict[str, Any]:
        """The parameters of ``__init__`` and their values."""
        return {name: getattr(self, name) for name in inspect.signature(type(self).__init__).parameters
                if name != "self"}  # fmt: skip


class Train:
    """What a detector may learn from; the harness makes it and hands it to ``fit(train)``.

    Every detector may read ``X``, ``X_normal``, ``seed``, ``device``, ``shape``, ``segments``, ``stage`` and
    ``members``.
    ``y``, ``calibration``, ``regime`` and ``optimum`` reach only a detector that declares them in
    ``@detector(...)``; for another, reading them raises UndeclaredError.

    Parameters
    ----------
    X : ndarray of shape (n, d)
        Training rows, float64.
    seed : int
        For whatever draws random numbers.
    owner : str
        The detector, as errors name it.
    y : ndarray of shape (n,), optional
        1 anomalous, 0 normal, -1 unlabelled. Declared by ``labels=True``.
    calibration : Rows, optional
        Labelled rows apart from the training rows. Declared by ``calibration=True``.
    regime : str, optional
        What the detector may see: "unsupervised", "one-class", "semi-supervised" or "supervised". Declared by
        ``regime=True``.
    optimum : callable, optional
        The dataset's Bayes-optimal score, from rows to scores. Declared by ``optimum=True``; such a detector
        is shown out of competition.
    declared : frozenset of str
        What the detector declares.
    stage : object
        The fitted stage that the detector's ``stage()`` asked for.
    members : sequence of detectors
        Those that its ``members()`` named, not yet fitted.
    shape : tuple of int
        Of what a row holds: (d,), or (height, width) where it is an image, row by row.
    device : str
        "cuda" where the detector declares ``gpu=True`` and may use one, else "cpu".
    segments : tuple of slice
        Of series, the stretches of ``X`` whose rows are points that follow one another; of other rows, all
        of them as one.
    """

    def __init__(
        self,
        X: Floats,
        seed: int,
        *,
        owner: str = "this detector",
        y: Labels | None = None,
        calibration: Rows | None = None,
        regime: Regime | None = None,
        optimum: Score | None = None,
        declared: frozenset[str] = frozenset(),
        stage: Any = None,
        members: Sequence[Detector] = (),
        shape: tuple[int, ...] | None = None,
        device: str = "cpu",
        segments: tuple[slice, ...] = (),
    ) -> None:
        self.X = X
        self.seed = seed
        self.shape = shape or X.shape[1:]
        self.device = device
        self.segments = segments or (slice(0, len(X)),)
        self.stage = stage
        self.members = members
        self._owner = owner
        self._declared = declared
        # What is not declared is not kept: there is nothing to find behind the property.
        self._y = y if "labels" in declared else None
        self._calibration = calibration if "calibration" in declared else None
        self._regime = regime if "regime" in declared else None
        self._optimum = optimum if "optimum" in declared else None
        # Of the points, where what is read are windows of them.
        self._labelled = 0 if self._y is None else int((self._y != UNLABELLED).sum())
        self._labels_read: dict[str, int] = {}

    @property
    def y(self) -> Labels:
        """The training labels, shape (n,): 1 anomalous, 0 normal, -1 unlabelled."""
        self._require("labels", "y")
        assert self._y is not None
        self._labels_read["train"] = self._labelled
        return self._y

    @property
    def X_normal(self) -> Floats:  # noqa: N802
        """The rows to take for normal: all, or those not labelled anomalous where labels are declared."""
        return self.X[self.y != 1] if "labels" in self._declared else self.X

    @property
    def calibration(self) -> Rows:
        """Labelled rows apart from the training rows."""
        self._require("calibration", "calibration")
        assert self._calibration is not None
        self._labels_read["calibration"] = len(self._calibration.y)
        return self._calibration

    @property
    def regime(self) -> Regime:
        """What the detector may see."""
        self._require("regime", "regime")
        assert self._regime is not None
        return self._regime

    @property
    def optimum(self) -> Score:
        """The dataset's Bayes-optimal score: from rows, shape (n, d), to scores, shape (n,)."""
        self._require("optimum", "optimum")
        assert self._optimum is not None
        return self._optimum

    def with_rows(self, X: Floats, y: Callable[[Labels], Labels]) -> Train:
        """The same with other rows, such as windows, that ``y`` gives the labels of from those of the points.

        What is read of them counts as read of this.
        """
        other = copy(self)
        other.X, other.shape, other.segments = X, X.shape[1:], (slice(0, len(X)),)
        other._y = None if self._y is None else y(self._y)
        return other

    def with_each_row(self, function: Callable[[Floats], Floats]) -> Train:
        """The same with what a function gives of its rows, (n, d) to (n, k), and of its calibration rows.

        What is read of them counts as read of this.
        """
        other = copy(self)
        other.X = function(self.X)
        other.shape = self.shape if other.X.shape == self.X.shape else other.X.shape[1:]
        if self._calibration is not None:
            other._calibration = self._calibration._replace(X=function(self._calibration.X))
        return other

    @property
    def labels_read(self) -> Mapping[str, int]:
        """How many labels have been read so far, by part."""
        return self._labels_read

    def _require(self, declaration: str, attribute: str) -> None:
        if declaration not in self._declared:
            raise UndeclaredError(
                f"{self._owner} reads train.{attribute} without having declared it; "
                f"write @detector({declaration}=True)"
            )


class Detector(Protocol):
    """What a detector class has. It may also set ``threshold`` in fit, and have three further methods.

    Of a series ``score`` is given the points of one stretch without a gap at a time, in order.

    ``threshold`` is the detector's own decision rule: rows that score above it are predicted positive.
    ``stage(self) -> Stage`` asks for a `Stage`. ``members(self) -> Sequence[str]`` names other detectors,
    as in ``["knn:n_neighbors=20", "ecod"]``, for an ensemble to fit with ``member.fit(train)``.
    ``leave_one_out(self) -> Floats`` gives, after fit, the score of each training row by the detector fitted
    without that row, shape (n,): what a threshold by training rows needs, which otherwise takes up to five
    further fits. It returns None where the parameters do not let it. A network, of which further fits score
    on other scales, may stay as it is, and the row be missing only among those that it is compared with: that
    is the flaw "leave-one-out".
    """

    def fit(self, train: Train, /) -> object:
        """Learn from the training rows."""

    def score(self, X: Floats, /) -> Floats:
        """Score rows of shape (n, d); returns shape (n,), finite, higher = more anomalous."""
