"""An ensemble whose members are weighted by what a few labels say of them."""

from __future__ import annotations

import numpy as np

from bench import Floats, Train, detector
from bench.recommend import CANDIDATES, TRUSTED, fit_weights, log_odds

from .ensemble import _Ensemble

# What `recommend` chooses from, and the two whose mean rank lost least on labelled tables.
MEMBERS, TRUSTED_MEMBERS = "+".join(CANDIDATES), "+".join(TRUSTED)


@detector(
    labels=True,
    family="ensemble",
    complexity="sum of its members",
    cost=4,
    flaws=("batch", "few-rows", "wide"),
    modalities=("table",),
)
class LabelWeighted(_Ensemble):
    """Members' ranks weighted by ridge logistic regression on the labels (stacking; Wolpert, 1992).

    ``of`` names the members. Before any label is known, those that ``trusted`` names have all the weight;
    ``strength`` is how firmly the weights stay there. Rows without a label are left out where there are
    normal rows with one, and count as normal where there are none. Its ECOD and COPOD make a row's score
    depend on the rows scored with it, and its 20 neighbours need more than 20 rows.
    """

    def __init__(
        self,
        of: str = MEMBERS,
        trusted: str = TRUSTED_MEMBERS,
        strength: float = 10.0,
        contamination: float = 0.1,
    ) -> None:
        super().__init__(of, contamination)
        self.trusted = trusted
        self.strength = strength

    def fit(self, train: Train) -> None:
        y = np.asarray(train.y)
        if not (y == 0).any():
            y = np.where(y == 1, 1, 0)
        names, trusted = self.members(), self.trusted.split("+")
        self.weights = np.array([float(name in trusted) for name in names]) / len(trusted)
        ranks = self.ranks_after_fit(train)
        if (y == 1).any() and (y == 0).any():
            odds = log_odds(ranks[:, y >= 0].T)
            self.weights = fit_weights(odds, y[y >= 0], self.weights, self.strength)
        self.set_threshold(ranks)

    def combine(self, ranks: Floats) -> Floats:
        return self.weights @ log_odds(ranks)
