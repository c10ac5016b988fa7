"""Choosing a detector by ROC AUC on the labelled rows, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.recommend.asking import informative_rows, row_weights
from bench.recommend.candidates import DEFAULT, WEIGHTED, default_scores, prior_weights, weighted_scores
from bench.recommend.weighting import STRENGTH, fit_weights, log_odds

if TYPE_CHECKING:
    from bench.splits.arrays import Floats, Labels

# Another candidate is better if its ROC AUC is higher by this much; it is chosen only where that is as
# probable as this.
MINIMUM_GAIN, CONFIDENCE = 0.02, 0.95
FOLDS = 5
# The most estimates that are shown.
SHOWN = 6
# Decimals to which figures are compared: sums of the same numbers differ by rounding from machine to machine,
# and what is tied is not to be decided by that.
TIED = 9
# Half the width of an interval, in standard errors: so wide, it held the ROC AUC on other rows in 95 % of the
# draws of the study. With 1.96 it held it in 90 %, since the chosen one is chosen on the rows that it is
# judged on, and other rows have chance of their own.
HALF_WIDTH = 2.7
# The variance estimated from few labels is often too small. It is averaged with a usual one, which counts as
# this many rows of each class; the usual standard deviations are those of placements and their differences.
PRIOR_ROWS, PRIOR_SPREAD, PRIOR_DIFFERENCE = 2.0, 0.25, 0.15


@dataclass(frozen=True)
class Evidence:
    """Labelled rows: normalised ranks by each candidate, shape (n, k), labels and weights, shape (n,)."""

    ranks: Floats
    y: Labels
    weights: Floats
    names: tuple[str, ...]

    @classmethod
    def of(cls, ranks: Floats, y: Labels, names: Sequence[str]) -> Evidence:
        """The labelled rows of a table.

        ranks: normalised ranks of all rows, shape (n, k). y: labels, shape (n,), -1 where there is none.
        """
        labelled = np.flatnonzero(y >= 0)
        stratum = informative_rows(ranks, default_scores(ranks, tuple(names)))
        return cls(ranks[labelled], y[labelled], row_weights(stratum, labelled), tuple(names))

    @property
    def has_both(self) -> bool:
        """Whether there are labels of both classes."""
        return bool((self.y == 1).any() and (self.y == 0).any())

    def fit(self, chosen: Any = slice(None), strength: float = STRENGTH) -> Floats:
        """The candidates' weights, shape (k,), by these labels or by those ``chosen``.

        Those of the default where there are not labels of both classes.
        """
        y = self.y[chosen]
        prior = prior_weights(self.names)
        if not ((y == 1).any() and (y == 0).any()):
            return prior
        return fit_weights(log_odds(self.ranks[chosen]), y, prior, strength)

    @cached_property
    def scores(self) -> Floats:
        """Scores by each candidate, the default and the weighted ensemble, shape (n, k + 2).

        The ensemble's scores are cross-validated: no row is scored with weights fitted to its label.
        """
        fold = np.empty(len(self.y), dtype=int)
        rng = np.random.default_rng(0)
        for value in (0, 1):
            own = rng.permutation(np.flatnonzero(self.y == value))
            fold[own] = np.arange(len(own)) % FOLDS
        weighted = np.empty(len(self.y))
        for k in range(FOLDS):
            weighted[fold == k] = weighted_scores(self.ranks[fold == k], self.fit(fold != k))
        return np.column_stack([self.ranks, default_scores(self.ranks, self.names), weighted])


@dataclass(frozen=True)
class Estimate:
    """A candidate's ROC AUC on the labelled rows, with a 95 % interval for that on other rows.

    ``probability_better``: the probability that it is better than the chosen one by `MINIMUM_GAIN` or more.
    """

    name: str
    auc: float
    low: float
    high: float
    probability_better: float


@dataclass(frozen=True)
class Choice:
    """The name of the chosen candidate, and the estimates of all candidates, highest ROC AUC first."""

    name: str
    estimates: tuple[Estimate, ...]

    @property
    def chosen(self) -> Estimate:
        return next(each for each in self.estimates if each.name == self.name)

    def shown(self, default: str = DEFAULT) -> list[Estimate]:
        """Those that are shown: the recommended one first, ``default``, and the best of the others."""
        needed = [each for each in self.estimates if each.name in (self.name, default)]
        others = [each for each in self.estimates if each not in needed]
        listed = sorted([*needed, *others[: SHOWN - len(needed)]], key=self.estimates.index)
        return sorted(listed, key=lambda each: each.name != self.name)

    @property
    def rivals(self) -> tuple[Estimate, ...]:
        """The candidates that more labels could still show to be better than the chosen one."""
        return tuple(
            e for e in self.estimates if e.name != self.name and e.probability_better > 1 - CONFIDENCE
        )


def choose(evidence: Evidence) -> Choice:
    """The weighted ensemble, unless another candidate is better with a probability above `CONFIDENCE`.

    Needs labels of both classes.
    """
    names = (*evidence.names, DEFAULT, WEIGHTED)
    return choose_among(names, evidence.scores, evidence.y, evidence.weights, WEIGHTED)


def choose_among(names: Sequence[str], scores: Floats, y: Labels, weights: Floats, start: str) -> Choice:
    """The candidate ``start``, unless another is better with a probability above `CONFIDENCE`.

    scores: of labelled rows by each candidate, shape (n, k). y: 0 and 1, shape (n,), with some of both.
    weights: how many rows each stands for, shape (n,).
    """
    aucs = _WeightedAUCs(scores, y, weights)
    first = names.index(start)
    probabilities = aucs.better_than(first)
    best = int(np.argmax(np.round(probabilities, TIED)))
    chosen = best if probabilities[best] > CONFIDENCE else first
    if chosen != first:
        probabilities = aucs.better_than(chosen)
    estimates = [
        Estimate(
            name, float(a), max(0.0, float(a - HALF_WIDTH * s)), min(1.0, float(a + HALF_WIDTH * s)), float(p)
        )
        for name, a, s, p in zip(names, aucs.auc, aucs.standard_errors(), probabilities, strict=True)
    ]
    return Choice(names[chosen], tuple(sorted(estimates, key=lambda e: -round(e.auc, TIED))))


class _WeightedAUCs:
    """ROC AUC of several scores of the same weighted rows (DeLong et al., 1988).

    Each AUC is the mean, over the rows of either class, of their placements: the fraction of the other
    class's rows that they are ranked correctly against. ``auc`` has the shape (k,).
    """

    def __init__(self, scores: Floats, y: Labels, weights: Floats) -> None:
        own = [scores[y == value] for value in (1, 0)]
        self._weights = [weights[y == value] / weights[y == value].sum() for value in (1, 0)]
        above = (own[0][:, None] > own[1]) + 0.5 * (own[0][:, None] == own[1])
        self._standings = [np.einsum("pnk,n->pk", above, self._weights[1]),
                           np.einsum("pnk,p->nk", above, self._weights[0])]  # fmt: skip
        self.auc: Floats = self._weights[0] @ self._standings[0]

    def standard_errors(self) -> Floats:
        """The standard error of each AUC, shape (k,)."""
        return np.sqrt(self._variance(self._standings, PRIOR_SPREAD))

    def better_than(self, at: int) -> Floats:
        """The probability that each AUC exceeds the one at index ``at`` by `MINIMUM_GAIN`, shape (k,)."""
        from scipy.stats import norm

        differences = [each - each[:, [at]] for each in self._standings]
        error = np.sqrt(self._variance(differences, PRIOR_DIFFERENCE))
        probabilities: Floats = norm.cdf((self.auc - self.auc[at] - MINIMUM_GAIN) / error)
        probabilities[at] = 0.0
        return probabilities

    def _variance(self, placements: Sequence[Floats], prior: float) -> Floats:
        total = np.zeros(placements[0].shape[1])
        for values, weights in zip(placements, self._weights, strict=True):
            rows = 1 / (weights**2).sum()  # the effective sample size
            observed = weights @ (values - weights @ values) ** 2
            total += (PRIOR_ROWS * prior**2 + rows * observed) / (PRIOR_ROWS + rows) / rows
        return total
