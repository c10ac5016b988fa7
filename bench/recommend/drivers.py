"""Which columns drive a row's score: those whose typical value would lower it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from bench.splits.arrays import Floats

# The most rows whose drivers are determined, and the most rows that are scored for that.
MOST_EXPLAINED, MOST_SCORED = 200, 20_000
# The most columns named for a row, and the least effect of one as a fraction of the strongest one's.
MOST_NAMED, LEAST_EFFECT = 3, 0.1


def rows_to_explain(scores: Floats, columns: Sequence[str]) -> Any:
    """Indices of the rows with the highest scores, highest first; fewer where there are many columns."""
    count = max(10, min(MOST_EXPLAINED, MOST_SCORED // len(set(columns))))
    return np.argsort(-scores, kind="stable")[:count]


def with_typical_values(X: Floats, chosen: Any, columns: Sequence[str]) -> Floats:
    """Copies of rows, one for each source column, with a typical value in that column.

    X: all rows, shape (n, d). chosen: indices of the rows to copy, shape (m,). columns: the source of each
    column of ``X``. Returns shape (sources * m, d). The typical value is the median, or where a source has
    several columns, as text has, its most frequent value.
    """
    parts = []
    for name in dict.fromkeys(columns):
        own = np.asarray(columns) == name
        rows = X[chosen].copy()
        rows[:, own] = _typical(X[:, own])
        parts.append(rows)
    return np.concatenate(parts)


def _typical(values: Floats) -> Any:
    if values.shape[1] == 1:
        return np.median(values, axis=0)
    [(row, _)] = Counter(map(tuple, values)).most_common(1)
    return row


def name_drivers(scores: Floats, replaced: Floats, columns: Sequence[str]) -> list[list[str]]:
    """For each row, the columns whose typical value lowers its score most, the strongest first.

    scores: of the rows, shape (m,). replaced: of the copies by `with_typical_values`, shape (sources * m,).
    """
    sources = list(dict.fromkeys(columns))
    drops = scores - replaced.reshape(len(sources), len(scores))
    found = []
    for drop in drops.T:
        order = np.argsort(-drop, kind="stable")[:MOST_NAMED]
        found.append([sources[i] for i in order if drop[i] > max(0, LEAST_EFFECT * drop.max())])
    return found
