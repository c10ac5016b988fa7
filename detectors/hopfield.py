"""The modern Hopfield network, an associative memory of the training rows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bench import Floats, Train, detector

from ._standardised import standardiser
from ._torch import blocks

# Neighbours, counted from the nearest, whose distance on the sphere sets the sharpness of retrieval.
NEIGHBOUR = 10
# Least squared distance taken for that of a neighbour: that of duplicates is zero.
CLOSE = 1e-6


@detector(requires=("sklearn",), family="neural", complexity="n d", cost=1)
class Hopfield:
    """What a modern Hopfield network, storing the training rows, fails to recall (Ramsauer et al., 2021).

    The columns are standardised. ``by="retrieval"``: distance of a row from what one step retrieves for
    it, the mean of the stored rows weighted by the softmax of ``beta`` times their cosines with the row.
    ``by="energy"``: the network's energy with all rows scaled to length one, which knows only directions.
    ``beta`` is by default the inverse of the median squared distance to the tenth
    nearest stored row on the unit sphere. It is estimated, and so is the threshold, from at most
    ``sample`` training rows, each with itself left out of the memory; the threshold is the score that a
    fraction of ``contamination`` of them exceeds.
    """

    def __init__(
        self,
        by: str = "retrieval",
        beta: float | None = None,
        sample: int = 2000,
        contamination: float = 0.1,
    ) -> None:
        self.by = by
        self.beta = beta
        self.sample = sample
        self.contamination = contamination

    def fit(self, train: Train) -> None:

        if self.by not in ("retrieval", "energy"):
            raise ValueError(f"unknown by={self.by!r}; one of: retrieval, energy")
        self.standardise = standardiser(train.X)
        self.rows = self.standardise(train.X)
        self.patterns = _directions(self.rows)
        chosen = np.random.default_rng(train.seed).permutation(len(self.rows))[: self.sample]
        self.sharpness = self.beta or self._sharpness(chosen)
        left_out = [self._score_block(self.rows[part], part) for part in self._parts(chosen)]
        self.threshold = float(np.quantile(np.concatenate(left_out), 1 - self.contamination))

    def score(self, X: Floats) -> Floats:
        return np.concatenate([self._score_block(part) for part in self._parts(self.standardise(X))])

    def _parts(self, rows: np.ndarray) -> Iterator[np.ndarray]:
        return (rows[block] for block in blocks(len(rows), len(self.patterns)))

    def _sharpness(self, chosen: np.ndarray) -> float:
        """Inverse of the median squared distance to the tenth nearest of the stored rows."""
        others = min(NEIGHBOUR, len(self.patterns) - 1)
        cosines = [
            np.partition(self._cosines(self.rows[part], part), -others, axis=1)[:, -others]
            for part in self._parts(chosen)
        ]
        return 1 / max(CLOSE, 2 - 2 * float(np.median(np.concatenate(cosines))))

    def _cosines(self, rows: Floats, left_out: np.ndarray | None = None) -> Floats:
        cosines = _directions(rows) @ self.patterns.T
        if left_out is not None and len(self.patterns) > 1:
            cosines[np.arange(len(rows)), left_out] = -np.inf
        return cosines

    def _score_block(self, rows: Floats, left_out: np.ndarray | None = None) -> Floats:
        from scipy.special import logsumexp, softmax

        agreement = self.sharpness * self._cosines(rows, left_out)
        if self.by == "energy":
            return -logsumexp(agreement, axis=1) / self.sharpness
        return np.linalg.norm(rows - softmax(agreement, axis=1) @ self.rows, axis=1)


def _directions(rows: Floats) -> Floats:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
