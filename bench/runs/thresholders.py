"""Threshold policies that are methods of pythresh: thresholds from scores alone, without labels."""

from __future__ import annotations

from fnmatch import fnmatchcase
from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np

from bench.errors import check_installed, unknown
from bench.trials.guard import quiet

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Those that take no more than some hundredths of a second for a thousand rows.
QUICK = (
    "chau", "clf", "dsn", "eb", "fgd", "filter", "fwfm", "gesd", "hist", "iqr", "karch", "mad", "moll",
    "mtt", "ocsvm", "qmcd", "regr", "wind", "zscore",
)  # fmt: skip
# Those that take longer, up to several seconds.
METHODS = (*QUICK, "aucp", "boot", "decomp", "gamgmm", "mcst", "mixmod", "vae", "yj")
PREFIX = "pythresh-"
SEED = 0


def policy_of(method: str) -> str:
    """The policy's name: ``pythresh-iqr``."""
    return PREFIX + method


def choose_methods(patterns: str | None) -> list[str]:
    """The methods that a comma-separated list of globs names; the quick ones for None.

    Raises BenchError for a pattern that names none.
    """
    if patterns is None:
        return list(QUICK)
    chosen: dict[str, None] = {}
    for pattern in patterns.split(","):
        found = [method for method in METHODS if fnmatchcase(method, pattern.strip())]
        if not found:
            raise unknown("threshold method", pattern.strip(), METHODS)
        chosen |= dict.fromkeys(found)
    return list(chosen)


def pythresh_version() -> str:
    """The version that is installed; BenchError where none is."""
    check_installed("pythresh", "a threshold method", extra="thresholds")
    return version("pythresh")


def called(method: str, scores: NDArray[np.float64]) -> NDArray[np.bool_] | None:
    """Which rows the method calls anomalous, by all scores together, shape (n,).

    None where it has no answer for such scores.
    """
    thresholder = getattr(import_module(f"pythresh.thresholds.{method}"), method.upper())
    with quiet(SEED):
        try:
            decided = thresholder(random_state=SEED).eval(scores)
        except Exception:  # a method may fail in any way on scores that it was not made for
            return None
    rows: NDArray[np.bool_] = np.asarray(decided) == 1
    return rows
