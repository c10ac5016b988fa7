"""Synthetic anomalies made from a table's own rows, to show which kinds each detector finds.

They do not show which detector is best: choosing by them was measured to be worse than choosing at random.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from bench.splits.arrays import Floats

# The distance of a local anomaly from its row, and of a cluster from all rows, in standard deviations of a
# column; and the number of columns in which a local one is moved.
LOCAL, FAR = 2.5, 3.0
MOVED = 3
# The number of anomalies of each kind.
EACH = 100
# A detector finds an anomaly that it scores above all but this fraction of the table's rows.
TOP_FRACTION = 0.05

Make = Callable[["Floats", Any, np.random.Generator], "Floats"]


def local(rows: Floats, numeric: Any, rng: np.random.Generator) -> Floats:
    """Rows moved a little, each by itself and in a few columns of its own."""
    order = np.where(numeric, rng.random(rows.shape), 2).argsort(axis=1).argsort(axis=1)
    return rows + np.where((order < MOVED) & numeric, LOCAL * rng.standard_normal(rows.shape), 0)


def spread_out(rows: Floats, numeric: Any, rng: np.random.Generator) -> Floats:
    """Rows drawn uniformly within the columns' ranges and a tenth beyond."""
    low, high = rows.min(axis=0), rows.max(axis=0)
    anywhere = rng.uniform(low - 0.1 * (high - low), high + 0.1 * (high - low), rows.shape)
    return np.where(numeric, anywhere, rows)


def independent(rows: Floats, columns: Any, rng: np.random.Generator) -> Floats:
    """Rows whose columns are drawn from different rows, so that they do not depend on each other."""
    mixed = rows.copy()
    for name in dict.fromkeys(columns):
        own = np.asarray(columns) == name
        mixed[:, own] = rows[rng.permutation(len(rows))][:, own]
    return mixed


def cluster(rows: Floats, numeric: Any, rng: np.random.Generator) -> Floats:
    """Rows close to each other and far from all others."""
    centre = np.median(rows, axis=0) + FAR * rng.choice([-1.0, 1.0], rows.shape[1])
    return np.where(numeric, centre + 0.2 * rng.standard_normal(rows.shape), rows)


def injected(X: Floats, columns: Any, seed: int) -> dict[str, Floats]:
    """Synthetic anomalies by kind, each of shape (m, d); none where no column has numbers.

    X: rows, shape (n, d). columns: the source of each column of ``X``.
    """
    numeric = np.array([len(np.unique(column)) > 2 for column in X.T])
    if not numeric.any():
        return {}
    rng = np.random.default_rng(seed)
    made = {}
    for name, make, how in (
        ("local", local, numeric), ("global", spread_out, numeric),
        ("dependency", independent, columns), ("cluster", cluster, numeric),
    ):  # fmt: skip
        rows = X[rng.choice(len(X), min(EACH, len(X)), replace=False)]
        made[name] = make(rows, how, rng)
    return made


def fraction_found(scores: Floats, injected_scores: Floats) -> float:
    """The fraction of synthetic anomalies that score above all but `TOP_FRACTION` of the table's rows.

    scores: of the table's rows, shape (n,). injected_scores: of the anomalies, shape (m,).
    """
    return float((injected_scores > np.quantile(scores, 1 - TOP_FRACTION)).mean())
