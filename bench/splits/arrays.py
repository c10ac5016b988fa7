"""Types of arrays, as plugins and the harness annotate them. It imports numpy, and `bench` does so late."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

# Rows, shape (n, d), or scores, shape (n,).
Floats = NDArray[np.float64]
# Shape (n,): 1 anomalous, 0 normal, -1 unlabelled.
Labels = NDArray[np.int8]
# From rows, shape (n, d), to scores, shape (n,).
Score = Callable[[Floats], Floats]
