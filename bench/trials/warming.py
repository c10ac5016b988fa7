"""The few rows that a detector is fitted to once before it is timed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bench.splits.rows import Rows
from bench.trials.regimes import View

# Of series more: a window is to fit in.
ROWS, POINTS = 64, 1024


def first_rows(view: View) -> View:
    """The view with few training rows of each label in it, and few test rows; of series the first points."""
    if view.timeline is None:
        chosen = np.concatenate([np.flatnonzero(view.y == y)[: ROWS // 2] for y in np.unique(view.y)])
        return _taken(view, chosen, ROWS)
    chosen = np.arange(min(POINTS, len(view.X)))
    return replace(_taken(view, chosen, POINTS), timeline=view.timeline.part(chosen))


def _taken(view: View, chosen: np.ndarray, tested: int) -> View:
    test = Rows(view.test.X[:tested], view.test.y[:tested])
    return replace(view, X=view.X[chosen], y=view.y[chosen], test=test)
