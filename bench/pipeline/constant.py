"""Columns that never vary in training: what is said of them when a model is fitted, and when rows are scored.

No tree splits such a column and a histogram has one bin for it, so that another value, such as a flag that is
set for the first time, need not raise a score.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from bench.errors import BenchWarning

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.pipeline.drift import Drift, Reference

# Columns named in a message, and characters of a value; more are counted, and cut.
MOST_NAMED, MOST_CHARACTERS = 3, 30


def warn_of_constants(reference: Reference, file: str) -> None:
    """Warn of columns that never vary in the training rows. file: their name."""
    if constant := reference.constant:
        columns = [f"{name!r} ({_shown(value)})" for name, value in constant.items()]
        warnings.warn(
            f"{file}: one value in all rows, from which a detector cannot learn: {_named(columns)}; "
            "`score` says how many rows of another file have another value there",
            BenchWarning,
            stacklevel=3,
        )


def warn_of_new_values(drift: Drift, file: str) -> None:
    """Warn of rows with another value than the only one of training. file: their name."""
    found = [(drift.new_rows(name), name, value) for name, value in drift.reference.constant.items()]
    new = sorted((each for each in found if each[0]), key=lambda each: -each[0])
    if not new:
        return
    columns = [f"{rows:,} in {name!r} (was {_shown(value)})" for rows, name, value in new]
    warnings.warn(
        f"{file}: rows with another value than all rows that the model learnt from: {_named(columns)}; "
        "their scores may not show it: look at them",
        BenchWarning,
        stacklevel=3,
    )


def _shown(value: float | str) -> str:
    if not isinstance(value, str):
        return f"{value:.6g}"
    if not value:
        return "empty"
    return repr(value if len(value) <= MOST_CHARACTERS else value[: MOST_CHARACTERS - 1] + "…")


def _named(columns: Sequence[str]) -> str:
    more = len(columns) - MOST_NAMED
    return ", ".join(columns[:MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")
