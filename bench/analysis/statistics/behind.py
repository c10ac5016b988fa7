"""How far each detector is behind the best: intervals that hold together, whichever detector is the best.

Multiple comparisons with the best (Hsu, Constrained simultaneous confidence intervals for multiple
comparisons with the best, Annals of Statistics 12, 1984), with positive lower limits as of Edwards and Hsu
(1983). The best is not known, and may not be taken from the same blocks as if it were. So the critical value
is that of the largest difference among all pairs with a detector that may be the best; which may be is found
from all pairs (as in Chernozhukov, Lee and Rosen, Intersection bounds, Econometrica 81, 2013).
"""

from __future__ import annotations

import math
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bench.analysis.statistics.intervals import FEWEST

if TYPE_CHECKING:
    from bench.splits.arrays import Floats

DRAWS = 1000
# The variance of each difference is averaged with that of all pairs, which counts as so many degrees of
# freedom (a moderated t, Smyth, 2004): among many pairs on few blocks, some are far too small by chance.
PRIOR_FREEDOM = 7


class Behind(NamedTuple):
    """How far each detector's mean is below the highest, ``mean``, with an interval; each of shape (k,).

    With chance 1 - alpha, all intervals together hold the distances to the detector that is the best in
    truth. ``low`` is 0 for those that may be the best.
    """

    mean: Floats
    low: Floats
    high: Floats


class Gaps(NamedTuple):
    """By how much the first of a pair is ahead of the second, ``mean``, with an interval; of shape (k, k)."""

    mean: Floats
    low: Floats
    high: Floats


def behind_best(values: Floats, alpha: float = 0.05) -> Behind:
    """Intervals from independent blocks, ``values`` of shape (blocks, k), all known; the higher the better.

    Limits are NaN for fewer than `FEWEST` blocks and for one detector alone. `tests/simulations` has the
    coverage under several laws.
    """
    blocks, detectors = values.shape
    means = values.mean(axis=0)
    gaps = means[:, None] - means  # by how much the first is ahead of the second
    distance = gaps.max(axis=0)
    if blocks < FEWEST or detectors < 2:
        unknown = np.full(detectors, math.nan)
        return Behind(distance, unknown, unknown)
    errors = _standard_errors(_covariance(values - means), blocks)
    simulated = _simulated(values - means)
    of_all = np.quantile(simulated.max(axis=(1, 2)), 1 - alpha)
    may_be_best = (gaps <= of_all * errors).all(axis=0)
    half = _critical(simulated[:, may_be_best], alpha) * errors
    low = np.maximum(gaps - half, 0).max(axis=0)
    high = np.maximum(gaps + half, 0)[may_be_best].max(axis=0)
    return Behind(distance, low, high)


def all_gaps(values: Floats, alpha: float = 0.05) -> Gaps:
    """How far each detector is ahead of each, with intervals that hold for all pairs together.

    ``values``: as for `behind_best`; limits are NaN where it gives none.
    """
    blocks, detectors = values.shape
    means = values.mean(axis=0)
    gaps = means[:, None] - means
    if blocks < FEWEST or detectors < 2:
        return Gaps(gaps, np.full_like(gaps, math.nan), np.full_like(gaps, math.nan))
    largest = np.quantile(_simulated(values - means).max(axis=(1, 2)), 1 - alpha)
    half = largest * _standard_errors(_covariance(values - means), blocks)
    return Gaps(gaps, gaps - half, gaps + half)


def _critical(simulated: Floats, alpha: float) -> float:
    """The critical value where one of c detectors is the best: ``simulated``, t of each, shape (draws, c, k).

    A lower limit is wrong where any of the c is too far ahead; an upper one, where the best is too far back.
    """
    ahead = simulated.max(axis=(1, 2))
    back = -simulated.min(axis=2)
    return float(np.quantile(np.maximum(ahead[:, None], back), 1 - alpha, axis=0).max())


def _simulated(residuals: Floats) -> Floats:
    """t of each pair of detectors where all means are equal, shape (`DRAWS`, k, k).

    By rotation (Langsrud, Rotation tests, Statistics and Computing 15, 2005): normal errors with these
    covariances are as likely in any direction of the space of blocks. For one pair it is Student's t.
    """
    blocks = len(residuals)
    errors = _rotations(blocks) @ (_contrasts(blocks) @ residuals * math.sqrt(blocks / (blocks - 1)))
    means = errors.mean(axis=1)
    scale = _standard_errors(_covariance(errors - means[:, None]), blocks)
    gaps = means[:, :, None] - means[:, None]
    t: Floats = np.divide(gaps, scale, out=np.zeros_like(gaps), where=scale > 0)
    return t


def _covariance(residuals: Floats) -> Floats:
    """Of detectors over blocks, shape (..., k, k), from residuals of shape (..., blocks, k)."""
    transposed = np.swapaxes(residuals, -1, -2)
    covariance: Floats = transposed @ residuals / (residuals.shape[-2] - 1)
    return covariance


def _standard_errors(covariance: Floats, blocks: int) -> Floats:
    """Of the mean difference of each pair, shape (..., k, k), from `_covariance`; 0 for no pair."""
    own = np.diagonal(covariance, axis1=-2, axis2=-1)
    variance = np.maximum(own[..., :, None] + own[..., None, :] - 2 * covariance, 0)
    detectors = covariance.shape[-1]
    usual = variance.sum(axis=(-1, -2), keepdims=True) / (detectors * (detectors - 1))
    moderated = (PRIOR_FREEDOM * usual + (blocks - 1) * variance) / (PRIOR_FREEDOM + blocks - 1)
    diagonal = np.arange(detectors)
    moderated[..., diagonal, diagonal] = 0
    errors: Floats = np.sqrt(moderated / blocks)
    return errors


# The last: for some hundred blocks they are some hundred megabytes.
@lru_cache(maxsize=1)
def _rotations(blocks: int) -> Floats:
    """Random directions, orthonormal columns of shape (`DRAWS`, blocks, blocks - 1); always the same."""
    rng, found = np.random.default_rng(0), np.empty((DRAWS, blocks, blocks - 1))
    for first in range(0, DRAWS, 100):  # what is decomposed takes several times as much
        some = found[first : first + 100]
        some[:] = np.linalg.qr(rng.standard_normal(some.shape)).Q
    return found


@cache
def _contrasts(blocks: int) -> Floats:
    """Orthonormal contrasts of blocks, shape (blocks - 1, blocks): they take residuals to what is free."""
    with_mean = np.column_stack([np.ones(blocks), np.eye(blocks)[:, : blocks - 1]])
    return np.asarray(np.linalg.qr(with_mean).Q.T[1:])
