"""The npz files of a folder, in ADBench's format: arrays X (rows x columns) and y (0 normal, 1 anomalous)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench import Duplicates, Scaling, Split, dataset

from ._npz import HINT, file_hash, files, read

if TYPE_CHECKING:
    import numpy as np


@dataset(variants=files, fingerprint=file_hash, hint=HINT)
def adbench(
    rng: np.random.Generator,
    file: str,
    *,
    test: float = 0.3,
    calibration: float = 0.2,
    scaling: Scaling = "standard",
    duplicates: Duplicates = "group",
    rows: int = 0,
) -> Split:
    """A table from an npz file of --data-dir, or one of ADBench's that was pulled: adbench:6_cardio.

    Split at random, stratified by label: ``test`` and ``calibration`` are fractions of all rows.
    ``duplicates``: equal rows fall on one side (group), only the first of them is kept (drop), or each is a
    row of its own, and detectors are tested on rows that they have seen (keep). ``rows``:
    of more rows than this, a random sample is used; its anomalies are all that there are up to a tenth of it,
    or their fraction of the table where that is more; 0 uses all. Source of the format: Han et al., ADBench,
    NeurIPS 2022.
    """
    X, y = read(file)
    if 0 < rows < len(y):
        chosen = _sample(y, rows, rng.spawn(1)[0])
        X, y = X[chosen], y[chosen]
    return Split.stratified(
        X, y, rng, test=test, calibration=calibration, scaling=scaling, duplicates=duplicates
    )


def _sample(y: np.ndarray, rows: int, rng: np.random.Generator) -> np.ndarray:
    """Indices of ``rows`` rows, in their order."""
    import numpy as np

    from bench.tables import rare_rows

    places = [rng.permutation(np.flatnonzero(y == value)) for value in (0, 1)]
    common, rare = sorted(places, key=len, reverse=True)
    kept = rare_rows(len(rare), len(y), rows)
    return np.sort(np.r_[common[: rows - kept], rare[:kept]])
