"""Leaderboards on the terminal."""

from __future__ import annotations

from typing import Any

from rich.table import Table
from rich.text import Text

from bench.analysis.leaderboard import leaderboard
from bench.analysis.results import SuiteResults
from bench.report.leaderboard import audit_lines, board_headers, board_rows


def print_leaderboards(results: SuiteResults, console: Any) -> None:
    """Print a leaderboard for each regime; means only where the terminal is narrow."""
    for regime in results.regimes():
        board = leaderboard(results, regime)
        headers, rows = board_headers(board), board_rows(board)
        if console.width < 130:
            rows = [[cell.partition(" ± ")[0] for cell in row] for row in rows]
        built = Table(title=Text(f"{results.name}, {regime}"), title_justify="left", box=None, pad_edge=False)
        for i, header in enumerate(headers):
            built.add_column(header, justify="left" if i == 1 else "right", no_wrap=i != 1, overflow="fold")
        for row in rows:
            built.add_row(*(Text(cell) for cell in row))
        console.print(built)
        console.print()
    for line in audit_lines(results):
        console.print(Text(line))
