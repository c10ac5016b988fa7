"""Whether the two implementations of a detector score alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean, median
from typing import TYPE_CHECKING, Literal

import numpy as np

from bench.evaluation.ranking import Ranking, roc_auc
from bench.timing.pairs import Fit, PairTiming

if TYPE_CHECKING:
    from bench.splits.arrays import Floats

Verdict = Literal["same", "as two seeds", "unknown", "no"]

# Scores are the same where they differ by no more of their range: sums in another order do so.
SAME = 1e-6
# A rank correlation may be so much lower than that between seeds.
SAME_RANKS = 0.05
# ROC AUC may differ by so much, or by as much as that of the library's own between seeds.
SAME_AUC = 0.01


@dataclass(frozen=True)
class Agreement:
    """How far the scores of the test rows agree between implementations.

    difference: the largest of a row with the same seed, as a fraction of the range of the library's scores.
    correlation: Spearman's, with the same seed, the median over seeds. between_seeds: the lowest that the
    library has with itself between two seeds; None for fewer than two, or where the seed changes nothing.
    roc_auc, original_roc_auc: means over seeds.
    """

    difference: float
    correlation: float
    between_seeds: float | None
    roc_auc: float
    original_roc_auc: float
    verdict: Verdict


def agreement(timing: PairTiming) -> Agreement | None:
    """None where an implementation did not end "ok".

    A detector that draws at random and has other scores with the same seed passes if its scores are no
    further from the library's than those are from each other with two seeds, in rank and in ROC AUC.
    """
    if not timing.is_complete:
        return None
    fast, library = _scores(timing.fast), _scores(timing.original)
    areas, library_areas = _areas(timing.fast), _areas(timing.original)
    difference = max(
        float(np.abs(one - other).max() / np.ptp(other)) for one, other in zip(fast, library, strict=True)
    )
    correlation = median(correlated(one, other) for one, other in zip(fast, library, strict=True))
    pairs = list(combinations(library, 2)) if timing.is_random else []
    between_seeds = min((correlated(one, other) for one, other in pairs), default=None)
    apart = abs(fmean(areas) - fmean(library_areas))
    verdict: Verdict
    if difference <= SAME:
        verdict = "same"
    elif timing.is_random and between_seeds is None:
        verdict = "unknown"
    elif between_seeds is None:
        verdict = "no"
    else:
        in_rank = correlation >= between_seeds - SAME_RANKS
        alike = in_rank and apart <= max(SAME_AUC, float(np.ptp(library_areas)))
        verdict = "as two seeds" if alike else "no"
    return Agreement(difference, correlation, between_seeds, fmean(areas), fmean(library_areas), verdict)


def correlated(one: Floats, other: Floats) -> float:
    """Spearman's rank correlation."""
    from scipy.stats import spearmanr

    return float(spearmanr(one, other).statistic)


def _scores(fits: Sequence[Fit]) -> list[Floats]:
    return [fit.scores for fit in fits if fit.scores is not None]


def _areas(fits: Sequence[Fit]) -> list[float]:
    return [
        roc_auc(Ranking(fit.scores, fit.labels))
        for fit in fits
        if fit.scores is not None and fit.labels is not None
    ]
