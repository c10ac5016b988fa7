"""Adapters for PyOD's classes that compare the rows of a batch with each other."""

from __future__ import annotations

import numpy as np

from bench import Floats

from ._pyod import AloneInTorch, Clipped

# Among fewer rows the comparisons are unreliable.
FEWEST = 50


class Among(Clipped):
    """A class that scores rows among each other and forgets the training rows; some raise, or give NaN, where
    there are few. Training rows then fill the batch.
    """

    def fit_model(self, X: Floats) -> None:
        self.X = X
        super().fit_model(X)

    def fewest(self) -> int:
        return FEWEST

    def score(self, X: Floats) -> Floats:
        missing = max(0, self.fewest() - len(X))
        return super().score(np.concatenate([X, self.X[:missing]]))[: len(X)]


class AmongNeighbours(Among):
    """COF and SOD look for neighbours within the batch; COF clips their number itself."""

    def fewest(self) -> int:
        return max(FEWEST, self.model.n_neighbors + 1)


class ClippedAmongNeighbours(AmongNeighbours):
    below_rows = ("n_neighbors", "ref_set")


class AmongMoreRowsThanColumns(Among):
    """CD divides by the degrees of freedom that a regression leaves: rows less columns."""

    def fewest(self) -> int:
        return max(FEWEST, 2 * self.X.shape[1])


class RandomNetworks(AloneInTorch, Among):
    """DIF standardises what its networks make of a batch by that batch."""
