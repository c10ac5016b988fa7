"""Whether two arrays of scores are the same but for rounding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Scores of the same computation may differ by rounding: by this fraction of their range, and of each score.
# It is what `check` holds every detector to that does not declare the flaw "seed".
ROUNDING = 1e-6


def equal(one: NDArray[np.float64], other: NDArray[np.float64], rounding: float = ROUNDING) -> bool:
    """Whether two arrays of scores, shape (n,), are equal but for rounding.

    rounding: the tolerance, as a fraction of the range of ``one`` and of each score.
    """
    # By halves: the range of large scores may be infinite, by which all would be equal.
    return np.allclose(one / 2, other / 2, rtol=rounding, atol=rounding * float(np.ptp(one / 2)))


def difference(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """The largest difference of two arrays of scores, shape (n,), as a fraction of the range of ``one``."""
    return float(np.abs(one / 2 - other / 2).max() / (np.ptp(one / 2) or 0.5))
