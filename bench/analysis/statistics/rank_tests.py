"""Tests on blocks: whether detectors differ at all, and which pairs do."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from bench.analysis.ties import made_equal, without_rounding

if TYPE_CHECKING:
    from bench.splits.arrays import Floats

# Where more differences than these are not zero the normal approximation is good to three digits where
# decisions are made. Of 6 of one sign beside 100 zeros it would say 0.014, and it is 0.031.
EXACT = 25


@dataclass(frozen=True)
class Friedman:
    """Friedman's test of equal ranks, and its sharper form by Iman and Davenport (1980)."""

    chi_square: float
    f: float
    p_value: float


def friedman(values: pd.DataFrame) -> Friedman | None:
    """The tests for blocks in rows and detectors in columns; None for fewer than three, or where all tie.

    ``chi_square`` is corrected for ties. ``p_value`` is that of Iman and Davenport's F, as Demsar (2006)
    advises.
    """
    from scipy import stats

    blocks, detectors = values.shape
    equal = made_equal(values.to_numpy(float).T)
    if detectors < 3 or blocks < 2 or (equal == equal[:1]).all():
        return None
    chi_square = float(stats.friedmanchisquare(*equal).statistic)
    f = iman_davenport(chi_square, blocks, detectors)
    p_value = float(stats.f.sf(f, detectors - 1, (detectors - 1) * (blocks - 1)))
    return Friedman(chi_square, f, p_value)


def iman_davenport(chi_square: float, blocks: int, detectors: int) -> float:
    """Friedman's chi-square as a statistic with an F distribution."""
    rest = blocks * (detectors - 1) - chi_square
    return (blocks - 1) * chi_square / rest if rest > 1e-9 else math.inf


class SignedRank(NamedTuple):
    """``p_value``, two-sided, and ``balance``: from -1, all differences negative, to 1, all positive; each of
    shape (m,)."""

    p_value: Floats
    balance: Floats


def signed_rank(differences: Floats) -> SignedRank:
    """Wilcoxon's signed-rank test for each column of paired differences, shape (n, m).

    The null distribution is that of all flips of signs, given the sizes: exact with ties, for which
    `scipy.stats.wilcoxon` has to enumerate. A zero takes its rank with no sign (Pratt, 1959), which is to
    split it evenly as Demsar (2006) does. What rounding has made of equal values is a tie. NaN is left out.
    Where more than `EXACT` are neither, the normal approximation.
    """
    from scipy.stats import norm, rankdata

    differences = without_rounding(differences)
    signs = np.nan_to_num(np.sign(differences)).astype(int)
    sizes = made_equal(np.where(np.isnan(differences), np.inf, np.abs(differences)))
    # Twice the rank is a whole number even where ranks are shared.
    ranks = np.rint(2 * rankdata(sizes, axis=0)).astype(int) * (signs != 0)
    total = (signs * ranks).sum(axis=0)
    balance = total / np.maximum(ranks.sum(axis=0), 1)
    p_value = 2 * norm.sf(np.abs(total) / np.maximum(np.sqrt((ranks.astype(float) ** 2).sum(axis=0)), 1.0))
    few = np.count_nonzero(ranks, axis=0) <= EXACT
    if few.any():
        p_value[few] = _chance_of_as_extreme(np.abs(total[few]), ranks[:, few])
    return SignedRank(p_value, balance)


def _chance_of_as_extreme(observed: Floats, ranks: Any) -> Floats:
    """The share of all flips of the signs that give a sum of signed ranks as far from zero.

    ``ranks``: shape (n, m), 0 for what has no sign; at most `EXACT` in a column have one.
    """
    # Without ties all columns have the same ranks, and so the same null distribution.
    patterns, pattern = np.unique(np.sort(ranks, axis=0)[-EXACT:], axis=1, return_inverse=True)
    sums = np.arange(patterns.sum(axis=0).max() + 1)
    chances = np.zeros((patterns.shape[1], len(sums)))
    chances[:, 0] = 1.0
    for rank in patterns:
        before = sums - rank[:, None]
        shifted = np.where(before >= 0, np.take_along_axis(chances, np.maximum(before, 0), axis=1), 0.0)
        chances = (chances + shifted) / 2
    smaller = (ranks.sum(axis=0) - observed) // 2  # Demsar's T, the smaller of the sums of either sign
    at_most: Floats = chances.cumsum(axis=1)[pattern.ravel(), smaller]
    return np.minimum(2 * at_most, 1.0)


def least_p_value(blocks: int) -> float:
    """The smallest p-value that `signed_rank` can give: all differences have one sign."""
    return min(1.0, 2.0 ** (1 - blocks))


def blocks_needed(comparisons: int, alpha: float) -> int:
    """The smallest number of blocks with which a difference can be significant after Holm's correction."""
    return math.ceil(1 + math.log2(max(comparisons, 1) / alpha))


def holm(p_values: Floats) -> Floats:
    """Holm's (1979) step-down correction along the last axis; NaN is no comparison and stays."""
    order = np.argsort(p_values, axis=-1)  # NaN comes last
    ranked = np.take_along_axis(p_values, order, axis=-1)
    factors = (~np.isnan(p_values)).sum(axis=-1, keepdims=True) - np.arange(p_values.shape[-1])
    stepped = np.minimum(np.maximum.accumulate(ranked * factors, axis=-1), 1.0)
    adjusted = np.empty_like(stepped)
    np.put_along_axis(adjusted, order, stepped, axis=-1)
    return adjusted


def pairs(differences: Floats, names: pd.Index) -> pd.DataFrame:
    """A row for each pair of detectors, indexed by ``better`` and ``worse``.

    ``differences``: shape (blocks, k, k), how far the first is above the second, NaN where one is missing.

    ``blocks``: how many both have. ``balance`` and ``p``: what `signed_rank` gives for them; ``p`` is NaN
    without any.
    """
    first, second = map(list, zip(*combinations(range(len(names)), 2), strict=True))
    paired = differences[:, first, second]
    common = (~np.isnan(paired)).sum(axis=0)
    test = signed_rank(paired)
    swap = test.balance < 0
    return pd.DataFrame(
        {
            "better": np.where(swap, names[second], names[first]),
            "worse": np.where(swap, names[first], names[second]),
            "balance": np.abs(test.balance),
            "blocks": common,
            "p": np.where(common > 0, test.p_value, np.nan),
        }
    ).set_index(["better", "worse"])


def critical_difference(detectors: int, blocks: int, alpha: float = 0.05) -> float:
    """How far two mean ranks must be apart by Nemenyi's test (Demsar, 2006)."""
    from scipy.stats import studentized_range

    q: Any = studentized_range.ppf(1 - alpha, detectors, np.inf) / math.sqrt(2)
    return float(q) * math.sqrt(detectors * (detectors + 1) / (6 * blocks))
