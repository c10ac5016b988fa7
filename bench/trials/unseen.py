"""Scores of training rows by models that have not seen them, by which train-quantile sets its threshold.

The scores that a detector gives to its own training rows say nothing of new rows: one that remembers them
calls a tenth of them and all others. So a detector says itself how it would score each row without it, where
it can (``leave_one_out``), or is fitted again on parts of the rows (cross-fitting) and scores the rest:

- There are `FOLDS` folds. Equal rows are in one: a copy in training would be a row that was seen. Each row
  counts, so a value that is copied often weighs as often. Labels that the detector may read are shared out
  among folds, and one that a single group of rows has stays in training.
- So many folds are fitted as it takes to score `ENOUGH` rows; all of them where there are fewer.
- A detector that scores a batch among itself (the flaw "batch") scores what is held out along with the test
  rows, for it is among those that it scores new rows. It sees them anyway, and no label of theirs.
- Of series the last of as many parts is held out: what comes before is learnt from, as in the test.
- A fold is fitted as the detector is, with its seed and a stage of its own, so that random beginnings are
  the same; detectors that share a stage share those of the folds. Only the scaling is not fitted again: it
  knows no label, and of n rows one moves it by a part in n, while calibration rows and the optimum would have
  to be scaled anew as well.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from bench.plugins.outputs import checked_scores, left_out_scores
from bench.splits.grouping import equal_rows
from bench.trials.guard import quiet, reason
from bench.trials.in_time import scores_in_time
from bench.trials.measure import timed
from bench.trials.seeds import Purpose, stream, whole_seed

if TYPE_CHECKING:
    from bench.plugins.contract import Detector
    from bench.splits.arrays import Floats, Labels
    from bench.splits.grouping import Indices
    from bench.trials.regimes import View

FOLDS = 5
# A threshold at the upper tenth of so many rows calls 0.1 of new ones, with a standard deviation of 0.021. Of
# 350 it is 0.016, but then the further fits are two thirds of what a run on small tables takes.
ENOUGH = 200


@dataclass(frozen=True)
class Unseen:
    """Scores, shape (m,), of m training rows by models that had not seen them, and what finding them took.

    ``scores`` is None where there are none, and ``problem`` says why.
    """

    scores: Floats | None
    seconds: float
    problem: str = ""


def unseen_scores(
    detector: Detector,
    view: View,
    seed: int,
    fit: Callable[[View], Detector],
    *,
    beside: Floats | None = None,
    file: str = "",
) -> Unseen:
    """How models that have not seen them score training rows.

    detector: fitted to all rows of ``view``. seed: the trial's. fit: makes such a detector of other rows.
    beside: rows that are scored together with those held out. file: the detector's, for the problem's text.

    A detector that can be fitted to all of its rows and not to most of them is not to blame: that is a
    problem of the threshold, and no exception.
    """
    scores, problem = None, ""
    with timed() as cost, quiet(whole_seed(seed, Purpose.DETECTOR)):
        try:
            # A window that is left out of a series is still seen in those that it overlaps.
            scores = left_out_scores(detector, len(view.X)) if view.timeline is None else None
            if scores is None:
                scores = np.concatenate(list(_cross_fitted(view, seed, fit, beside)))
        except (Exception, SystemExit) as error:
            problem = reason(error, file)
    return Unseen(scores, cost.seconds, problem)


def _cross_fitted(
    view: View, seed: int, fit: Callable[[View], Detector], beside: Floats | None
) -> Iterator[Floats]:
    parts = held_out(view, seed)
    if not parts:
        raise ValueError("its training rows are too few to hold some out")
    for rows in parts:
        detector = fit(without(view, rows))
        if view.timeline is not None:
            yield scores_in_time(detector, view.X[rows], view.timeline.train.taken(rows), "held-out")
            continue
        batch = view.X[rows] if beside is None else np.concatenate([view.X[rows], beside])
        yield checked_scores(detector.score(batch), len(batch), "held-out")[: len(rows)]


def held_out(view: View, seed: int) -> list[Indices]:
    """The ascending indices of the training rows that are held out of each further fit.

    None where there are too few rows. The same for all detectors that are shown this view with this seed.
    """
    if view.timeline is not None:
        return [np.arange(len(view.X))[-(len(view.X) // FOLDS) :]] if len(view.X) >= FOLDS else []
    parts = [rows for rows in folds(view.X, view.y, stream(seed, Purpose.FOLDS)) if len(rows)]
    return parts[: _folds_needed([len(rows) for rows in parts])]


def without(view: View, rows: Indices) -> View:
    """The view without some of its training rows, in new arrays."""
    kept = np.delete(np.arange(len(view.X)), rows)
    return replace(view, X=view.X[kept], y=view.y[kept], timeline=view.timeline and view.timeline.part(kept))


def _folds_needed(sizes: list[int]) -> int:
    return int(np.searchsorted(np.cumsum(sizes), ENOUGH)) + 1


def folds(X: Floats, y: Labels, rng: np.random.Generator) -> list[Indices]:
    """The ascending indices of the rows in each of `FOLDS` folds, of which some may be empty.

    Rows that are equal are in one fold, and count as what the highest label among them says. Folds share each
    label's rows; what has a label that no other group of rows has is in none.
    """
    group = equal_rows(X)
    label = np.full(len(X), y.min(initial=0))
    np.maximum.at(label, group, y)
    size = np.bincount(group, minlength=len(X))
    heads = np.flatnonzero(group == np.arange(len(X)))
    fold = np.full(len(X), -1)
    for value in np.unique(label[heads]):
        alike = rng.permutation(heads[label[heads] == value])
        if len(alike) > 1:
            fold[alike] = _shared_out(size[alike])
    return [np.flatnonzero(fold[group] == each) for each in range(FOLDS)]


def _shared_out(sizes: Indices) -> Indices:
    """The fold of each group, of these sizes: the largest go first, each to the fold with fewest rows."""
    fewest = [(0, each) for each in range(FOLDS)]
    fold = np.empty(len(sizes), dtype=int)
    for index in np.argsort(-sizes, kind="stable"):
        rows, fold[index] = fewest[0]
        heapq.heapreplace(fewest, (rows + int(sizes[index]), int(fold[index])))
    return fold
