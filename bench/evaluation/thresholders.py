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
# Those that take no more than some tenths of a second for a thousand rows, and heed no order of them.
QUICK = (
    "chau", "clf", "dsn", "eb", "fgd", "fwfm", "gesd", "hist", "iqr", "karch", "mad", "moll", "mtt", "qmcd",
    "wind", "zscore",
)  # fmt: skip
# Those that decide otherwise when the same scores come in another order.
BY_ORDER = ("boot", "comb", "filter", "ocsvm", "regr", "vae")
# Those that take longer, up to minutes.
SLOW = ("aucp", "decomp", "gamgmm", "mcst", "mixmod", "yj")
METHODS = (*QUICK, *BY_ORDER, *SLOW)
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
        order_matters=method in BY_ORDER,
    )
    for method in METHODS
}
