"""The detectors that are recommended from: quick ones of different kinds, and two ensembles of them."""

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
# One looks at each column by itself, the other at all of them together. No pair of quick candidates lost
# less in the study, whichever dataset is left out.
TRUSTED = ("hbos", "knn:n_neighbors=20")
DEFAULT = f"rank_mean:of={'+'.join(TRUSTED)}"
WEIGHTED = "label_weighted"


def prior_weights(names: tuple[str, ...] = CANDIDATES) -> Floats:
    """The weights of the candidates before any label is known: all on those of the default."""
    return np.array([float(name in TRUSTED) for name in names]) / len(TRUSTED)


def default_shares(shares: Floats, names: tuple[str, ...] = CANDIDATES) -> Floats:
    """The default's score of rows from their rank shares by each candidate, shape (n, k)."""
    mean: Floats = shares @ prior_weights(names)
    return mean


def weighted_scores(shares: Floats, weights: Floats) -> Floats:
    """The score of candidates with weights, from their rank shares of the rows, shape (n, k)."""
    scores: Floats = log_odds(shares) @ weights
    return scores


def described(name: str) -> str:
    """A candidate as a person would call it."""
    spec = Spec.parse(name)
    if spec.name == "rank_mean":
        return "mean rank of " + " and ".join(str(spec.params["of"]).split("+"))
    if spec.name == WEIGHTED:
        return "the candidates together, weighted by your labels"
    return name
