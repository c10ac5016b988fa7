"""How often a detector is ahead of another: win rates, and mean ranks, which say the same as places.

Each pair is compared in the blocks that both have. So a slow detector that was given one seed of three is
ranked against what the others reached with that seed, and these are ranked among themselves by all three.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from bench.analysis.ties import made_equal, without_rounding
from bench.splits.arrays import Floats


def differences(values: Floats) -> Floats:
    """Shape (blocks, k, k): how far the first is above the second, NaN where one of them has no value.

    ``values``: shape (blocks, k), the higher the better.
    """
    return without_rounding(values[:, :, None] - values[:, None, :])


def won(differences: Floats) -> Floats:
    """Of the same shape: 1 where the first is ahead, 1/2 for a tie, else 0, as where one is missing."""
    wins: Floats = np.nan_to_num((np.sign(differences) + 1) / 2)
    diagonal = np.arange(wins.shape[-1])
    wins[..., diagonal, diagonal] = 0
    return wins


def all_won(values: Floats) -> Floats:
    """The sum of `won` over blocks, shape (k, k), for many blocks: one detector is looked at at a time."""
    rows: Floats = np.array([won_by(values, place) for place in range(values.shape[1])])
    return rows.reshape(values.shape[1], values.shape[1])


def won_by(values: Floats, place: int) -> Floats:
    """A row of `all_won`."""
    ahead: Floats = (np.sign(without_rounding(values[:, [place]] - values)) + 1) / 2
    found: Floats = np.nan_to_num(ahead).sum(axis=0)
    found[place] = 0
    return found


def win_rates(wins: Floats, names: pd.Index) -> pd.Series:
    """The fraction of the others that each is ahead of, from the sum of `won` over blocks.

    The mean over the others of the share of blocks that both have; NaN for one that met no other.
    """
    met = wins + wins.T
    shares = np.divide(wins, met, out=np.full_like(wins, np.nan), where=met > 0)
    known = (~np.isnan(shares)).sum(axis=1)
    rates = np.nansum(shares, axis=1) / np.where(known > 0, known, np.nan)
    return pd.Series(made_equal(rates), names)


def mean_ranks(wins: Floats, names: pd.Index) -> pd.Series:
    """Mean ranks, 1 the best, from the sum of `won` over blocks.

    In a block that all have, a rank is 1 and one more for each that is ahead, and half of that for each tie.
    So the mean rank is 1 and the share of blocks for each other in which that one is ahead. Where a pair
    lacks blocks, this is the share of those that both have. One who is alone has rank 1.
    """
    behind = (len(wins) - 1) * (1 - win_rates(wins, names))
    return 1 + behind.where(behind.notna(), np.nan if len(wins) > 1 else 0.0)


def places(ranks: pd.Series) -> pd.Series:
    """Places by mean ranks, 1 the best: those that share a rank share the place. NaN has none."""
    return ranks.rank(method="min")
