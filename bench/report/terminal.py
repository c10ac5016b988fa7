"""Leaderboards on the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bench import escaping
from bench.analysis.cells import TableCell
from bench.analysis.leaderboard import leaderboard
from bench.analysis.results import SuiteResults
from bench.report.leaderboard import board_cells, notes

# The columns that means with their spreads need.
WIDE = 130


def print_leaderboards(results: SuiteResults, console: Console) -> None:
    """Print a leaderboard for each regime; means only where the terminal is narrow."""
    for regime in results.regimes():
        board = leaderboard(results, regime)
        headers, rows = board_cells(board)
        narrow = console.width < WIDE
        built = Table(title=Text(f"{results.name}, {regime}"), title_justify="left", box=None, pad_edge=False)
        for i, header in enumerate(headers):
            built.add_column(header, justify="left" if i == 1 else "right", no_wrap=i != 1, overflow="fold")
        for row in rows:
            built.add_row(*(Text(escaping.terminal(_text(cell, narrow))) for cell in row))
        console.print(built)
        console.print()
    for line in notes(results):
        console.print(Text(line))


def _text(cell: TableCell | str, narrow: bool) -> str:
    return cell.short if narrow and isinstance(cell, TableCell) and cell.short else str(cell)
