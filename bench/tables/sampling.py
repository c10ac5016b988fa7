"""A uniform sample of rows that are read in chunks."""

from __future__ import annotations

import numpy as np
import pandas as pd

# A random stream of its own: a table that was itself drawn with seed 0 must not be sampled by the same random
# numbers.
STREAM = tuple(b"rows of a table")


class RowSample:
    """At most ``most`` of the rows that are added, each with the same probability.

    Which ones depends on their indices only, not on the chunks: each row draws a random key, and the rows
    with the lowest keys are kept.
    """

    def __init__(self, most: int, seed: int = 0) -> None:
        self.seen = 0
        self._most = most
        self._rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=STREAM))
        self._bound = np.inf
        self._chunks: list[pd.DataFrame] = []
        self._keys: list[np.ndarray] = []

    def add(self, chunk: pd.DataFrame) -> None:
        """Add the next rows."""
        keys = self._rng.random(len(chunk))
        chunk = chunk.set_axis(range(self.seen, self.seen + len(chunk)))
        self.seen += len(chunk)
        kept = keys < self._bound
        self._chunks.append(chunk[kept])
        self._keys.append(keys[kept])
        if sum(map(len, self._keys)) > 2 * self._most:
            self._shrink()

    def frame(self) -> pd.DataFrame:
        """The rows of the sample in their order; the frame's index is each row's index among all, from 0."""
        if sum(map(len, self._keys)) > self._most:
            self._shrink()
        return pd.concat(self._chunks)

    def _shrink(self) -> None:
        keys = np.concatenate(self._keys)
        chosen = np.sort(np.argpartition(keys, self._most)[: self._most])
        self._chunks, self._keys = [pd.concat(self._chunks).iloc[chosen]], [keys[chosen]]
        self._bound = keys[chosen].max()
