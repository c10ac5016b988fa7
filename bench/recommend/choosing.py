"""Choosing a detector by the labels there are, and saying how sure the choice is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.recommend.asking import row_weights, telling_rows
from bench.recommend.candidates import DEFAULT, WEIGHTED, default_shares, prior_weights, weighted_scores
from bench.recommend.weighting import STRENGTH, fit_weights, log_odds

if TYPE_CHECKING:
    from bench.splits.arrays import Floats, Labels

# Another candidate is better if its area is larger by as much as is worth having; it is taken for better only
# where the labels say so as surely as this.
WORTH, SURE = 0.02, 0.95
FOLDS = 5
# With few labels, the spread that they show is too small by chance. As if so many rows of each class had
# been seen besides, with a usual spread of their standing among the other class.
USUAL_ROWS, USUAL_SPREAD, USUAL_DIFFERENCE = 2.0, 0.25, 0.15


@dataclass(frozen=True)
class Evidence:
    """Labelled rows: the rank shares of the candidates, shape (n, k), labels and weights, shape (n,)."""

    shares: Floats
    y: Labels
    weights: Floats
    names: tuple[str, ...]

    @classmethod
    def of(cls, shares: Floats, y: Labels, names: Sequence[str]) -> Evidence:
        """The evidence in a table's rank shares, shape (n, k), and labels, -1 where there is none."""
        labelled = np.flatnonzero(y >= 0)
        stratum = telling_rows(shares, default_shares(shares, tuple(names)))
        return cls(shares[labelled], y[labelled], row_weights(stratum, labelled), tuple(names))

    @property
    def has_both(self) -> bool:
        return bool((self.y == 1).any() and (self.y == 0).any())

    def fit(self, chosen: Any = slice(None), strength: float = STRENGTH) -> Floats:
        """The candidates' weights by these labels, or by some of them: the default's without both classes."""
        y = self.y[chosen]
        prior = prior_weights(self.names)
        if not ((y == 1).any() and (y == 0).any()):
            return prior
        return fit_weights(log_odds(self.shares[chosen]), y, prior, strength)

    @cached_property
    def scores(self) -> Floats:
        """What each candidate, the default and the weighted ensemble say of the rows, shape (n, k + 2).

        The ensemble's scores are cross-validated: no row is scored with weights that its label has taught.
        """
        fold = np.empty(len(self.y), dtype=int)
        rng = np.random.default_rng(0)
        for value in (0, 1):
            own = rng.permutation(np.flatnonzero(self.y == value))
            fold[own] = np.arange(len(own)) % FOLDS
        weighted = np.empty(len(self.y))
        for k in range(FOLDS):
            weighted[fold == k] = weighted_scores(self.shares[fold == k], self.fit(fold != k))
        return np.column_stack([self.shares, default_shares(self.shares, self.names), weighted])


@dataclass(frozen=True)
class Estimate:
    """A candidate's area under the ROC curve by the labels, with a 95 % interval, and how likely it is to be
    better than the chosen one by `WORTH` or more.
    """

    name: str
    auc: float
    low: float
    high: float
    better: float


@dataclass(frozen=True)
class Choice:
    """The chosen candidate, all of them best first, and those that more labels could still show to be
    better.
    """

    name: str
    estimates: tuple[Estimate, ...]

    @property
    def chosen(self) -> Estimate:
        return next(each for each in self.estimates if each.name == self.name)

    @property
    def rivals(self) -> tuple[Estimate, ...]:
        return tuple(e for e in self.estimates if e.name != self.name and e.better > 1 - SURE)


def choose(evidence: Evidence) -> Choice:
    """The weighted ensemble, unless the labels are sure that another candidate is better.

    Needs labels of both classes.
    """
    names = (*evidence.names, DEFAULT, WEIGHTED)
    areas = _Areas(evidence.scores, evidence.y, evidence.weights)
    start = names.index(WEIGHTED)
    chances = areas.better_than(start)
    best = int(np.argmax(chances))
    chosen = best if chances[best] > SURE else start
    if chosen != start:
        chances = areas.better_than(chosen)
    spread = areas.spread()
    estimates = [
        Estimate(name, float(a), max(0.0, float(a - 1.96 * s)), min(1.0, float(a + 1.96 * s)), float(p))
        for name, a, s, p in zip(names, areas.auc, spread, chances, strict=True)
    ]
    return Choice(names[chosen], tuple(sorted(estimates, key=lambda e: -e.auc)))


class _Areas:
    """Areas under the ROC curve of several scores of the same weighted rows, as means over the rows of each
    class of their standing among the other class (DeLong et al., 1988).
    """

    def __init__(self, scores: Floats, y: Labels, weights: Floats) -> None:
        own = [scores[y == value] for value in (1, 0)]
        self._weights = [weights[y == value] / weights[y == value].sum() for value in (1, 0)]
        above = (own[0][:, None] > own[1]) + 0.5 * (own[0][:, None] == own[1])
        self._standings = [np.einsum("pnk,n->pk", above, self._weights[1]),
                           np.einsum("pnk,p->nk", above, self._weights[0])]  # fmt: skip
        self.auc: Floats = self._weights[0] @ self._standings[0]

    def spread(self) -> Floats:
        """The standard error of each area."""
        return np.sqrt(self._variance(self._standings, USUAL_SPREAD))

    def better_than(self, at: int) -> Floats:
        """How likely each is to have a larger area than the one at ``at``, by `WORTH` or more."""
        from scipy.stats import norm

        differences = [each - each[:, [at]] for each in self._standings]
        error = np.sqrt(self._variance(differences, USUAL_DIFFERENCE))
        chances: Floats = norm.cdf((self.auc - self.auc[at] - WORTH) / error)
        chances[at] = 0.0
        return chances

    def _variance(self, standings: Sequence[Floats], usual: float) -> Floats:
        total = np.zeros(standings[0].shape[1])
        for values, weights in zip(standings, self._weights, strict=True):
            rows = 1 / (weights**2).sum()  # as many as say the same without weights
            seen = weights @ (values - weights @ values) ** 2
            total += (USUAL_ROWS * usual**2 + rows * seen) / (USUAL_ROWS + rows) / rows
        return total
