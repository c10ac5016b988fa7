"""A random sample of rows that are read in chunks."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bench.tables.labels import MOST_CLASSES, as_label

# A random stream of its own: a table that was itself drawn with seed 0 must not be sampled by the same random
# numbers.
STREAM = tuple(b"rows of a table")
# The fraction of a sample within which all rows of rare labels are kept.
RARE = 0.1


def rare_rows(rare: int, rows: int, most: int) -> int:
    """How many rows of a rare class a sample of ``most`` rows holds, of ``rare`` of ``rows`` rows.

    All of them up to a tenth of the sample, so that what is to be found is not lost; where they are a larger
    fraction of the rows, as large a one of the sample.
    """
    return min(rare, round(most * max(RARE, rare / rows)))


class RowSample:
    """At most ``most`` of the rows that are added, each with the same probability.

    Where ``label`` names a column of labels, and fewer than a tenth of the rows have another label than the
    most frequent one, these are kept up to a tenth of the sample: it then has a larger share of them than the
    file.

    Which rows are kept depends on their indices only, not on the chunks: each row draws a random key, and the
    rows with the lowest keys are kept.
    """

    def __init__(self, most: int, seed: int = 0, label: str | None = None) -> None:
        self.seen = 0
        self._most = most
        self._label = label
        self._rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=STREAM))
        self._all = _LowestKeys(most)
        self._by_label: dict[str, _LowestKeys] = {}

    def add(self, chunk: pd.DataFrame) -> None:
        """Add the next rows, indexed by where each is in the file."""
        keys = self._rng.random(len(chunk))
        self.seen += len(chunk)
        self._all.add(chunk, keys)
        if self._label in chunk and len(self._by_label) <= MOST_CLASSES:
            codes, values = pd.factorize(chunk[self._label], use_na_sentinel=False)
            for code, value in enumerate(values[: MOST_CLASSES + 1]):
                rows = self._by_label.setdefault(as_label(value), _LowestKeys(self._reserve))
                rows.add(chunk[codes == code], keys[codes == code])

    def frame(self) -> pd.DataFrame:
        """The rows of the sample in their order, each with the index that it was added with."""
        frame, keys = self._all.lowest()
        frequent, rare = self._classes()
        if self.seen <= self._most or not rare:
            return frame
        reserve = _LowestKeys(self._reserve)
        for rows in rare:
            reserve.add(*rows.lowest())
        kept, _ = reserve.lowest()
        is_rare = np.array([as_label(value) != frequent for value in frame[self._label]])
        missing = kept[~kept.index.isin(frame.index)]
        others = np.sort(np.argsort(keys[~is_rare])[: self._most - is_rare.sum() - len(missing)])
        return pd.concat([frame[is_rare], missing, frame[~is_rare].iloc[others]]).sort_index()

    @property
    def _reserve(self) -> int:
        return max(1, round(RARE * self._most))

    def _classes(self) -> tuple[str, list[_LowestKeys]]:
        """The most frequent label, and the rows of the others; none where these are frequent too."""
        if not 2 <= len(self._by_label) <= MOST_CLASSES:
            return "", []
        *rare, (frequent, _) = sorted(self._by_label.items(), key=lambda item: item[1].seen)
        is_rare = sum(rows.seen for _, rows in rare) < RARE * self.seen
        return frequent, [rows for _, rows in rare] if is_rare else []


class _LowestKeys:
    """The rows with the lowest keys, at most ``most`` of those that are added."""

    def __init__(self, most: int) -> None:
        self.seen = 0
        self._most = most
        self._bound = np.inf
        self._chunks: list[pd.DataFrame] = []
        self._keys: list[np.ndarray] = []

    def add(self, chunk: pd.DataFrame, keys: np.ndarray) -> None:
        self.seen += len(chunk)
        kept = keys < self._bound
        self._chunks.append(chunk[kept])
        self._keys.append(keys[kept])
        if sum(map(len, self._keys)) > 2 * self._most:
            self._shrink()

    def lowest(self) -> tuple[pd.DataFrame, np.ndarray]:
        """The rows that are kept, in their order, and their keys."""
        if sum(map(len, self._keys)) > self._most:
            self._shrink()
        return pd.concat(self._chunks), np.concatenate(self._keys)

    def _shrink(self) -> None:
        keys = np.concatenate(self._keys)
        chosen = np.sort(np.argpartition(keys, self._most)[: self._most])
        self._chunks, self._keys = [pd.concat(self._chunks).iloc[chosen]], [keys[chosen]]
        self._bound = keys[chosen].max()
