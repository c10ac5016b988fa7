"""What is to be known of a dataset before a figure on it is believed: copies, leaks, constant columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from msgspec import Meta, Struct

from bench.splits.grouping import Indices, equal_rows
from bench.splits.split import Split

if TYPE_CHECKING:
    from bench.splits.arrays import Floats, Labels

# A column is nearly constant when one value fills this fraction of it.
NEARLY = 0.99
Share = Annotated[float, Meta(ge=0, le=1)]


@dataclass(frozen=True)
class Audit:
    """What was found in a split, all of it before scaling. Shares are of 1.

    What is about equal rows is None of series: that points have equal values says nothing.

    - ``copies``: fraction of rows that equal an earlier row, of all parts together
    - ``anomalies``, ``distinct_anomalies``: anomalous rows, and those that differ from one another
    - ``conflicts``: rows that equal a row with the other label
    - ``leak``: fraction of test rows that equal a training row
    - ``naive_leak``: the fraction to be expected if copies were split as rows of their own
    - ``constant``, ``nearly_constant``: columns of the training rows
    - ``prevalence``: fraction of anomalies in each part
    """

    rows: int
    columns: int
    anomalies: int
    distinct_anomalies: int | None
    copies: float | None
    conflicts: int | None
    leak: float | None
    naive_leak: float | None
    constant: tuple[int, ...]
    nearly_constant: tuple[int, ...]
    prevalence: Mapping[str, float]


def audit(split: Split) -> Audit:
    parts = {"train": split.train, "calibration": split.calibration, "test": split.test}
    given = {name: part for name, part in parts.items() if part is not None}
    y = np.concatenate([part.y for part in given.values()])
    constant, nearly_constant = _constant_columns(split.X_train)
    equal = _of_equal_rows(split, y, [part.X for part in given.values()])
    return Audit(
        rows=len(y),
        columns=split.X_train.shape[1],
        anomalies=int(y.sum()),
        constant=constant,
        nearly_constant=nearly_constant,
        prevalence={name: float(part.y.mean()) for name, part in given.items()},
        **equal,
    )


def _of_equal_rows(split: Split, y: Labels, parts: Sequence[Floats]) -> dict[str, Any]:
    """The fields of `Audit` that are about equal rows. ``y``: the labels of all ``parts``."""
    if split.timeline is not None:
        return dict.fromkeys(("distinct_anomalies", "copies", "conflicts", "leak", "naive_leak"))
    group = _groups(*parts)
    sizes = np.bincount(group, minlength=len(group))
    anomalous = np.bincount(group, y, minlength=len(group))
    in_both_classes = (anomalous > 0) & (anomalous < sizes)
    return {
        "distinct_anomalies": int((anomalous > 0).sum()),
        "copies": _share_of_copies(group),
        "conflicts": int(in_both_classes[group].sum()),
        "leak": _leak(group[: len(split.y_train)], group[-len(split.y_test) :]),
        "naive_leak": _naive_leak(sizes[group], len(split.y_train) / len(y)),
    }


class Copies(Struct, frozen=True, gc=False):
    """What a record says of the rows that its regime shows; None where it is older than the audit.

    ``test_in_train``: fraction of test rows that equal a row learnt from. ``train_copies``: fraction of the
    rows learnt from that equal an earlier one.
    """

    test_in_train: Share | None = None
    train_copies: Share | None = None


def shown(learnt: Sequence[Floats], tested: Floats) -> Copies:
    """What a record says of the rows that its regime shows.

    ``learnt``: rows that a detector may learn from, arrays of shape (n, d). ``tested``: the test rows.
    """
    group = _groups(*learnt, tested)
    first, last = group[: -len(tested)], group[-len(tested) :]
    return Copies(_leak(first, last), _share_of_copies(first))


def _groups(*parts: Floats) -> Indices:
    """For each row of the parts, laid end to end, the index of the first one that equals it."""
    return equal_rows(np.concatenate(parts))


def _share_of_copies(group: Indices) -> float:
    return float((group != np.arange(len(group))).mean()) if len(group) else 0.0


def _leak(learnt: Indices, tested: Indices) -> float:
    """The fraction of tested rows that equal one of the rows learnt from, which come first."""
    return float((tested < len(learnt)).mean())


def _naive_leak(sizes: Indices, train: float) -> float:
    """The mean over rows of the probability that one of a row's copies is a training row when it is not.

    ``sizes``: how many rows equal each row, itself among them.
    """
    return float((1 - (1 - train) ** (sizes - 1)).mean())


def _constant_columns(X: Floats) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The columns with one value, and those that are nearly so."""
    # A value that fills more than half of a column is its middle one.
    middle = np.partition(X, len(X) // 2, axis=0)[len(X) // 2]
    share = (middle == X).mean(axis=0)
    nearly = np.flatnonzero((share >= NEARLY) & (share < 1))
    return tuple(np.flatnonzero(share == 1).tolist()), tuple(nearly.tolist())
