"""Ratings: one number for how often a detector is ahead of the others."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bench.analysis.statistics.intervals import FEWEST, draws, tails

if TYPE_CHECKING:
    from bench.splits.arrays import Floats

# As in chess: ten times the odds of winning are 400 points; the average detector has 1000.
SCALE, AVERAGE = 400 / math.log(10), 1000.0
# A rating takes many times longer than a mean; its interval is accurate to a point, not to a digit.
RESAMPLES = 200
STEPS, LONGEST_STEP, CONVERGED = 100, 1.0, 1e-8


def ratings(wins: Floats, names: pd.Index, alpha: float = 0.05) -> pd.DataFrame:
    """Bradley-Terry ratings on the Elo scale, ``rating``, with a bootstrap interval, ``low`` to ``high``.

    ``wins``: as of `bench.analysis.wins.won`. The interval is NaN for fewer than `FEWEST` blocks.
    """
    blocks = len(wins)
    found: Floats = _strengths(wins.sum(axis=0))
    table = pd.DataFrame({"rating": found, "low": np.nan, "high": np.nan}, names)
    if blocks >= FEWEST:
        sampled = _strengths(np.tensordot(draws(blocks, RESAMPLES), wins, axes=1))
        table["low"], table["high"] = np.quantile(sampled, tails(blocks, alpha), axis=0)
    return AVERAGE + SCALE * table


def _strengths(wins: Floats) -> Floats:
    """The log-strengths of the Bradley-Terry model that make these wins the most likely, shape (..., k).

    ``wins``: shape (..., k, k), the first ahead of the second. Everyone also wins one game and loses one
    against an average detector: one that always won would have no finite rating else. By Newton's method,
    for many tables of wins at a time.
    """
    from scipy.special import expit

    games = wins + np.swapaxes(wins, -1, -2)
    strengths = np.zeros(wins.shape[:-1])
    diagonal = np.arange(wins.shape[-1])
    for _ in range(STEPS):
        ahead = expit(strengths[..., :, None] - strengths[..., None, :])
        average = expit(strengths)
        surplus = (wins - games * ahead).sum(axis=-1) + 1 - 2 * average
        information = -games * ahead * (1 - ahead)
        information[..., diagonal, diagonal] = 2 * average * (1 - average) - information.sum(axis=-1)
        step = np.linalg.solve(information, surplus[..., None])[..., 0]
        strengths += np.clip(step, -LONGEST_STEP, LONGEST_STEP)
        if np.abs(step).max() < CONVERGED:
            break
    return strengths
