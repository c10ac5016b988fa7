"""Drift: how the rows of another file differ from those that a model was fitted to, column by column.

The population stability index of a column is the sum over bins of (a − e) ln(a / e), where e and a are the
fractions of the training rows and of the others in a bin. Bins of numbers are tenths of the training rows and
what lies outside of them; of texts, values. Empty cells are a bin of their own, and so are texts that
training had none of. By convention an index above 0.25 is a large change (Siddiqi, 2006). Of few rows it is
so by chance: without any drift, it is about (1 / n + 1 / m) times a chi-squared variable (Yurdakul and
Naranjo, 2020), so that it must exceed that, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from bench.tables.columns import DATE, NUMBER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

BINS = 10
# Values of texts that have a bin each; the less frequent ones share one.
MOST_VALUES = 20
MODERATE, LARGE = 0.1, 0.25
# The chance that any of the columns is called drifted where none is.
BY_CHANCE = 0.01


@dataclass(frozen=True)
class ColumnDrift:
    """A column's index, whether it is ``large`` and beyond chance, and what moved.

    ``unseen``: the fraction of rows with a text that training had none of, or a number outside of its
    ``range``, which is None of texts. ``empty``: the fractions of empty cells in training and now. ``only``:
    the value of a column that never varied in training, "" where all its cells were empty; else None.
    """

    name: str
    psi: float
    large: bool
    unseen: float
    empty: tuple[float, float]
    range: tuple[float, float] | None = None
    only: float | str | None = None

    @property
    def varies_now(self) -> bool:
        """Whether rows have another value than the only one of training."""
        return self.only is not None and self.unseen > 0


class Reference:
    """The training rows by column and bin, with which the rows of other files are compared.

    ``edges``: of numbers, the upper ends of all bins but the last. ``values``: of texts, the value of each
    bin; the next bin is for the other values of training, ``known``. ``counts``: training rows in each bin,
    of which the last but one are unseen texts and the last are empty cells.
    """

    @classmethod
    def learn(cls, rows: pd.DataFrame, kinds: Mapping[str, str]) -> Self:
        """From training rows of declared types; not of dates, which are others in each file."""
        made = cls()
        kinds = {name: kind for name, kind in kinds.items() if kind != DATE}
        made.edges, made.values, made.known = {}, {}, {}
        for name, kind in kinds.items():
            given = rows[name].dropna()
            if kind == NUMBER:
                made.edges[name] = _edges(given.to_numpy(dtype=float))
            else:
                made.known[name] = sorted(given.unique())
                made.values[name] = list(given.value_counts().index[:MOST_VALUES])
        made.counts = {name: made.binned(name, rows[name]) for name in kinds}
        made.rows = len(rows)
        return made

    edges: dict[str, Any]
    values: dict[str, list[str]]
    known: dict[str, list[str]]
    counts: dict[str, Any]
    rows: int

    @property
    def constant(self) -> dict[str, float | str]:
        """The columns that never vary in training, with their value; "" where all cells are empty."""
        return {name: only for name in self.counts if (only := self.only(name)) is not None}

    def only(self, name: str) -> float | str | None:
        """The value of a column that never varies, as `constant` has it; None of others."""
        if name in self.edges:
            # The first edge is below the lowest value; an empty number becomes the others' median.
            return float(self.edges[name][1]) if len(self.edges[name]) == 2 else None
        known, has_empty = self.known[name], self.counts[name][-1] > 0
        if len(known) + has_empty > 1:
            return None
        return known[0] if known else ""

    def range(self, name: str) -> tuple[float, float] | None:
        """The lowest and the highest number of training in a column; None of texts."""
        edges = self.edges.get(name, ())
        return (float(np.nextafter(edges[0], np.inf)), float(edges[-1])) if len(edges) else None

    def binned(self, name: str, column: pd.Series) -> Any:
        """The number of rows in each bin of a column."""
        is_empty = column.isna().to_numpy()
        if name in self.edges:
            edges = self.edges[name]
            given = column.to_numpy(dtype=float)[~is_empty]
            inside = np.bincount(np.searchsorted(edges, given), minlength=len(edges) + 1)
            return np.r_[inside, 0, is_empty.sum()]
        values = self.values[name]
        texts = pd.Index(column[~is_empty])
        place = pd.Index(values).get_indexer(texts)
        inside = np.bincount(place[place >= 0], minlength=len(values))
        others = texts[place < 0]
        seen = pd.Index(self.known[name]).get_indexer(others) >= 0
        return np.r_[inside, seen.sum(), (~seen).sum(), is_empty.sum()]


class Drift:
    """Counts of the rows of another file, added chunk by chunk."""

    def __init__(self, reference: Reference, names: Iterable[str] | None = None) -> None:
        """names: the columns to count; all that the reference has if left out."""
        self.reference = reference
        self.rows = 0
        names = reference.counts if names is None else names
        self.counts = {name: np.zeros_like(reference.counts[name]) for name in names}

    def add(self, rows: pd.DataFrame) -> None:
        """Add rows of declared types."""
        self.rows += len(rows)
        for name, counts in self.counts.items():
            counts += self.reference.binned(name, rows[name])

    def columns(self) -> list[ColumnDrift]:
        """Each column's drift: first where rows have another value than the only one of training, then the
        largest index first.
        """
        found = [self._column(name) for name in self.counts] if self.rows else []
        return sorted(found, key=lambda each: (not each.varies_now, -each.psi))

    def new_rows(self, name: str) -> int:
        """The rows with a text that training had none of, or a number outside of its range."""
        counts = self.counts[name]
        return int(counts[0] + counts[-3] if name in self.reference.edges else counts[-2])

    def _column(self, name: str) -> ColumnDrift:
        from scipy.stats import chi2

        before, now = self.reference.counts[name], self.counts[name]
        used = (before + now) > 0
        bins = int(used.sum())
        psi = stability_index(before[used], now[used])
        chance = chi2.ppf(1 - BY_CHANCE / len(self.counts), max(bins - 1, 1))
        by_chance = chance * (1 / self.reference.rows + 1 / self.rows)
        return ColumnDrift(
            name,
            psi,
            psi > max(LARGE, by_chance),
            self.new_rows(name) / self.rows,
            (float(before[-1] / self.reference.rows), float(now[-1] / self.rows)),
            self.reference.range(name),
            self.reference.only(name),
        )


def _edges(numbers: Any) -> Any:
    """The upper ends of the bins of numbers: tenths, or values where there are few; two lie outside."""
    if not len(numbers):
        return numbers
    values = np.unique(numbers)
    parts = values if len(values) <= BINS else np.quantile(numbers, np.arange(1, BINS + 1) / BINS)
    return np.unique(np.r_[np.nextafter(values[0], -np.inf), parts, values[-1]])


def stability_index(expected: Any, actual: Any) -> float:
    """The population stability index of counts by bin; half a row more in each, for bins without any."""
    e, a = ((counts + 0.5) / (counts + 0.5).sum() for counts in (expected, actual))
    return float(((a - e) * np.log(a / e)).sum())
