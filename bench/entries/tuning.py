"""Whether figures stand with other seeds: those that were tuned on the test labels of some seeds do not.

With an honest detector, the seeds of a suite are as good as any others: on a dataset, under a regime, the
figures with these and with those are drawn alike, and may be exchanged. That is tested by permuting them
within each dataset, which asks nothing of how they are distributed (Pitman, 1937).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from bench.splits.arrays import Floats

# How often an honest entry may be refused.
ALPHA = 0.001
# What is smaller does not matter.
LEAST_DROP = 0.02
# Seeds for each dataset, so that a p-value can come below `ALPHA`, and no more than anybody waits for.
FEWEST, MOST = 3, 20
_DRAWS = 50_000
# Between what can be reached and what must be, so that chance in the draws of permutations does not decide.
_MARGIN = 2


def seeds_needed(stated: Sequence[int], alpha: float = ALPHA) -> int:
    """How many other seeds each dataset needs. ``stated``: how many seeds it has in the entry, for each."""
    for others in range(FEWEST, MOST):
        if math.prod(math.comb(seeds + others, seeds) for seeds in stated) >= _MARGIN / alpha:
            return others
    return MOST


def drop(stated: Sequence[Floats], others: Sequence[Floats]) -> float:
    """By how much the mean figure is lower with other seeds, the mean over datasets.

    stated, others: for each dataset the figures with the seeds of the entry, and with others.
    """
    return float(np.mean([a.mean() - b.mean() for a, b in zip(stated, others, strict=True)]))


def p_value(stated: Sequence[Floats], others: Sequence[Floats], rng: np.random.Generator) -> float:
    """How probable so large a drop is where seeds make no difference; arguments as in `drop`."""
    drops = np.zeros(_DRAWS)
    for a, b in zip(stated, others, strict=True):
        together = np.concatenate([a, b])
        shuffled = rng.permuted(np.broadcast_to(together, (_DRAWS, len(together))), axis=1)
        drops += shuffled[:, : len(a)].mean(axis=1) - shuffled[:, len(a) :].mean(axis=1)
    # A sum of the same numbers in another order is no larger one.
    as_large = drops >= len(stated) * drop(stated, others) - 1e-12
    return float((1 + as_large.sum()) / (1 + _DRAWS))
