"""Ranks and weights: what labels say moves weight, and few labels move little."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from bench.recommend.weighting import fit_weights, log_odds, normalised_ranks

PRIOR = np.array([0.5, 0.5, 0.0])


def labelled(rows: int, seed: int = 0):
    """Odds of three detectors, of which only the last knows anything, and labels."""
    rng = np.random.default_rng(seed)
    y = (rng.random(rows) < 0.3).astype(int)
    y[:2] = 0, 1
    scores = rng.standard_normal((rows, 3))
    scores[:, 2] += 4 * y
    return log_odds(normalised_ranks(scores)), y


def test_equal_scores_share_a_rank_and_shares_lie_within_0_and_1():
    ranks = normalised_ranks(np.array([5.0, 1.0, 5.0, 9.0]))
    assert ranks.tolist() == [0.5, 0.125, 0.5, 0.875]


def test_many_labels_give_the_weight_to_the_detector_that_knows():
    weights = fit_weights(*labelled(400), PRIOR)
    assert weights[2] > 2 * np.abs(weights[:2]).max()


def test_few_labels_leave_the_weights_near_the_prior_and_a_strong_prior_holds_them():
    odds, y = labelled(4)
    few, many = fit_weights(odds, y, PRIOR), fit_weights(*labelled(400), PRIOR)
    assert np.linalg.norm(few - PRIOR) < np.linalg.norm(many - PRIOR)
    assert fit_weights(odds, y, PRIOR, strength=1e9) == pytest.approx(PRIOR, abs=1e-6)


@pytest.mark.parametrize("strength", [0.01, 10.0])
def test_the_weights_are_those_that_a_general_optimiser_finds(strength):
    odds, y = labelled(60, seed=3)
    each = np.where(y == 1, 0.5 / (y == 1).sum(), 0.5 / (y == 0).sum()) * len(y)

    def loss(at):
        margin = np.where(y == 1, 1, -1) * (at[0] + odds @ at[1:])
        prior = strength * np.sum((at[1:] - PRIOR) ** 2) + 1e-3 * at[0] ** 2
        return each @ np.logaddexp(0, -margin) + prior / 2

    expected = minimize(loss, np.zeros(4), method="BFGS").x[1:]
    assert fit_weights(odds, y, PRIOR, strength) == pytest.approx(expected, rel=0.02, abs=0.01)


def test_labels_that_the_scores_separate_perfectly_give_finite_weights():
    odds = log_odds(normalised_ranks(np.arange(40.0).repeat(3).reshape(40, 3)))
    assert np.isfinite(fit_weights(odds, (np.arange(40) > 35).astype(int), PRIOR, strength=1e-3)).all()
