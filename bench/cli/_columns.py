"""What became of a table's columns, as it is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.cli._output import table
from bench.tables.readings import readings

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

    from bench.tables import Encoder

# Names of columns in a line; more are counted.
COLUMNS_SHOWN = 6


def columns_table(frame: pd.DataFrame, encoder: Encoder) -> Table:
    """How the columns were read, and what detectors are given of them."""
    rows = []
    for each in readings(frame, encoder):
        names = ", ".join(each.names[:COLUMNS_SHOWN])
        more = len(each.names) - COLUMNS_SHOWN
        low, high = each.empty or (0.0, 0.0)
        empty = "" if each.empty is None else f"{low:.1%}" if low == high else f"{low:.1%} to {high:.1%}"
        names += f" and {more} more" if more > 0 else ""
        rows.append((each.read_as, each.becomes, empty, names))
    return table(["read as", "becomes", "empty", "columns"], rows)
