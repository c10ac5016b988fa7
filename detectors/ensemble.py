"""Ensembles: several detectors fitted on the same rows, their scores made comparable and combined."""

from __future__ import annotations

import numpy as np

from bench import Floats, Train, detector

# Quick detectors of five families, and no more than that: the study behind `recommend` finds pairs whose mean
# rank loses less.
MEMBERS = "isolation_forest+knn+ecod+pca+hbos"


class _Ensemble:
    """What the ensembles share. A member's scores become ranks among its scores of the training rows."""

    def __init__(self, of: str = MEMBERS, contamination: float = 0.1) -> None:
        self.of = of
        self.contamination = contamination

    def members(self) -> list[str]:
        return self.of.split("+")

    def fit(self, train: Train) -> None:
        self.set_threshold(self.ranks_after_fit(train))

    def ranks_after_fit(self, train: Train) -> Floats:
        """Fit the members; the rank that each gives each training row, which it scores once, (members, n)."""
        X = _precise(train.X)
        self.fitted = train.members
        self.ranks, of_training = [], []
        for member in self.fitted:
            member.fit(train)
            scores = member.score(X)
            self.ranks.append(_Ranks(scores))
            of_training.append(self.ranks[-1](scores))
        return np.stack(of_training)

    def set_threshold(self, ranks: Floats) -> None:
        """``ranks``: of the training rows, (members, n)."""
        self.threshold = float(np.quantile(self.combine(ranks), 1 - self.contamination))

    def score(self, X: Floats) -> Floats:
        return self.combine(self.ranks_of(X))

    def ranks_of(self, X: Floats) -> Floats:
        """The rank that each member gives each row, shape (members, n)."""
        X = _precise(X)
        return np.stack(
            [ranks(member.score(X)) for member, ranks in zip(self.fitted, self.ranks, strict=True)]
        )

    def combine(self, ranks: Floats) -> Floats:
        """One score for each row from the ranks, shape (members, n)."""
        raise NotImplementedError


def _precise(X: Floats) -> Floats:
    """Rows in float64: a rank distinguishes scores that differ in the last digits of float32."""
    return np.asarray(X, dtype=np.float64)


class _Ranks:
    """Mid-ranks of scores among some others, as a fraction of them; between two of these, in proportion.

    Above the highest of them, what is left of 1 shrinks with the distance, so that no two rows tie there.
    """

    def __init__(self, scores: Floats) -> None:
        self.values, counts = np.unique(scores, return_counts=True)
        self.shares = (counts.cumsum() - counts / 2) / (len(scores) + 1)
        self.width = max(self.values[-1] - np.median(scores), np.finfo(float).tiny)

    def __call__(self, scores: Floats) -> Floats:
        beyond = np.maximum(scores - self.values[-1], 0)
        left = 1 - self.shares[-1]
        return np.interp(scores, self.values, self.shares) + left * beyond / (beyond + self.width)


@detector(family="ensemble", complexity="sum of its members", cost=1, flaws=("batch",))
class RankMean(_Ensemble):
    """Mean rank of several detectors' scores (Aggarwal and Sathe, 2015).

    ``of`` names the members, as in ``rank_mean:of=knn+lof``. The default's ECOD makes a row's score
    depend on the rows scored with it.
    """

    def combine(self, ranks: Floats) -> Floats:
        return ranks.mean(axis=0)


@detector(family="ensemble", complexity="sum of its members", cost=1, flaws=("batch",))
class RankMaximum(_Ensemble):
    """Highest rank that any of several detectors gives a row (Aggarwal and Sathe, 2015).

    ``of`` names the members, as in ``rank_maximum:of=knn+lof``. The default's ECOD makes a row's score
    depend on the rows scored with it.
    """

    def combine(self, ranks: Floats) -> Floats:
        return ranks.max(axis=0)
