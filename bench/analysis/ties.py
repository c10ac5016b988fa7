"""When two figures are the same: all ranks, wins and tests decide it here.

Means of the same values, added up in another order, differ in their last bits. That is no difference: a test
that saw six of them, of 5e-17, gave p = 0.03.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from bench.splits.arrays import Floats

# Metrics lie between -1 and 1, and rounding moves their means by some 1e-16. Where they differ, it is by the
# step from one count of rows to the next, which takes a hundred thousand rows to come below 1e-10.
TOLERANCE = 1e-12


def without_rounding(differences: Floats) -> Floats:
    """Differences, those that rounding has made being 0; NaN stays."""
    return np.where(np.abs(differences) <= TOLERANCE, 0.0, differences)


def made_equal(values: Floats) -> Floats:
    """Values, shape (n,) or (n, m), of which those in a column that are the same but for rounding are equal.

    NaN and infinity stay.
    """
    order = np.argsort(values, axis=0, kind="stable")
    ranked = np.take_along_axis(values, order, axis=0)
    with np.errstate(invalid="ignore"):  # the difference of two infinite values
        is_new = ~(np.diff(ranked, axis=0, prepend=np.nan) <= TOLERANCE)
    # Each takes the value of the first that it is the same as.
    places = np.arange(len(values)).reshape(-1, *[1] * (values.ndim - 1))
    firsts = np.maximum.accumulate(np.where(is_new, places, 0), axis=0)
    found: Floats = np.empty_like(ranked)
    np.put_along_axis(found, order, np.take_along_axis(ranked, firsts, axis=0), axis=0)
    return found
