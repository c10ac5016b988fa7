"""Which rows to ask a person about, and what a label on each then stands for.

Half of the rows are drawn at random from all; the other half from those that tell most: the fifth where the
candidates' ranks differ most, since a label there tells them apart, and the twentieth that the default finds
most suspicious, since anomalies are rare elsewhere. In the study, whose tables have many anomalies, other
mixes do about as well; where few rows are anomalous, those drawn at random hold hardly any.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from bench.splits.arrays import Floats

DISPUTED, SUSPICIOUS = 0.2, 0.05
SHARE_TELLING = 0.5


def telling_rows(shares: Floats, default: Floats) -> Any:
    """A mask of the rows that tell most: rank shares by candidate, shape (n, k), and the default's scores."""
    return highest(shares.std(axis=1), DISPUTED) | highest(default, SUSPICIOUS)


def highest(scores: Floats, share: float) -> Any:
    """A mask of so large a share of the rows, those with the highest scores; at least one of them."""
    mask = np.zeros(len(scores), dtype=bool)
    mask[np.argsort(-scores, kind="stable")[: max(1, round(share * len(scores)))]] = True
    return mask


def rows_to_ask(stratum: Any, open_rows: Any, count: int, rng: np.random.Generator) -> Any:
    """Places of up to ``count`` rows in random order: half from ``stratum``, the others from all rows.

    stratum, open_rows: masks; only rows that are open, those without a label, are asked for.
    """
    inside = rng.permutation(np.flatnonzero(stratum & open_rows))[: round(count * SHARE_TELLING)]
    rest = open_rows.copy()
    rest[inside] = False
    anywhere = rng.permutation(np.flatnonzero(rest))[: max(0, count - len(inside))]
    return rng.permutation(np.r_[inside, anywhere])


def row_weights(stratum: Any, labelled: Any) -> Floats:
    """How many rows each labelled one stands for, shape of the places ``labelled``.

    The stratum has a larger share of the labels than of the rows; its labels count for less accordingly.
    """
    weights = np.ones(len(labelled))
    for part in (stratum, ~stratum):
        own = part[labelled]
        if own.any():
            weights[own] = part.sum() / own.sum()
    return weights
