"""Densities under Gaussian kernels, in numpy: the scores of `_torch.KDE` for a CPU.

Blocks of pairs stay in the CPU's caches, which takes half of torch's time; and torch takes longer to import
than a thousand rows to score.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from bench import Floats

# Pairs of rows that a block holds: 1 MiB in float64.
BLOCK = 2**17


class Kernels:
    """A Gaussian kernel at each of some rows, shape (n, d)."""

    def __init__(self, X: Floats) -> None:
        # Distances do not change with the origin, but with it far off their rounding errors grow.
        self.centre = X.mean(axis=0)
        self.rows = np.ascontiguousarray(X - self.centre, dtype=np.float64)
        self.squares = (self.rows**2).sum(axis=1)

    def distances(self, X: Floats) -> Iterator[tuple[slice, Floats]]:
        """Half of the squared distances of rows to the kernels, by blocks of rows, shape (block, n)."""
        rows = X - self.centre
        size = max(1, BLOCK // len(self.rows))
        for start in range(0, len(rows), size):
            block = rows[start : start + size]
            # |a - b|² = |a|² - 2ab + |b|² is a matrix product, but cancels where a and b are close.
            halves = block @ self.rows.T
            halves *= -1
            halves += self.squares / 2
            halves += (block**2).sum(axis=1, keepdims=True) / 2
            yield slice(start, start + len(block)), np.maximum(halves, 0, out=halves)


class KernelDensity:
    """Negative log density under Gaussian kernels, as in pyod.models.kde.KDE (Latecki et al., 2007)."""

    training_scores: Floats

    def __init__(self, bandwidth: float = 1.0) -> None:
        self.bandwidth = bandwidth

    def fit(self, X: Floats) -> KernelDensity:
        """Learn from rows of shape (n, d); sets ``training_scores``, shape (n,)."""
        self.kernels = Kernels(X)
        self.log_scale = _log_scale(float(self.bandwidth), len(X), X.shape[1])
        self.training_scores = self.score(X)
        return self

    def score(self, X: Floats) -> Floats:
        """Scores of rows, shape (n,); higher = more anomalous."""
        scores = np.empty(len(X))
        for rows, halves in self.kernels.distances(X):
            halves /= -(self.bandwidth**2)
            scores[rows] = self.log_scale - _log_sums(halves)
        return scores

    def leave_one_out(self) -> Floats:
        """Scores of the training rows, each under the kernels of the others, shape (n,)."""
        found = log_densities_among_others(self.kernels.rows, np.array([float(self.bandwidth)]))
        return -found[:, 0]


def log_densities_among_others(X: Floats, bandwidths: Floats) -> Floats:
    """How dense each row is among the others, by row and bandwidth, shape (n, bandwidths)."""
    kernels, found = Kernels(X), np.empty((len(X), len(bandwidths)))
    for rows, halves in kernels.distances(X):
        np.fill_diagonal(halves[:, rows], np.inf)
        for i, bandwidth in enumerate(bandwidths):
            found[rows, i] = _log_sums(halves / -(bandwidth**2))
    others = max(1, len(X) - 1)
    return found - np.array([_log_scale(bandwidth, others, X.shape[1]) for bandwidth in bandwidths])


def _log_scale(bandwidth: float, n: int, d: int) -> float:
    return math.log(n) + d * (math.log(bandwidth) + math.log(2 * math.pi) / 2)


def _log_sums(logs: Floats) -> Floats:
    """The logarithms of sums of exponentials, by row; ``logs`` are overwritten."""
    largest = logs.max(axis=1, initial=-np.inf)
    shift = np.where(np.isfinite(largest), largest, 0.0)
    logs -= shift[:, None]
    with np.errstate(divide="ignore"):  # a row that is alone has no density among others
        sums: Floats = shift + np.log(np.exp(logs, out=logs).sum(axis=1))
    return sums
