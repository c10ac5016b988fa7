"""ADBench's tables as ADBench itself splits them, to compare with its figures and for nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench import Split, dataset

from ._npz import HINT, file_hash, files, legacy_state, read

if TYPE_CHECKING:
    import numpy as np

# What is smaller is drawn with replacement up to the first, what is larger is sampled.
FEWEST, MOST = 1000, 10_000
TEST = 0.3


@dataset(variants=files, fingerprint=file_hash, hint=HINT)
def adbench_protocol(rng: np.random.Generator, file: str) -> Split:
    """A table split as by ADBench, to compare with its figures: adbench_protocol:6_cardio.

    Not a fair test: a table of fewer than 1000 rows is first drawn with replacement up to that number, so
    that equal rows are trained on and tested on; copies that the file holds are parted, too. Of more than
    10 000 rows, 10 000 are kept. Then 30 % of the rows, stratified by label, are the test. Columns are scaled
    to [0, 1] by all training rows, whatever the regime. The draws are ADBench's own for the seed of the
    trial, which in its tables is 1, 2 or 3; only which anomalies carry a label is drawn by the harness.

    Source: Han et al., ADBench, NeurIPS 2022 (the authors' code: Minqi824/ADBench).
    """
    import numpy as np
    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import MinMaxScaler

    X, y = read(file)
    state = legacy_state(rng)
    if len(y) < FEWEST:
        rows = state.choice(len(y), FEWEST, replace=True)
    elif len(y) > MOST:
        rows = state.choice(len(y), MOST, replace=False)
    else:
        rows = np.arange(len(y))
    train, test = train_test_split(rows, test_size=TEST, stratify=y[rows], random_state=state)
    scaler = MinMaxScaler().fit(X[train])
    return Split(scaler.transform(X[train]), y[train], scaler.transform(X[test]), y[test])
