"""What became of a table's columns, as it is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.cli._output import table
from bench.tables.readings import readings

if TYPE_CHECKING:
    import pandas as pd

    from bench.cli._output import Columns
    from bench.tables import Encoder


def columns_table(frame: pd.DataFrame, encoder: Encoder) -> Columns:
    """How the columns were read, and what detectors are given of them."""
    rows = [(each.read_as, each.becomes, each.how_empty, each.named) for each in readings(frame, encoder)]
    return table(["read as", "becomes", "empty", "columns"], rows)
