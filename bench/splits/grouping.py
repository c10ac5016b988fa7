"""Rows that belong together, and how to part rows so that they stay together."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bench.errors import DataError
from bench.splits.arrays import Floats, Labels

Indices = NDArray[np.intp]
Duplicates = Literal["group", "drop", "keep"]

# The parts of a split, in the order in which rows are dealt out.
TEST, CALIBRATION, TRAIN = PARTS = range(3)
DUPLICATES = get_args(Duplicates)
# A group of more than this fraction of the rows that a part should have is dealt with regard to its size.
LARGE = 0.1


def equal_rows(X: Floats) -> Indices:
    """For each row the index of the first row that equals it, shape (n,); its own where there is none.

    Zero and minus zero are equal.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        sums = X.sum(axis=1)
    indices = np.arange(len(X))
    ordered = np.sort(sums)
    if (ordered[:-1] < ordered[1:]).all():  # nearly all data; the rest takes many times as long
        return indices
    # A row whose sum no other row has equals no other row: only the rest need comparing.
    _, inverse, counts = np.unique(sums, return_inverse=True, return_counts=True)
    suspects = np.flatnonzero(counts[inverse] > 1)
    contents = np.ascontiguousarray(X[suspects] + 0.0).view(f"V{X.itemsize * X.shape[1]}").ravel()
    first: dict[bytes, int] = {}
    indices[suspects] = [
        first.setdefault(row, index) for row, index in zip(contents.tolist(), suspects.tolist(), strict=True)
    ]
    return indices


def grouped(
    X: Floats, y: Labels, duplicates: Duplicates, groups: ArrayLike | None, *, parts: int
) -> tuple[Indices, Indices]:
    """The indices of the rows to keep, and for each of them that of the first one of its group.

    ``duplicates`` and ``groups`` are those of `Split.stratified`. Raises DataError for any other value. Where
    a class has fewer distinct rows than the split has ``parts``, each of its rows is a group of its own:
    together, they would leave a part without any.
    """
    if duplicates not in DUPLICATES:
        raise DataError(f"unknown duplicates={duplicates!r}; use one of: {', '.join(DUPLICATES)}")
    if groups is not None and np.shape(groups) != (len(X),):
        raise DataError(f"groups has the shape {np.shape(groups)}; it must be ({len(X)},), one for each row")
    everything = np.arange(len(X))
    copies = everything if duplicates == "keep" else equal_rows(X)
    kept = everything
    if duplicates == "drop":
        # A row that has both labels is kept once with each: neither is known to be the wrong one.
        kept = np.sort(np.unique(2 * copies + y, return_index=True)[1])
    elif duplicates == "group":
        for value in (0, 1):
            if np.count_nonzero(np.bincount(copies[y == value])) < parts:
                copies = np.where(y == value, len(X) + everything, copies)
    belonging = copies if groups is None else np.asarray(groups)
    _, first, inverse = np.unique(belonging[kept], return_index=True, return_inverse=True)
    return kept, first[inverse]


def deal(
    group: Indices, y: NDArray[np.int8], rng: np.random.Generator, *, test: float, calibration: float
) -> list[Indices]:
    """The indices of the rows for each of `PARTS`, in random order; a group is never parted.

    ``group``: for each row the index of the first one of its group. Groups are permuted and dealt out class
    by class. A group with both labels counts as what most of its rows are, as anomalous where they are even.
    """
    *class_rngs, order_rng = rng.spawn(3)
    size = np.bincount(group, minlength=len(group))
    anomalous = 2 * np.bincount(group, y, minlength=len(group)) >= size
    heads = np.flatnonzero(group == np.arange(len(group)))
    orders = [
        class_rng.permutation(heads[anomalous[heads] == value]) for value, class_rng in enumerate(class_rngs)
    ]
    part, rank = np.empty(len(group), dtype=int), np.empty(len(group), dtype=int)
    for order in orders:
        part[order] = _dealt(size[order], test, calibration)
    rank[np.concatenate(orders)] = np.arange(len(heads))
    in_order = np.argsort(rank[group], kind="stable")
    return [order_rng.permutation(in_order[part[group[in_order]] == each]) for each in PARTS]


def _dealt(size: Indices, test: float, calibration: float) -> Indices:
    """The part of each of a class's groups, which have these sizes and are in random order.

    Each part gets its share of the small groups, so that it has its share of distinct rows, whatever else is
    copied how often. The large ones follow: each belongs to the part that lacks most rows by then.
    """
    shares = np.array([test, calibration, 1 - test - calibration])
    wanted = shares * size.sum()
    is_large = size > max(1.0, LARGE * wanted[shares > 0].min(initial=np.inf))
    small = size[~is_large]
    parts = np.full(len(size), TRAIN)
    # Laid end to end, each belongs to the part that its middle lies in.
    ends = np.round(small.sum() * np.array([test, test + calibration]))
    parts[~is_large] = np.searchsorted(ends, np.cumsum(small) - small / 2, side="right")
    lacking = wanted - np.bincount(parts[~is_large], small, minlength=len(PARTS))
    for each in np.flatnonzero(is_large):
        parts[each] = np.argmax(lacking)
        lacking[parts[each]] -= size[each]
    if is_large.any():
        _give_to_empty(parts, size, wanted)
    return parts


def _give_to_empty(parts: Indices, size: Indices, wanted: Floats) -> None:
    """Give each part that should have rows and has none the smallest group of the part with most groups.

    The test comes first: of a class with one group, without it nothing could be measured.
    """
    for empty in (TEST, TRAIN, CALIBRATION):
        counts = np.bincount(parts, minlength=len(PARTS))
        most = np.argmax(counts)
        if not counts[empty] and np.round(wanted[empty]) and (counts[most] > 1 or empty == TEST):
            candidates = np.flatnonzero(parts == most)
            parts[candidates[np.argmin(size[candidates])]] = empty
