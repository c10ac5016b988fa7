"""What a detector gets to see of a split: the regime hides labels or drops rows, scaling follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.errors import NotApplicableError
from bench.plugin import UNLABELLED, Regime
from bench.scaling import Standard
from bench.split import Rows, Split

if TYPE_CHECKING:
    from bench.split import Floats, Labels, Score


@dataclass(frozen=True)
class View:
    """A split under a regime: what training may see, and the test rows. Scaled by the training rows.

    ``y`` has -1 where the regime hides the label. ``contamination`` is the true share of anomalies in
    ``X``, for the threshold policy that is told it; no detector receives it. ``holdout``: the labelled
    calibration rows in every regime, for the threshold policy that goes by them; ``calibration``: the same
    where the regime shows them. ``shape``: as in `Split`.
    ``features_seconds``: what it took to extract the features that stand for the rows, if they do.
    ``optimum``: the Bayes-optimal score of scaled rows, where it is known.
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


def apply_regime(split: Split, regime: Regime, rng: np.random.Generator) -> View:
    """The part of ``split`` that ``regime`` shows. The test rows are the same in each regime.

    Raises NotApplicableError where the training rows lack what the regime is about.
    """
    X, truth = split.train
    told = truth if split.y_told is None else split.y_told
    if regime == "one-class":
        kept = told == 0
        X, truth, told = X[kept], truth[kept], told[kept]
        if not len(X):
            raise NotApplicableError(
                "the train part has no normal rows, which the one-class regime trains on"
            )
    if regime in ("semi-supervised", "supervised") and len(np.unique(told)) < 2:
        raise NotApplicableError(f"the train part has only one class, and the {regime} regime needs both")
    y = _visible_labels(told, regime, split.labelled, rng)
    scaler = Standard(X) if split.scaling == "standard" else None
    scale: Any = np.array if scaler is None else scaler.transform  # either way a new array
    held = split.calibration
    holdout = None if held is None else Rows(scale(held.X), held.y.copy())
    return View(
        X=scale(X),
        y=y,
        # Calibration rows carry labels, so a regime with few labels or none does not show them.
        calibration=holdout if regime == "supervised" else None,
        test=Rows(scale(split.X_test), split.y_test),
        contamination=float(truth.mean()),
        shape=split.shape,
        optimum=split.optimum and _of_scaled(split.optimum, scaler),
        holdout=holdout,
    )


def _visible_labels(told: Labels, regime: Regime, labelled: float, rng: np.random.Generator) -> Labels:
    if regime in ("one-class", "supervised"):
        return told.copy()
    visible = np.full_like(told, UNLABELLED)
    if regime == "semi-supervised":
        anomalies = np.flatnonzero(told == 1)
        count = max(1, round(labelled * len(anomalies)))
        visible[rng.permutation(anomalies)[:count]] = 1
    return visible


def _of_scaled(optimum: Score, scaler: Standard | None) -> Score:
    """The optimum as a score of rows as a detector sees them."""
    return optimum if scaler is None else lambda X: optimum(scaler.inverse_transform(X))
