"""Columns of zero mean and unit variance, for detectors to which distances matter."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bench import Floats


def standardiser(X: Floats) -> Callable[[Floats], Floats]:
    """A function that scales rows by the means and deviations of ``X``, to float64."""
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(X)
    return lambda rows: scaler.transform(np.asarray(rows, dtype=np.float64))
