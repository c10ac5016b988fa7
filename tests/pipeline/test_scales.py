"""Scores of other fits, by which a threshold is set, stand on the scale of the fit that it is for."""

from __future__ import annotations

import numpy as np
import pytest

from bench import Pipeline
from bench.pipeline.decisions import Budget
from bench.pipeline.fitting import on_scale

# Its scores grow with the number of rows that it was fitted to, and it keeps no score of a row left out.
GROWING = """
    import numpy as np
    from bench import detector

    @detector(deterministic=True)
    class Growing:
        "Distance to the mean, times the number of training rows to a high power."

        def fit(self, train):
            self.centre, self.rows = train.X.mean(axis=0), len(train.X)

        def score(self, X):
            return (self.rows / 1000) ** 20 * np.square(X - self.centre).sum(axis=1)
"""


@pytest.mark.parametrize("scale", [lambda s: 3 * s + 7, lambda s: s / 1000, np.exp])
def test_a_rising_map_between_two_fits_is_found(scale):
    rng = np.random.default_rng(0)
    scores = np.sort(rng.normal(size=5000))
    theirs, new = scores[::2], scores[1::2]
    found = on_scale(new[100:-100], theirs, scale(theirs))
    assert found == pytest.approx(scale(new[100:-100]), rel=0.02, abs=0.02)


def test_beyond_the_rows_of_both_a_scale_goes_on_as_it_was():
    theirs = np.linspace(0, 1, 101)
    found = on_scale(np.array([-1.0, 0, 0.5, 1, 3]), theirs, 10 * theirs + 2)
    assert found == pytest.approx([-8, 2, 7, 12, 32])


def test_scores_that_are_all_alike_keep_their_distances():
    found = on_scale(np.array([4.0, 5, 7]), np.full(9, 5.0), np.full(9, 6.0))
    assert found == pytest.approx([5, 6, 8])


def test_a_budget_is_kept_by_a_detector_of_which_each_fit_has_another_scale(write_plugin):
    folder = write_plugin("growing", GROWING)
    rows = np.random.default_rng(0).normal(size=(2000, 4))
    model = Pipeline("growing", plugins=[folder]).fit(rows[:1000])
    reached = (model.score(rows[1000:]) > model.decide(Budget(0.1))).mean()
    assert 0.06 < reached < 0.14
