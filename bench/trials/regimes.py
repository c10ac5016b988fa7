"""Which rows and labels of a split a detector sees: a regime hides labels or drops rows; scaling follows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.errors import NotApplicableError
from bench.plugins.contract import UNLABELLED, Regime
from bench.splits.rows import Rows
from bench.splits.scaling import Standard
from bench.splits.split import Split
from bench.splits.timeline import Places, Timeline, ranges

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bench.splits.arrays import Floats, Labels, Score
    from bench.splits.grouping import Indices


@dataclass(frozen=True)
class Visible:
    """The rows and labels of a split that a regime shows: the one place where a regime's rules are applied.

    ``train``: ascending indices of the training rows that a detector may learn from, shape (n,). ``y``: their
    labels as the detector sees them, -1 where the regime hides one. ``calibration``: indices of the
    calibration rows that it may read; None where it may read none.
    """

    train: Indices
    y: Labels
    calibration: Indices | None


@dataclass(frozen=True)
class View:
    """A split as its regime shows it, scaled by the training rows.

    ``y`` has -1 where the regime hides the label. ``contamination`` is the true fraction of anomalies in
    ``X``, for the threshold policy that uses it; no detector receives it. ``holdout``: the labelled
    calibration rows in every regime, for the threshold policy that uses them; ``calibration``: the same where
    the regime shows them. ``timeline``: where the rows of ``X`` and ``test`` stand in time, if they do.
    ``shape``: as in `Split`. ``features_seconds``: the time of extracting features,
    where they are read in place of rows. ``optimum``: the Bayes-optimal score of scaled rows, where known.
    """

    X: Floats
    y: Labels
    calibration: Rows | None
    test: Rows
    contamination: float
    shape: tuple[int, ...] = ()
    features_seconds: float = 0.0
    optimum: Score | None = None
    holdout: Rows | None = None
    timeline: Timeline | None = None

    @property
    def learnt(self) -> Indices | None:
        """For each test point the training point that it is; None unless each is one."""
        if self.timeline is None:
            return None
        return self.timeline.test.among(self.timeline.train)


def in_regime(split: Split, regime: Regime) -> Split:
    """The split of which ``regime`` shows the training rows.

    Without labels a series is scored as it is learnt from: the training points are all that there are, with
    those of the test, as in TimeEval and TSB-AD. In other regimes, and of rows, nothing is changed.
    """
    if split.timeline is None or regime != "unsupervised":
        return split
    parts = split.timeline.train, split.timeline.test
    # A point may be in both parts.
    _, kept = np.unique(np.concatenate([part.keys for part in parts]), return_index=True)
    places = Places(
        np.concatenate([part.series for part in parts])[kept],
        np.concatenate([part.position for part in parts])[kept],
    )
    return replace(
        split,
        X_train=np.concatenate([split.X_train, split.X_test])[kept],
        y_train=np.concatenate([split.y_train, split.y_test])[kept],
        y_observed=None,
        timeline=replace(split.timeline, train=places),
    )


def apply_regime(split: Split, regime: Regime, rng: np.random.Generator) -> Visible:
    """The rows and labels of ``split`` that ``regime`` shows. The test rows are the same in each regime.

    Only the labels of the semi-supervised regime depend on ``rng``. Raises NotApplicableError where the
    training rows lack a class that the regime needs.
    """
    observed = split.y_train if split.y_observed is None else split.y_observed
    train = np.flatnonzero(observed == 0) if regime == "one-class" else np.arange(len(observed))
    if not len(train):
        raise NotApplicableError("the train part has no normal rows, which the one-class regime trains on")
    observed = observed[train]
    if regime in ("semi-supervised", "supervised") and len(np.unique(observed)) < 2:
        raise NotApplicableError(f"the train part has only one class, and the {regime} regime needs both")
    # Calibration rows carry labels, so a regime with few labels or none does not show them.
    labelled_apart = split.y_calibration if regime == "supervised" else None
    return Visible(
        train=train,
        y=_visible_labels(observed, regime, split, train, rng),
        calibration=None if labelled_apart is None else np.arange(len(labelled_apart)),
    )


def visible_rows(split: Split, visible: Visible) -> list[Floats]:
    """The training rows that a detector may learn from, and the calibration rows if any, shape (n, d)."""
    rows = [_taken(split.X_train, visible.train)]
    if split.X_calibration is not None and visible.calibration is not None:
        rows.append(_taken(split.X_calibration, visible.calibration))
    return rows


def view_of(split: Split, visible: Visible) -> View:
    """The visible rows and the test rows, scaled by the former, in new arrays."""
    X = _taken(split.X_train, visible.train)
    scaler = Standard(X) if split.scaling == "standard" else None
    scale: Any = np.array if scaler is None else scaler.transform  # both make a new array
    held = split.calibration
    holdout = None if held is None else Rows(scale(held.X), held.y.copy())
    shown = visible.calibration
    return View(
        X=scale(X),
        y=visible.y.copy(),
        calibration=None if holdout is None or shown is None else Rows(*(_taken(a, shown) for a in holdout)),
        test=Rows(scale(split.X_test), split.y_test),
        contamination=float(split.y_train[visible.train].mean()),
        shape=split.shape,
        optimum=split.optimum and _of_scaled(split.optimum, scaler),
        holdout=holdout,
        timeline=split.timeline and split.timeline.part(visible.train),
    )


def _taken(values: NDArray[Any], indices: Indices) -> Any:
    """The values at these indices, without a copy where those are all."""
    return values if len(indices) == len(values) else values[indices]


def _visible_labels(
    observed: Labels, regime: Regime, split: Split, train: Indices, rng: np.random.Generator
) -> Labels:
    if regime in ("one-class", "supervised"):
        return observed.copy()
    visible = np.full_like(observed, UNLABELLED)
    if regime == "semi-supervised":
        if split.timeline is None:
            anomalies: list[Any] = np.flatnonzero(observed == 1).tolist()
        else:  # of a series people label ranges
            anomalies = ranges(observed, split.timeline.train.taken(train))
        count = max(1, round(split.labelled * len(anomalies)))
        for chosen in rng.permutation(len(anomalies))[:count].tolist():
            visible[anomalies[chosen]] = 1
    return visible


def _of_scaled(optimum: Score, scaler: Standard | None) -> Score:
    """The optimum as a score of scaled rows."""
    return optimum if scaler is None else lambda X: optimum(scaler.inverse_transform(X))
