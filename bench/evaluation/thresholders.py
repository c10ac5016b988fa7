"""Threshold policies that are methods of pythresh: decisions from the test rows' scores, without labels."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np

from bench.evaluation.entries import Policy

if TYPE_CHECKING:
    from numpy.typing import NDArray

LIBRARY = "pythresh"
# Those that take no more than some hundredths of a second for a thousand rows.
QUICK = (
    "chau", "clf", "dsn", "eb", "fgd", "filter", "fwfm", "gesd", "hist", "iqr", "karch", "mad", "moll",
    "mtt", "ocsvm", "qmcd", "regr", "wind", "zscore",
)  # fmt: skip
# Those that take longer, up to several seconds.
METHODS = (*QUICK, "aucp", "boot", "decomp", "gamgmm", "mcst", "mixmod", "vae", "yj")
SEED = 0


def decide(method: str, test_scores: NDArray[np.float64]) -> NDArray[np.bool_]:
    """The method's predictions by all scores together, shape (n,).

    A method may raise whatever it likes on scores that it was not made for.
    """
    thresholder = getattr(import_module(f"{LIBRARY}.thresholds.{method}"), method.upper())
    predicted: NDArray[np.bool_] = np.asarray(thresholder(random_state=SEED).eval(test_scores)) == 1
    return predicted


# By method.
THRESHOLDERS = {
    method: Policy(
        f"{LIBRARY}-{method}",
        "decisions from the test rows' scores alone",
        partial(decide, method),
        afterwards=True,
        family=LIBRARY,
    )
    for method in METHODS
}
