"""Which columns drive a row's score: those without which it would be lower."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from bench.splits.arrays import Floats

# Rows whose drivers are looked for, and the most rows that are scored for it.
EXPLAINED, MOST_SCORED = 200, 20_000
NAMED = 3


def rows_to_explain(scores: Floats, columns: Sequence[str]) -> Any:
    """Places of the rows with the highest scores, as many as can be afforded."""
    count = max(10, min(EXPLAINED, MOST_SCORED // len(set(columns))))
    return np.argsort(-scores, kind="stable")[:count]


def with_typical_values(X: Floats, places: Any, columns: Sequence[str]) -> Floats:
    """The rows at ``places`` again, once for each source column, with a typical value there.

    Shape (sources * len(places), d): the median, or where a source has several columns, as text has, those
    of its most frequent value.
    """
    parts = []
    for name in dict.fromkeys(columns):
        own = np.asarray(columns) == name
        rows = X[places].copy()
        rows[:, own] = _typical(X[:, own])
        parts.append(rows)
    return np.concatenate(parts)


def _typical(values: Floats) -> Any:
    if values.shape[1] == 1:
        return np.median(values, axis=0)
    [(row, _)] = Counter(map(tuple, values)).most_common(1)
    return row


def name_drivers(scores: Floats, replaced: Floats, columns: Sequence[str]) -> list[list[str]]:
    """For each row the columns whose typical value lowers its score most, the strongest first.

    scores: of the rows, shape (m,). replaced: of `with_typical_values`, shape (sources * m,).
    """
    sources = list(dict.fromkeys(columns))
    drops = scores - replaced.reshape(len(sources), len(scores))
    found = []
    for drop in drops.T:
        order = np.argsort(-drop, kind="stable")[:NAMED]
        # A column with a tenth of the strongest one's part drives nothing.
        found.append([sources[i] for i in order if drop[i] > max(0, 0.1 * drop.max())])
    return found
