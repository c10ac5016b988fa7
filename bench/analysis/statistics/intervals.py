"""Bootstrap intervals over blocks."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from bench.splits.arrays import Floats

RESAMPLES = 2000
# A difference of means of metrics from 0 to 1 that is no larger is none in practice, as for accuracy in
# Benavoli et al. (Time for a change, Journal of Machine Learning Research 18, 2017).
PRACTICAL = 0.01
# Fewer blocks than these have too few resamples of their own to give an interval.
FEWEST = 5


@cache
def draws(blocks: int, resamples: int = RESAMPLES, seed: int = 0) -> Floats:
    """How often each block is in each resample, shape (resamples, blocks); the same whenever it is asked.

    Blocks are drawn with all that is in them. Seeds and related datasets are not drawn again inside a block:
    the spread between the means of blocks holds theirs already.
    """
    chances = np.full(blocks, 1 / blocks)
    counts: Floats = np.random.default_rng(seed).multinomial(blocks, chances, resamples).astype(float)
    return counts


def mean_interval(differences: Floats, alpha: float = 0.05) -> tuple[float, float]:
    """An interval for the mean of paired differences, shape (n,), that covers it with chance 1 - alpha.

    NaN is left out. The percentile interval is as much too short as a normal one is beside Student's for so
    few blocks; it is widened by as much (Hesterberg, 2015). NaN for fewer than `FEWEST` differences.
    """
    known = differences[~np.isnan(differences)]
    if len(known) < FEWEST:
        return math.nan, math.nan
    means = draws(len(known)) @ known / len(known)
    low, high = np.quantile(means, tails(len(known), alpha))
    return float(low), float(high)


@cache
def tails(blocks: int, alpha: float) -> tuple[float, float]:
    """The quantiles of the resampled means that Hesterberg's expanded percentile interval takes."""
    from scipy.stats import norm, t

    below = float(norm.cdf(math.sqrt(blocks / (blocks - 1)) * t.ppf(alpha / 2, blocks - 1)))
    return below, 1 - below


def student_interval(differences: Floats, alpha: float = 0.05) -> tuple[float, float]:
    """Student's interval for the mean of paired differences, shape (n,), however few; NaN for one."""
    from scipy.stats import t

    if len(differences) < 2:
        return math.nan, math.nan
    mean, error = float(differences.mean()), float(differences.std(ddof=1)) / math.sqrt(len(differences))
    half = float(t.ppf(1 - alpha / 2, len(differences) - 1)) * error
    return mean - half, mean + half


def in_practice(low: float, high: float) -> str:
    """What an interval for a difference says beside the region of practical equivalence, `PRACTICAL` to
    both sides of 0 (Kruschke, 2018).

    "equal": all of it lies within, "better" or "worse": all of it above or below, "open": neither, as where
    there is no interval.
    """
    if low >= -PRACTICAL and high <= PRACTICAL:
        return "equal"
    if low > PRACTICAL:
        return "better"
    return "worse" if high < -PRACTICAL else "open"
