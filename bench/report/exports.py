"""Leaderboards as LaTeX, and all trials as one table for other programs."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import pandas as pd
from tabulate import tabulate

from bench import escaping
from bench.analysis.leaderboard import leaderboard
from bench.analysis.results import SuiteResults, trials
from bench.report.leaderboard import board_cells

FORMATS = {"latex": "leaderboards.tex", "csv": "trials.csv", "parquet": "trials.parquet"}
# tabulate escapes what is special to LaTeX, but leaves these.
_SIGNS = str.maketrans({
    "†": r"\textdagger{}", "‡": r"\textdaggerdbl{}", "§": r"\S{}", "¶": r"\P{}", "±": r"$\pm$", "→": r"$\to$",
    "–": "--", "⚠": "!",
})  # fmt: skip


def export(loaded: Sequence[SuiteResults], form: str) -> bytes:
    """The content of the file for one of `FORMATS`."""
    if form == "latex":
        return latex(loaded).encode()
    if form == "csv":
        return escaping.csv(trials(loaded)).encode()
    buffer = BytesIO()
    _uniform(trials(loaded)).to_parquet(buffer, index=False)
    return buffer.getvalue()


def latex(loaded: Sequence[SuiteResults]) -> str:
    """A table for each suite and regime, with a caption and a label to refer to."""
    tables = [_latex_table(results, regime) for results in loaded for regime in results.regimes()]
    return "% Needs \\usepackage{booktabs}.\n\n" + "\n\n".join(tables) + "\n"


def _latex_table(results: SuiteResults, regime: str) -> str:
    board = leaderboard(results, regime)
    headers, rows = board_cells(board)
    align = ["right", "left", *["right"] * (len(headers) - 2)]
    texts = [[escaping.one_line(str(cell)) for cell in row] for row in rows]
    body = tabulate(texts, headers, tablefmt="latex_booktabs", colalign=align, disable_numparse=True)
    caption = escaping.latex(f"{results.title}: {regime}")
    return "\n".join(
        [
            r"\begin{table}",
            rf"\caption{{{caption}}}",
            rf"\label{{{escaping.latex_label(f'tab:{results.name}-{regime}')}}}",
            body.translate(_SIGNS),
            r"\end{table}",
        ]
    )


def _uniform(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with one type a column: what is said of contamination is a fraction or "known"."""
    return frame.assign(contamination=frame["contamination"].astype(str))
