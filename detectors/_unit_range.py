"""Rows brought to the range from 0 to 1, each by its own least and greatest value."""

from __future__ import annotations

import numpy as np

from bench import Floats

# A range that is smaller than this fraction of the values is rounding, not a shape.
ROUNDING = 1e-12


def in_unit_range(X: Floats) -> Floats:
    """Rows of shape (n, d), each stretched to [0, 1]; a constant row becomes zeros."""
    lowest, highest = X.min(axis=1, keepdims=True), X.max(axis=1, keepdims=True)
    size = highest - lowest
    varies = size > ROUNDING * np.maximum(abs(lowest), abs(highest))
    return np.where(varies, X - lowest, 0.0) / np.where(varies, size, 1.0)


def as_mass(X: Floats) -> Floats:
    """Rows that sum to 1, each as masses above its least value; a constant row is spread evenly."""
    mass = in_unit_range(X)
    mass[mass.max(axis=1) == 0] = 1.0
    return mass / mass.sum(axis=1, keepdims=True)
