"""From a table's rows to a fitted detector: which one, and how it scores rows that it has not seen."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.errors import BenchError
from bench.pipeline.alone import RowwiseDetector
from bench.plugins.contract import UNLABELLED
from bench.recommend.candidates import DEFAULT
from bench.recommend.recommending import Recommendation, best_for_normal_rows, recommend
from bench.recommend.scoring import fitted_rows
from bench.recommend.study import load_figures, load_normal_figures
from bench.trials.guard import reason
from bench.trials.seeds import Purpose, stream
from bench.trials.unseen import folds

if TYPE_CHECKING:
    from bench.plugins.registry import Registry
    from bench.recommend.table import LoadedTable
    from bench.splits.arrays import Floats, Labels


class FitError(BenchError, ValueError):
    """A detector cannot be fitted to some rows: a ValueError, as users of scikit-learn expect."""


@dataclass(frozen=True)
class Chosen:
    """A detector's name, who chose it ("you", "labels", "study" or "normal rows"), and the figures of that.

    "study" is the one of rows of which nothing is known, "normal rows" that of rows known to be normal.
    """

    name: str
    by: str
    figures: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Fitted:
    """A detector fitted to rows, and scores of these by models that had not seen them.

    ``unseen``: shape (m,). ``y``: their labels, shape (m,), -1 without one. ``rows``: that it was fitted to.
    """

    detector: RowwiseDetector
    unseen: Floats
    y: Labels
    rows: int


def choose_detector(table: LoadedTable, name: str | None, seconds: float, seed: int) -> Chosen:
    """The detector of this name, or else what `recommend` chooses for a table.

    seconds: how long that may take, where there are labels to choose by.
    """
    if name is not None:
        return Chosen(name, "you")
    if table.all_normal:
        return by_normal_rows()
    if table.y is None or not ((table.y == 1).any() and (table.y == 0).any()):
        return by_study()
    return chosen_of(recommend(table, started=time.monotonic(), seconds=seconds, seed=seed))


def chosen_of(found: Recommendation) -> Chosen:
    """The choice of a recommendation that there is already."""
    if found.table.all_normal:
        return by_normal_rows()
    if found.choice is None:
        return by_study()
    estimate = found.choice.chosen
    figures = {"roc_auc": estimate.auc, "low": estimate.low, "high": estimate.high,
               "labelled": len(found.table.labelled)}  # fmt: skip
    return Chosen(found.name, "labels", figures)


def by_study() -> Chosen:
    """The default, which lost least on the study's labelled tables."""
    study = load_figures()
    low, high = study.interval[0]
    others = {name: study.others[name] for name in ("isolation_forest", "random")}
    figures = {"tables": study.tables, "loss": study.loss[0], "low": low, "high": high, **others}
    return Chosen(DEFAULT, "study", figures)


def by_normal_rows() -> Chosen:
    """What lost least on the study's tables whose training rows are all normal."""
    study = load_normal_figures()
    low, high = study.interval
    figures = {"tables": study.tables, "loss": study.loss, "low": low, "high": high, **study.others}
    return Chosen(best_for_normal_rows(), "normal rows", figures)


def fit_detector(table: LoadedTable, name: str, seed: int, registry: Registry) -> Fitted:
    """Fit a detector to a table, or to a sample of its rows that includes the labelled ones.

    Its rows are scored by fits without them: the detector's own leave-one-out scores, where it has some, or
    five fits to four fifths of the rows each, on the scale of the fit to all. Equal rows are in one of these
    parts.
    """
    chosen = fitted_rows(len(table.X), seed, table.labelled)
    X = table.X[chosen]
    y = np.full(len(X), UNLABELLED, np.int8) if table.y is None else table.y[chosen]
    given = None if table.y is None else y

    def fitted(rows: Any) -> RowwiseDetector:
        detector = RowwiseDetector(name, seed, registry)
        try:
            return detector.fit(X[rows], None if given is None else given[rows])
        except BenchError:
            raise
        except Exception as error:
            raise FitError(
                f"detector {name!r} cannot be fitted to {len(rows)} rows of {table.file.name}: "
                f"{reason(error)}; give more rows, or choose another"
            ) from error

    detector = fitted(np.arange(len(X)))
    unseen = detector.leave_one_out()
    if unseen is not None:
        return Fitted(detector, unseen, y, len(X))
    seen = detector.score(X)
    held_out = [rows for rows in folds(X, y, stream(seed, Purpose.FOLDS)) if len(rows)]
    if not held_out:  # all rows are one: it has seen them
        return Fitted(detector, seen, y, len(X))
    parts = []
    for rows in held_out:
        kept = np.delete(np.arange(len(X)), rows)
        other = fitted(kept)
        parts.append(on_scale(other.score(X[rows]), other.score(X[kept]), seen[kept]))
    return Fitted(detector, np.concatenate(parts), y[np.concatenate(held_out)], len(X))


def on_scale(scores: Floats, theirs: Floats, ours: Floats) -> Floats:
    """Scores of another fit of a detector, shape (m,), as they would stand among this one's.

    theirs, ours: what both fits give to the same rows, shape (n,). Equal parts of these rows score above what
    a score becomes and what it was; beyond all of them distances grow as they do between the median and the
    outer tenth. Two fits of a detector need not have one scale: a histogram of fewer rows has other bins, a
    small variance to divide by is another one.
    """
    theirs, ours = np.sort(theirs), np.sort(ours)
    placed: Floats = np.interp(scores, theirs, ours)
    for end, beyond, tail in ((0, scores < theirs[0], 0.1), (-1, scores > theirs[-1], 0.9)):
        here, there = (abs(np.subtract(*np.quantile(values, [tail, 0.5]))) for values in (ours, theirs))
        slope = here / there if there > 0 else 1.0
        placed[beyond] = ours[end] + (scores[beyond] - theirs[end]) * slope
    return placed
