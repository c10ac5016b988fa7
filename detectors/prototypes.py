"""Detectors that stand a few prototypes for many rows: a self-organising map, and vector quantisation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bench import Floats, Train, detector

from ._centres import centres_of_classes
from ._standardised import standardiser

if TYPE_CHECKING:
    import torch

# Keeps the relative distance of a row that is a prototype of both classes at zero.
TINY = 1e-12


@detector(requires=("sklearn", "minisom"), family="clustering", complexity="updates √n d", cost=2)
class SelfOrganisingMap:
    """Quantisation error: distance to the nearest unit of a self-organising map (Kohonen, 1982).

    A square map of about 5 √n units, or ``side`` to a side, starts from random rows with standardised
    columns and moves towards ``updates`` more of them; a Gaussian neighbourhood shrinks from half the map
    to one unit. The error is not divided by what is usual for the unit: one that anomalies have drawn near
    would be forgiving. The threshold is the error that a fraction ``contamination`` of the training rows
    exceeds.
    """

    def __init__(
        self,
        side: int | None = None,
        updates: int = 10_000,
        learning_rate: float = 0.5,
        contamination: float = 0.1,
    ) -> None:
        self.side = side
        self.updates = updates
        self.learning_rate = learning_rate
        self.contamination = contamination

    def fit(self, train: Train) -> None:
        from minisom import MiniSom

        self.standardise = standardiser(train.X)
        X = self.standardise(train.X)
        side = self.side or max(2, round((5 * len(X) ** 0.5) ** 0.5))
        som = MiniSom(
            side,
            side,
            X.shape[1],
            sigma=side / 2,
            learning_rate=self.learning_rate,
            random_seed=train.seed,
        )
        som.random_weights_init(X)
        som.train(X, self.updates, random_order=True)
        self.units = som.get_weights().reshape(side * side, -1)
        self.threshold = float(np.quantile(self.score(train.X), 1 - self.contamination))

    def score(self, X: Floats) -> Floats:
        from sklearn.metrics import pairwise_distances_argmin

        rows = self.standardise(X)
        # From the differences: the matrix product that finds the unit rounds where it is near.
        return np.linalg.norm(rows - self.units[pairwise_distances_argmin(rows, self.units)], axis=1)


@detector(labels=True, requires=("sklearn", "torch"), family="classifier", complexity="n k d", cost=2)
class LearningVectorQuantisation:
    """Generalised learning vector quantisation: prototypes of both classes (Sato and Yamada, 1996).

    Each class starts with up to ``prototypes`` k-means centres of its rows, with standardised columns;
    unlabelled rows count as normal. Adam then lowers the mean sigmoid of ``slope`` times the relative
    distance, over all rows at once, the classes weighted equally. The score is that relative distance,
    between -1 (at a normal prototype) and 1 (at an anomalous one); the threshold is 0.
    """

    def __init__(
        self, prototypes: int = 10, steps: int = 200, learning_rate: float = 0.01, slope: float = 5.0
    ) -> None:
        self.prototypes = prototypes
        self.steps = steps
        self.learning_rate = learning_rate
        self.slope = slope

    def fit(self, train: Train) -> None:
        import torch

        self.standardise = standardiser(train.X)
        X, anomalous = self.standardise(train.X), train.y == 1
        starts = centres_of_classes(X, anomalous, self.prototypes, train.seed)
        rows, labels = torch.as_tensor(X, dtype=torch.float64), torch.as_tensor(anomalous)
        squares = (rows**2).sum(dim=1)
        shares = labels.double().mean()
        weights = torch.where(labels, 0.5 / shares, 0.5 / (1 - shares))
        sides = torch.where(labels, -1.0, 1.0)
        self.classes = [torch.tensor(start, dtype=torch.float64, requires_grad=True) for start in starts]
        optimizer = torch.optim.Adam(self.classes, lr=self.learning_rate)
        for _ in range(self.steps):
            optimizer.zero_grad()
            cost = torch.sigmoid(self.slope * sides * self._relative_distance(rows, squares))
            (weights * cost).mean().backward()
            optimizer.step()
        self.threshold = 0.0

    def _relative_distance(self, rows: torch.Tensor, squares: torch.Tensor) -> torch.Tensor:
        """(to normal - to anomalous) / (to normal + to anomalous), of squared distances; shape (n,).

        squares: |row|², shape (n,), which do not change from step to step.
        """
        normal, anomalous = (
            # As a matrix product; |row|² is added after the minimum, which it does not move.
            (((p**2).sum(dim=1) - rows @ (2 * p.T)).min(dim=1).values + squares).clamp(min=0)
            for p in self.classes
        )
        return (normal - anomalous) / (normal + anomalous + TINY)

    def score(self, X: Floats) -> Floats:
        import torch

        with torch.inference_mode():
            rows = torch.as_tensor(self.standardise(X))
            return self._relative_distance(rows, (rows**2).sum(dim=1)).numpy()
