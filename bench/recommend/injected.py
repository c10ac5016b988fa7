"""Anomalies made up from a table's own rows, to show what each detector would see or miss.

They say nothing of which detector is best: to choose by them is worse than to choose at random.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from bench.splits.arrays import Floats

# How far a local anomaly is from its row, and a cluster from all rows, in standard deviations of a column;
# and in how many columns a local one is moved.
LOCAL, FAR = 2.5, 3.0
MOVED = 3
EACH = 100
# A detector sees a row that it ranks among so large a share of the highest.
SEEN = 0.05

Make = Callable[["Floats", Any, np.random.Generator], "Floats"]


def local(rows: Floats, numeric: Any, rng: np.random.Generator) -> Floats:
    """Rows moved a little, each by itself and in a few columns of its own."""
    order = np.where(numeric, rng.random(rows.shape), 2).argsort(axis=1).argsort(axis=1)
    return rows + np.where((order < MOVED) & numeric, LOCAL * rng.standard_normal(rows.shape), 0)


def spread_out(rows: Floats, numeric: Any, rng: np.random.Generator) -> Floats:
    """Rows anywhere within the columns' ranges and a tenth beyond."""
    low, high = rows.min(axis=0), rows.max(axis=0)
    anywhere = rng.uniform(low - 0.1 * (high - low), high + 0.1 * (high - low), rows.shape)
    return np.where(numeric, anywhere, rows)


def independent(rows: Floats, columns: Any, rng: np.random.Generator) -> Floats:
    """Rows put together from values of different rows, so that columns depend on each other no longer."""
    mixed = rows.copy()
    for name in dict.fromkeys(columns):
        own = np.asarray(columns) == name
        mixed[:, own] = rows[rng.permutation(len(rows))][:, own]
    return mixed


def cluster(rows: Floats, numeric: Any, rng: np.random.Generator) -> Floats:
    """Rows close to each other and far from all."""
    centre = np.median(rows, axis=0) + FAR * rng.choice([-1.0, 1.0], rows.shape[1])
    return np.where(numeric, centre + 0.2 * rng.standard_normal(rows.shape), rows)


def injected(X: Floats, columns: Any, seed: int) -> dict[str, Floats]:
    """Made-up anomalies of four kinds, each of shape (m, d); none where no column holds numbers."""
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


def share_seen(scores: Floats, made_up: Floats) -> float:
    """The share of made-up rows whose scores are among the highest of the table's."""
    return float((made_up > np.quantile(scores, 1 - SEEN)).mean())
