"""Which rows a user is asked to label, and how their labels are weighted (stratified sampling).

Half of the rows are drawn at random from all rows; the other half from the informative stratum: the fifth of
the rows where the candidates' ranks differ most, since labels there distinguish the candidates, and the
twentieth that the default scores highest, since anomalies are rare elsewhere. In the study, whose tables have
many anomalies, other mixes do about as well; where anomalies are rare, a random sample has hardly any.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from bench.splits.arrays import Floats

# Fractions of all rows, and of the rows to label.
DISPUTED, SUSPICIOUS = 0.2, 0.05
FRACTION_INFORMATIVE = 0.5


def informative_rows(ranks: Floats, default: Floats) -> Any:
    """A mask of the rows whose labels are the most informative, shape (n,).

    ranks: normalised ranks of the rows by each candidate, shape (n, k). default: the default's scores, shape
    (n,).
    """
    return highest(ranks.std(axis=1), DISPUTED) | highest(default, SUSPICIOUS)


def highest(scores: Floats, fraction: float) -> Any:
    """A mask of the rows with the highest scores, ``fraction`` of all; at least one row."""
    mask = np.zeros(len(scores), dtype=bool)
    mask[np.argsort(-scores, kind="stable")[: max(1, round(fraction * len(scores)))]] = True
    return mask


def rows_to_ask(stratum: Any, candidates: Any, count: int, rng: np.random.Generator) -> Any:
    """Indices of up to ``count`` rows in random order: half from ``stratum``, the others from all rows.

    stratum, candidates: masks, shape (n,); only candidates are drawn, such as the rows without a label.
    """
    inside = rng.permutation(np.flatnonzero(stratum & candidates))[: round(count * FRACTION_INFORMATIVE)]
    rest = candidates.copy()
    rest[inside] = False
    anywhere = rng.permutation(np.flatnonzero(rest))[: max(0, count - len(inside))]
    return rng.permutation(np.r_[inside, anywhere])


def row_weights(stratum: Any, labelled: Any) -> Floats:
    """The number of rows that each labelled row represents, shape (m,).

    stratum: a mask of all rows, shape (n,). labelled: indices of the labelled rows, shape (m,). The stratum
    has a larger fraction of the labels than of the rows, so its labels weigh less.
    """
    weights = np.ones(len(labelled))
    for part in (stratum, ~stratum):
        own = part[labelled]
        if own.any():
            weights[own] = part.sum() / own.sum()
    return weights
