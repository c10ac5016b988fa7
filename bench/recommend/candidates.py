"""The detectors that `recommend` chooses from: quick ones of different kinds, and two ensembles of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bench.recommend.weighting import log_odds
from bench.spec import Spec

if TYPE_CHECKING:
    from bench.splits.arrays import Floats

CANDIDATES = (
    "isolation_forest", "knn", "knn:n_neighbors=20", "lof:n_neighbors=50", "ecod", "copod", "hbos", "pca",
    "mahalanobis", "gaussian_mixture", "k_means", "inne", "histogram_neighbour_density",
)  # fmt: skip
# One reads each column by itself, the other all columns together. The study says what this pair loses, and
# what a pair does that is chosen on other tables.
TRUSTED = ("hbos", "knn:n_neighbors=20")
DEFAULT = f"rank_mean:of={'+'.join(TRUSTED)}"
WEIGHTED = "label_weighted"


def prior_weights(names: tuple[str, ...] = CANDIDATES) -> Floats:
    """The weights of the candidates without labels, shape (k,): all on those of the default."""
    return np.array([float(name in TRUSTED) for name in names]) / len(TRUSTED)


def default_scores(ranks: Floats, names: tuple[str, ...] = CANDIDATES) -> Floats:
    """The default's scores, shape (n,), from the rows' normalised ranks by each candidate, shape (n, k)."""
    mean: Floats = ranks @ prior_weights(names)
    return mean


def weighted_scores(ranks: Floats, weights: Floats) -> Floats:
    """The weighted ensemble's scores, shape (n,).

    ranks: normalised ranks of the rows by each candidate, shape (n, k). weights: shape (k,).
    """
    scores: Floats = log_odds(ranks) @ weights
    return scores


def described(name: str) -> str:
    """A candidate's name as `recommend` prints it."""
    spec = Spec.parse(name)
    if spec.name == "rank_mean":
        return "mean rank of " + " and ".join(str(spec.params["of"]).split("+"))
    if spec.name == WEIGHTED:
        return "the candidates together, weighted by your labels"
    return name
