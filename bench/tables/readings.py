"""What becomes of each column of a table: how it was read, and what detectors are given of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from bench.tables.columns import DATE, NUMBER, TEXT, kind_of
from bench.tables.encoding import Encoder

# Names of columns in a line.
NAMES_SHOWN = 6
READ_AS = {NUMBER: "numbers", TEXT: "text", DATE: "dates"}


@dataclass(frozen=True)
class Reading:
    """Columns that are read and used in one way.

    ``read_as``: "numbers", "text", "dates" or "times of day". ``empty``: of those with empty cells, the least
    and the largest fraction of them; None where no column has any.
    """

    read_as: str
    becomes: str
    names: tuple[str, ...]
    empty: tuple[float, float] | None

    @property
    def named(self) -> str:
        """The first columns; more are counted."""
        more = len(self.names) - NAMES_SHOWN
        return ", ".join(self.names[:NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")

    @property
    def how_empty(self) -> str:
        """``0.5% to 12.0%``; nothing where no cell is empty."""
        low, high = self.empty or (0.0, 0.0)
        return "" if self.empty is None else f"{low:.1%}" if low == high else f"{low:.1%} to {high:.1%}"


def readings(frame: pd.DataFrame, encoder: Encoder) -> list[Reading]:
    """The columns of a table that ``encoder`` was fitted to, those of one kind together, in their order."""
    groups: dict[tuple[str, str], list[str]] = {}
    for name, read_as, becomes in _each(frame, encoder):
        groups.setdefault((read_as, becomes), []).append(name)
    share = frame.isna().mean()
    found = []
    for (read_as, becomes), names in groups.items():
        empty = [float(share[name]) for name in names if share[name] > 0]
        found.append(Reading(read_as, becomes, tuple(names), (min(empty), max(empty)) if empty else None))
    return found


def _each(frame: pd.DataFrame, encoder: Encoder) -> Iterator[tuple[str, str, str]]:
    has_gaps = frame.isna().any()
    for name in frame.columns:
        is_clock = frame[name].dtype.kind == "m"
        read_as = "times of day" if is_clock else READ_AS[kind_of(frame[name])]
        if name in encoder.medians:
            said = ", and a column that says so" if name in encoder.gaps else ""
            yield name, read_as, "numbers" + (f"; empty cells the median{said}" if has_gaps[name] else "")
        elif name in encoder.values:
            yield name, read_as, "a column for each value"
        elif name in encoder.fractions:
            yield name, read_as, "how frequent the value is"
        elif name in encoder.cycles:
            yield name, read_as, "the place in the " + ", ".join(encoder.cycles[name])
        else:
            if frame[name].isna().all():
                yield name, read_as, "left out: empty"
                continue
            why = "different in most rows" if read_as == "text" else "of less than a day"
            yield name, read_as, f"left out: {why}"
