"""What a detector gets to see of a split: the regime hides labels or drops rows, scaling follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.errors import NotApplicableError
from bench.plugin import UNLABELLED, Regime
from bench.split import Rows, Scaling, Split

if TYPE_CHECKING:
    from bench.split import Floats, Labels

# Share of the anomalous training rows that carry a label in the semi-supervised regime.
LABELLED_SHARE = 0.1


@dataclass(frozen=True)
class View:
    """A split under a regime: what training may see, and the test rows. Scaled by the training rows.

    ``y`` has -1 where the regime hides the label. ``contamination`` is the true share of anomalies in
    ``X``, for the threshold policy that is told it; no detector receives it. ``shape``: as in `Split`.
    ``features_seconds``: what it took to extract the features that stand for the rows, if they do.
    """

    X: Floats
    y: Labels
    calibration: Rows | None
    test: Rows
    contamination: float
    shape: tuple[int, ...] = ()
    features_seconds: float = 0.0


def apply_regime(split: Split, regime: Regime, rng: np.random.Generator) -> View:
    """The part of ``split`` that ``regime`` shows. The test rows are the same in each regime.

    Raises NotApplicableError where the training rows lack what the regime is about.
    """
    X, truth = split.train
    if regime == "one-class":
        X, truth = X[truth == 0], truth[truth == 0]
        if not len(X):
            raise NotApplicableError(
                "the train part has no normal rows, which the one-class regime trains on"
            )
    if regime in ("semi-supervised", "supervised") and len(np.unique(truth)) < 2:
        raise NotApplicableError(f"the train part has only one class, and the {regime} regime needs both")
    y = _visible_labels(truth, regime, rng)
    # Calibration rows carry labels, so a regime with few labels or none does not have them.
    calibration = split.calibration if regime == "supervised" else None
    scale = _fit_scaling(X, split.scaling)
    return View(
        X=scale(X),
        y=y,
        calibration=None if calibration is None else Rows(scale(calibration.X), calibration.y.copy()),
        test=Rows(scale(split.X_test), split.y_test),
        contamination=float(truth.mean()),
        shape=split.shape,
    )


def _visible_labels(truth: Labels, regime: Regime, rng: np.random.Generator) -> Labels:
    if regime in ("one-class", "supervised"):
        return truth.copy()
    visible = np.full_like(truth, UNLABELLED)
    if regime == "semi-supervised":
        anomalies = np.flatnonzero(truth == 1)
        count = max(1, round(LABELLED_SHARE * len(anomalies)))
        visible[rng.permutation(anomalies)[:count]] = 1
    return visible


def _fit_scaling(X: Floats, scaling: Scaling) -> Any:
    """A function that scales rows, fitted on ``X`` alone; it always returns a new array."""
    if scaling == "none":
        return np.array
    from sklearn.preprocessing import StandardScaler

    return StandardScaler().fit(X).transform
