"""ADBench's tables as a published study splits them, for reproducing its figures and for nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench import Split, check_choice, dataset

from ._npz import HINT, file_hash, files, legacy_state, read

if TYPE_CHECKING:
    import numpy as np

# The study's bounds: what is smaller is drawn with replacement up to them, what is larger is sampled.
FEWEST, MOST = 1000, 50_000
PROTOCOLS = ("one-class", "unsupervised")


@dataset(variants=files, fingerprint=file_hash, hint=HINT)
def dte(rng: np.random.Generator, file: str, *, protocol: str = "one-class") -> Split:
    """A table split as by Livernoche et al., to reproduce their figures: dte:6_cardio.

    Not a fair test: a table of fewer than 1000 rows is first drawn with replacement up to that number, so
    that equal rows are trained on and tested on; of more than 50 000 rows, 50 000 are kept.

    ``protocol="one-class"``: the first half of the normal rows, in the file's order, is for training; the
    other half and all anomalies are the test. The harness scales both by the training rows.
    ``protocol="unsupervised"``: all rows, scaled together, are the test; as many, drawn from them with
    replacement, are for training. Random draws are the study's own for the seed of the trial. Source: On
    Diffusion Modeling for Anomaly Detection, ICLR 2024 (the authors' code: vicliv/DTE).
    """
    import numpy as np

    X, y = read(file)
    # The study's seed is the number of the run, which is the trial's seed here.
    state = legacy_state(rng)
    if len(y) < FEWEST:
        rows = state.choice(len(y), FEWEST)
        X, y = X[rows], y[rows]
    elif len(y) > MOST:
        rows = state.choice(len(y), MOST, replace=False)
        X, y = X[rows], y[rows]

    check_choice("protocol", protocol, PROTOCOLS)
    if protocol == "one-class":
        normal, anomalous = np.flatnonzero(y == 0), np.flatnonzero(y == 1)
        half = round(len(normal) / 2)
        train, test = normal[:half], np.concatenate([normal[half:], anomalous])
        return Split(X[train], y[train], X[test], y[test], scaling="standard")

    from sklearn.preprocessing import StandardScaler

    # The study's code draws here which anomalies are labelled: none, but the generator moves on.
    state.permutation(int((y == 1).sum()))
    train = state.choice(len(y), len(y))
    X = StandardScaler().fit_transform(X)
    return Split(X[train], y[train], X, y)
