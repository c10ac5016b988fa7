"""A uniform sample of rows that are read a chunk at a time."""

from __future__ import annotations

import numpy as np
import pandas as pd

# A stream that no one else draws from: a table that was itself drawn with seed 0 must not come out as those
# of its rows that drew low numbers.
STREAM = tuple(b"rows of a table")


class RowSample:
    """At most ``most`` of the rows that are added, each as likely as any other.

    Which ones depends on their places alone, not on how they are cut into chunks: each row draws a key, and
    those with the lowest keys are kept.
    """

    def __init__(self, most: int, seed: int = 0) -> None:
        self.seen = 0
        self._most = most
        self._rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=STREAM))
        self._bound = np.inf
        self._chunks: list[pd.DataFrame] = []
        self._keys: list[np.ndarray] = []

    def add(self, chunk: pd.DataFrame) -> None:
        """Take the next rows into account."""
        keys = self._rng.random(len(chunk))
        chunk = chunk.set_axis(range(self.seen, self.seen + len(chunk)))
        self.seen += len(chunk)
        kept = keys < self._bound
        self._chunks.append(chunk[kept])
        self._keys.append(keys[kept])
        if sum(map(len, self._keys)) > 2 * self._most:
            self._shrink()

    def frame(self) -> pd.DataFrame:
        """The rows of the sample in their order; the index holds each row's place among all, from 0."""
        if sum(map(len, self._keys)) > self._most:
            self._shrink()
        return pd.concat(self._chunks)

    def _shrink(self) -> None:
        keys = np.concatenate(self._keys)
        chosen = np.sort(np.argpartition(keys, self._most)[: self._most])
        self._chunks, self._keys = [pd.concat(self._chunks).iloc[chosen]], [keys[chosen]]
        self._bound = keys[chosen].max()
