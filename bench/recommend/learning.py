"""Label efficiency: the ROC AUC that so many labels would have given, by the labels that there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.recommend.weighting import log_odds

if TYPE_CHECKING:
    from bench.recommend.choosing import Evidence
    from bench.splits.arrays import Floats

# Labelled rows of a class, with fewer of which the curve would be chance; half of them judge.
FEWEST = 6
DRAWS = 30
POINTS = 7
# The band holds this share of the draws.
WITHIN = 0.8


@dataclass(frozen=True)
class LabelCurve:
    """ROC AUC by number of labels.

    ``labels``: from 0, shape (m,). ``auc``: mean over draws, shape (m,). ``low``, ``high``: between which
    four fifths of the draws lie, shape (m,).
    """

    labels: Any
    auc: Floats
    low: Floats
    high: Floats


def label_curve(evidence: Evidence, seed: int = 0) -> LabelCurve | None:
    """The candidates weighted by a part of the labels, judged by the other half; None of too few labels.

    Each draw splits the labelled rows of both classes in halves; of the one, the first 0, n, 2 n, ... rows
    give weights, and the other judges them.
    """
    from sklearn.metrics import roc_auc_score

    y, odds = evidence.y, log_odds(evidence.ranks)
    if min((y == 1).sum(), (y == 0).sum()) < FEWEST:
        return None
    rng = np.random.default_rng(seed)
    counts = np.unique(np.linspace(0, len(y) // 2, POINTS).round().astype(int))
    aucs = np.empty((DRAWS, len(counts)))
    for draw in range(DRAWS):
        halves = [np.array_split(rng.permutation(np.flatnonzero(y == value)), 2) for value in (0, 1)]
        judging = np.concatenate([half[0] for half in halves])
        learning = rng.permutation(np.concatenate([half[1] for half in halves]))
        for point, count in enumerate(counts):
            scores = odds[judging] @ evidence.fit(learning[:count])
            weights = evidence.weights[judging]
            aucs[draw, point] = roc_auc_score(y[judging], scores, sample_weight=weights)
    low, high = np.quantile(aucs, [(1 - WITHIN) / 2, (1 + WITHIN) / 2], axis=0)
    return LabelCurve(counts, aucs.mean(axis=0), low, high)
