"""Standardising columns by the training rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from bench.splits.arrays import Floats


class Standard:
    """Zero mean and unit variance, as fitted on some rows; a constant column gets no other scale.

    To the last bit what scikit-learn's StandardScaler does, which would take a second to import in every
    worker.
    """

    def __init__(self, X: Floats) -> None:
        n = len(X)
        self.mean = X.sum(axis=0) / n
        centred = X - self.mean
        correction = centred.sum(axis=0)
        variance = ((centred**2).sum(axis=0) - correction**2 / n) / n
        rounding = np.finfo(np.float64).eps * n
        is_constant = variance <= rounding * variance + (rounding * self.mean) ** 2
        self.scale = np.where(is_constant, 1.0, np.sqrt(variance))

    def transform(self, X: Floats) -> Floats:
        """The rows in units of the fitted ones, in a new array."""
        scaled: Floats = (X - self.mean) / self.scale
        return scaled

    def inverse_transform(self, X: Floats) -> Floats:
        """The rows as they were."""
        unscaled: Floats = X * self.scale + self.mean
        return unscaled
