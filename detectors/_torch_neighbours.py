"""Detectors for a GPU, in torch, that look at the nearest training rows; `_torch` says what they share."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from bench import Floats

from ._torch import Pairs, blocks, to_array

if TYPE_CHECKING:
    import torch


# Neighbours beyond those asked for that are measured exactly, since the first pass rounds.
SPARE = 8


class Neighbours(Pairs):
    """The nearest training rows, found by brute force; what `KNN` and `LOF` are made of."""

    def __init__(self, n_neighbors: int, device: str = "cpu") -> None:
        super().__init__(device)
        self.n_neighbors = n_neighbors

    def _values_per_row(self, columns: int) -> int:
        return max(len(self.rows), columns * min(len(self.rows), self.n_neighbors + SPARE))

    def _of_training_rows(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """`_nearest` for blocks of training rows, none of them a neighbour of itself."""
        for block in blocks(len(self.rows), self._values_per_row(self.rows.shape[1])):
            yield self._nearest(self.rows[block], start=block.start)

    def _nearest(self, rows: torch.Tensor, start: int | None = None) -> tuple[torch.Tensor, torch.Tensor]:
        """Distances to the nearest training rows, ascending, and their indices; both (n, n_neighbors).

        rows: centred, shape (n, d). start: the index of the first of them if they are training rows.
        """
        # They only choose the candidates, whose distances are then taken from the differences.
        rough = self._squared(rows)
        if start is not None:
            rough.diagonal(offset=start).fill_(math.inf)
        available = len(self.rows) - (start is not None)
        candidates = rough.topk(min(available, self.n_neighbors + SPARE), largest=False).indices
        differences = self.rows[candidates].sub_(rows[:, None])
        exact, order = differences.square_().sum(dim=2).sort(dim=1)
        distances = exact[:, : self.n_neighbors].sqrt_()
        return distances, candidates.gather(1, order[:, : self.n_neighbors])


class KNN(Neighbours):
    """Distance to the k-th nearest training row, as in pyod.models.knn.KNN (Ramaswamy et al., 2000)."""

    def __init__(self, n_neighbors: int = 5, device: str = "cpu") -> None:
        super().__init__(n_neighbors, device)

    def fit(self, X: Floats) -> KNN:
        if self.n_neighbors >= len(X):
            raise ValueError(f"n_neighbors={self.n_neighbors} must be less than the {len(X)} training rows")
        self._keep(X)
        self.training_scores = to_array([distances[:, -1] for distances, _ in self._of_training_rows()])
        return self

    def _score_block(self, rows: torch.Tensor) -> torch.Tensor:
        return self._nearest(rows - self.centre)[0][:, -1]


class LOF(Neighbours):
    """Local outlier factor of new rows, as in pyod.models.lof.LOF (Breunig et al., 2000)."""

    def __init__(self, n_neighbors: int = 20, device: str = "cpu") -> None:
        super().__init__(n_neighbors, device)

    def fit(self, X: Floats) -> LOF:
        import torch

        self.n_neighbors = max(1, min(self.n_neighbors, len(X) - 1))
        self._keep(X)
        found = list(self._of_training_rows())
        distances = torch.cat([each for each, _ in found])
        places = torch.cat([each for _, each in found])
        self.reach = distances[:, -1].contiguous()
        self.density = self._density(distances, places)
        self.training_scores = to_array([self._factor(self.density, places)])
        return self

    def _score_block(self, rows: torch.Tensor) -> torch.Tensor:
        distances, places = self._nearest(rows - self.centre)
        return self._factor(self._density(distances, places), places)

    def _density(self, distances: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
        """Local reachability density; the constant is the library's, for rows with many duplicates."""
        return 1 / (self.reach[places].maximum(distances).mean(dim=1) + 1e-10)

    def _factor(self, density: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
        return (self.density[places] / density[:, None]).mean(dim=1)
