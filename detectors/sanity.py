"""Rows that show what the harness makes of a detector that knows nothing."""

from __future__ import annotations

import numpy as np

from bench import Floats, Train, detector


@detector(family="baseline", cost=0, regimes=("unsupervised", "one-class", "semi-supervised", "supervised"))
class RandomScore:
    """A uniform random score for each distinct row: what chance achieves.

    It predicts a fraction ``contamination`` of the rows to be anomalous.
    """

    def __init__(self, contamination: float = 0.1) -> None:
        self.contamination = contamination

    def fit(self, train: Train) -> None:
        self.seed = train.seed
        self.threshold = 1 - self.contamination

    def score(self, X: Floats) -> Floats:
        from hashlib import blake2b

        key = self.seed.to_bytes(8, "little")
        rows = np.asarray(X, dtype=np.float64)
        hashes = b"".join(blake2b(row.tobytes(), digest_size=8, key=key).digest() for row in rows)
        return np.frombuffer(hashes, dtype="<u8") / 2.0**64


@detector(
    family="baseline", cost=0, deterministic=True,
    regimes=("unsupervised", "one-class", "semi-supervised", "supervised"),
)  # fmt: skip
class ConstantScore:
    """The same score for each row: must be recorded as a failure, never as an AUC of 0.5."""

    def fit(self, train: Train) -> None:
        pass

    def score(self, X: Floats) -> Floats:
        return np.zeros(len(X))
