"""Detectors for a GPU, in torch: the same scores as the library, on any device.

Each scorer has ``fit(X)`` and ``score(X)``, which take and return float64 arrays, and after fitting
``training_scores``: what the library keeps as ``decision_scores_``, where a row is no neighbour of itself.
Sums over pairs of rows are done in blocks, so that memory grows with the rows and not with their square.
float64 throughout: squared distances of rows that lie close together do not survive float32.

torch is imported inside methods, so that listing plugins stays instant.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from bench import Floats

if TYPE_CHECKING:
    import torch


# Values that a block may hold: 128 MiB in float64.
BLOCK = 2**24


class Scorer:
    """What the scorers share. ``device`` is a name that torch knows: "cpu", "cuda", "cuda:1"."""

    training_scores: Floats

    def __init__(self, device: str = "cpu") -> None:
        self.device = device

    def fit(self, X: Floats) -> Scorer:
        """Learn from rows of shape (n, d); sets ``training_scores``, shape (n,)."""
        raise NotImplementedError

    def score(self, X: Floats) -> Floats:
        """Score rows of shape (n, d); returns shape (n,), higher = more anomalous."""
        rows = self._tensor(X)
        width = self._values_per_row(rows.shape[1])
        return to_array([self._score_block(rows[block]) for block in blocks(len(rows), width)])

    def _score_block(self, rows: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError

    def _values_per_row(self, columns: int) -> int:
        """How many values scoring one row needs at once."""
        return columns

    def _tensor(self, X: Floats) -> torch.Tensor:
        import torch

        return torch.as_tensor(np.ascontiguousarray(X, dtype=np.float64), device=self.device)


class Pairs(Scorer):
    """What compares each row with all training rows."""

    def _keep(self, X: Floats) -> None:
        rows = self._tensor(X)
        # Distances do not change with the origin, but with it far off their rounding errors grow.
        self.centre = rows.mean(dim=0)
        self.rows = rows - self.centre
        self.squares = (self.rows**2).sum(dim=1)

    def _values_per_row(self, columns: int) -> int:
        return max(len(self.rows), columns)

    def _squared(self, rows: torch.Tensor) -> torch.Tensor:
        """Squared distances of centred rows (n, d) to the training rows, less |row|²; shape (n, training)."""
        # |a - b|² = |a|² - 2ab + |b|² is a matrix product, but cancels where a and b are close.
        return (rows @ self.rows.T).mul_(-2).add_(self.squares)


class KDE(Pairs):
    """Negative log density under Gaussian kernels, as in pyod.models.kde.KDE (Latecki et al., 2007)."""

    def __init__(self, bandwidth: float = 1.0, device: str = "cpu") -> None:
        super().__init__(device)
        self.bandwidth = bandwidth

    def fit(self, X: Floats) -> KDE:
        self._keep(X)
        n, d = X.shape
        self.log_scale = math.log(n) + d * (math.log(self.bandwidth) + math.log(2 * math.pi) / 2)
        self.training_scores = self.score(X)
        return self

    def leave_one_out(self) -> Floats:
        """Scores of the training rows, each under the kernels of the others, shape (n,)."""
        among_others = LeaveOneOut(self.device).log_densities(
            to_array([self.rows]), np.array([float(self.bandwidth)])
        )
        scores: Floats = -among_others[:, 0]
        return scores

    def _score_block(self, rows: torch.Tensor) -> torch.Tensor:
        rows = rows - self.centre
        squares = self._squared(rows).add_((rows**2).sum(dim=1, keepdim=True)).clamp_(min=0)
        return self.log_scale - squares.mul_(-0.5 / self.bandwidth**2).logsumexp(dim=1)


class LeaveOneOut(Pairs):
    """How dense each training row is among the others."""

    def log_densities(self, X: Floats, bandwidths: Floats) -> Floats:
        """By row and bandwidth, shape (n, bandwidths); distances are taken once for all bandwidths."""
        import torch

        self._keep(X)
        n, d = X.shape
        found = []
        for block in blocks(n, self._values_per_row(d)):
            rows = self.rows[block]
            squares = self._squared(rows).add_((rows**2).sum(dim=1, keepdim=True)).clamp_(min=0)
            squares.diagonal(offset=block.start).fill_(math.inf)
            found.append(torch.stack([(squares / (-2 * h**2)).logsumexp(dim=1) for h in bandwidths], dim=1))
        scales = d * np.log(bandwidths * math.sqrt(2 * math.pi)) + math.log(max(1, n - 1))
        return torch.cat(found).cpu().numpy() - scales


class PCA(Scorer):
    """Distances to the principal axes over their fractions of the variance, as in pyod.models.pca.PCA.

    That is PyOD's reading of Shyu et al. (2003): each axis is a point, a unit vector, in the standardised
    space, and the score depends on its sign, which is the one that scikit-learn's ``full`` solver gives. So
    rows and their mirror image get other scores; `principal_component_classifier` is the paper's own.
    """

    def fit(self, X: Floats) -> PCA:
        import torch

        rows = self._tensor(X)
        self.mean = rows.mean(dim=0)
        variance = rows.var(dim=0, correction=0)
        # A column whose variance is rounding error is constant, and not scaled: scikit-learn's own rule.
        eps = torch.finfo(rows.dtype).eps
        constant = variance <= len(rows) * eps * variance + (len(rows) * self.mean * eps) ** 2
        self.scale = variance.sqrt().masked_fill_(constant, 1)
        standard = (rows - self.mean) / self.scale
        # The triangular factor has the singular values and the axes of the rows, and is small.
        factor = torch.linalg.qr(standard - standard.mean(dim=0), mode="r").R
        _, singular, axes = torch.linalg.svd(factor, full_matrices=False)
        largest = axes.gather(1, axes.abs().argmax(dim=1, keepdim=True))
        self.axes = axes * torch.where(largest < 0, -1.0, 1.0)
        share = singular**2 / (singular**2).sum()
        # Linearly dependent columns leave fractions that are rounding errors, some of them zero.
        self.share = share.clamp_(min=eps**2)
        self.training_scores = self.score(X)
        return self

    def _score_block(self, rows: torch.Tensor) -> torch.Tensor:
        import torch

        standard = (rows - self.mean) / self.scale
        exact = "donot_use_mm_for_euclid_dist"
        return (torch.cdist(standard, self.axes, compute_mode=exact) / self.share).sum(dim=1)


class Mahalanobis(Scorer):
    """Squared Mahalanobis distance, as in sklearn.covariance.EmpiricalCovariance (Mahalanobis, 1936)."""

    def fit(self, X: Floats) -> Mahalanobis:
        import torch

        rows = self._tensor(X)
        self.mean = rows.mean(dim=0)
        centred = rows - self.mean
        # The pseudo-inverse leaves out directions in which the rows do not vary.
        self.precision = torch.linalg.pinv(centred.T @ centred / len(rows), hermitian=True)
        self.training_scores = self.score(X)
        return self

    def _score_block(self, rows: torch.Tensor) -> torch.Tensor:
        centred = rows - self.mean
        return (centred @ self.precision).mul_(centred).sum(dim=1)


def blocks(rows: int, values_per_row: int) -> Iterator[slice]:
    """Slices over a number of rows, each with at most `BLOCK` values, or of one row; one slice at least."""
    size = max(1, BLOCK // max(1, values_per_row))
    for start in range(0, max(1, rows), size):
        yield slice(start, min(rows, start + size))


def to_array(parts: list[torch.Tensor]) -> Floats:
    import torch

    array: Floats = torch.cat(parts).cpu().numpy()
    return array
