"""Scoring the points of series, one stretch without a gap at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bench.evaluation.ranges import Layout
from bench.plugins.harness import left_out_where_learnt
from bench.plugins.outputs import checked_scores
from bench.splits.timeline import period

if TYPE_CHECKING:
    from bench.plugins.contract import Detector
    from bench.splits.arrays import Floats
    from bench.splits.timeline import Places
    from bench.trials.regimes import View


def scores_in_time(detector: Detector, X: Floats, places: Places, part: str) -> Floats:
    """Scores of points, shape (n,), of which a detector sees one stretch without a gap at a time.

    X: shape (n, channels). places: of its points. part: names the points in messages.
    """
    parts = [X[segment] for segment in places.segments]
    return np.concatenate([checked_scores(detector.score(each.copy()), len(each), part) for each in parts])


def scores_of_test(detector: Detector, view: View) -> Floats:
    """Scores of the test points, shape (n,).

    A point that is learnt from has the score that it has among those: by a model without it, where the
    detector can leave it out, as its own neighbour it would be near.
    """
    assert view.timeline is not None
    learnt = view.learnt
    if learnt is None:
        return scores_in_time(detector, view.test.X, view.timeline.test, "test")
    scores = left_out_where_learnt(detector, len(view.X))
    if scores is None:
        scores = scores_in_time(detector, view.X, view.timeline.train, "training")
    return scores[learnt]


def layout_of_test(view: View) -> Layout | None:
    """How the test points lie in series; None for rows.

    The window of metrics that forgive what is near a range is the period: the dataset's, or that of the first
    channel of the first series.
    """
    if view.timeline is None:
        return None
    series = view.timeline.test.whole
    window = view.timeline.period or period(view.test.X[series[0], 0])
    lengths = tuple(each.stop - each.start for each in series)
    return Layout(lengths, window, view.timeline.points_per_day)
