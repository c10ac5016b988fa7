"""The text that ``recommend`` prints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from bench.cli._columns import columns_table
from bench.cli._output import table
from bench.recommend.candidates import DEFAULT, described
from bench.recommend.explaining import WHY
from bench.recommend.words import (
    KEPT_SHOWN,
    cells_in_words,
    kept_cells,
    percent,
    row_numbers,
    what_drives,
    what_is_known,
    what_more_labels_do,
    why_chosen,
)
from bench.tables.cells import beside

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from bench.api._given import Given
    from bench.cli._output import Columns
    from bench.recommend.choosing import Choice
    from bench.recommend.recommending import Recommendation

WIDTH = 88
ROWS_SHOWN = 10
TO_START_WITH = 60


class Printer:
    """Prints tables, and paragraphs, which on a terminal are no wider than `WIDTH`."""

    def __init__(self, out: Console) -> None:
        self._out = out
        self._width = min(WIDTH, out.width) if out.is_terminal else out.width

    def say(self, text: str, style: str = "") -> None:
        from rich.text import Text

        self._out.print(Text(text, style=style), width=self._width)

    def heading(self, text: str) -> None:
        self._out.print()
        self.say(text, "bold")

    def table(self, built: Columns) -> None:
        self._out.print(built)

    def as_it_is(self, text: str) -> None:
        """Text to copy: no line is broken."""
        self._out.print(text, markup=False, soft_wrap=True)


def print_recommendation(found: Recommendation, out: Printer, given: Given, kept: pd.DataFrame) -> None:
    """Print what is recommended and why, what it finds, and how to use it; after labels, what they change.

    ``kept``: columns to show of each row, by its index in the file.
    """
    _print_choice(found, out, given)
    if given.labels is None or found.table.all_normal:
        _print_findings(found, out, kept)
    else:
        _print_changes(found, out, kept)
    _print_next(found, out, given)
    out.heading("On another file")
    for command in given.on_another_file():
        out.as_it_is(command)
    out.heading("In Python")
    out.as_it_is(given.code(found.name))


def _print_findings(found: Recommendation, out: Printer, kept: pd.DataFrame) -> None:
    out.heading("Most suspicious rows")
    out.table(_suspicious(found, found.explained[:ROWS_SHOWN], kept))
    out.say(row_numbers(found.table.file))
    if drives := what_drives(found):
        out.say(drives)
    if found.table.all_normal:
        out.say("Should one of them be an anomaly after all, remove it, or leave out --all-normal.")
    if any(found.found_injected.values()):
        out.heading("Synthetic anomalies made from your rows that each candidate finds")
        out.table(_found_injected(found))
        out.say(
            "Fraction scored among the highest 5 % of rows. This is no ranking: synthetic anomalies differ "
            "from yours, and detectors chosen by them were measured to be worse than ones drawn at random."
        )


def _print_changes(found: Recommendation, out: Printer, kept: pd.DataFrame) -> None:
    """What the labels change among the most suspicious rows."""
    shown = found.explained[:ROWS_SHOWN]
    before = np.argsort(-found.without_labels, kind="stable")[: len(shown)]
    new = [row for row in shown if row not in before]
    out.heading("What your labels change")
    if found.name == DEFAULT:
        out.say("The recommendation is that without labels, and so are the scores.")
    elif not new:
        out.say(f"The {len(shown)} most suspicious rows are those without labels, maybe in another order.")
    else:
        out.say(f"{len(new)} of the {len(shown)} most suspicious rows were not among them without labels:")
        out.table(_suspicious(found, new, kept))
        out.say(row_numbers(found.table.file))


def _print_choice(found: Recommendation, out: Printer, given: Given) -> None:
    out.say(f"{given.file.name}: {what_is_known(found)}")
    out.table(columns_table(found.table.frame, found.table.encoder))
    out.heading(f"Recommended: {described(found.name)}")
    for paragraph in why_chosen(found):
        out.say(paragraph)
    if found.choice is not None:
        out.table(estimates_table(found.choice))
        out.say(what_more_labels_do(found.choice))
    if found.missing:
        out.say("Left out: " + "; ".join(f"{name} ({why})" for name, why in found.missing.items()) + ".")


def _print_next(found: Recommendation, out: Printer, given: Given) -> None:
    if given.written or given.asked:
        out.heading("Written")
    for what, file in given.written.items():
        out.say(f"{file}: {what}")
    if given.asked is not None:
        out.say(
            f"{given.asked}: rows to label. Fill in the column 'label' with 1 (anomaly) or 0 (normal), leave "
            "it empty where you do not know, and run"
        )
        out.as_it_is(f"  {given.command('--labels', str(given.asked))}")
    elif found.choice is None and not found.table.all_normal:
        out.heading("To do better, label a few rows")
        out.as_it_is(given.command("--ask", str(TO_START_WITH)))


def estimates_table(choice: Choice, default: str = DEFAULT) -> Columns:
    """The candidates by the labels."""
    rows = [
        [
            described(each.name) + (" *" if each.name == choice.name else ""),
            f"{each.auc:.2f}",
            f"{each.low:.2f} to {each.high:.2f}",
            "" if each.name == choice.name else percent(each.probability_better),
        ]
        for each in choice.shown(default)
    ]
    return table(["by your labels (* recommended)", "ROC AUC", "95 %", "better?"], rows, right=[1, 3])


def _suspicious(found: Recommendation, chosen: Sequence[int], kept: pd.DataFrame) -> Columns:
    reasons = dict(zip(found.explained, found.reasons, strict=True))
    headers = ["row", "score", WHY]
    shown = beside(headers, kept.iloc[:, :KEPT_SHOWN]).columns
    rows = [
        [
            f"{found.table.rows[row]:,}",
            f"{found.scores[row]:.4g}",
            *kept_cells(kept, row),
            cells_in_words(found, row, reasons[row]),
        ]
        for row in chosen
    ]
    return table([*headers[:2], *shown, headers[2]], rows, right=[0, 1])


def _found_injected(found: Recommendation) -> Columns:
    kinds = list(next(iter(found.found_injected.values())))
    rows = [[name, *(percent(of[kind]) for kind in kinds)] for name, of in found.found_injected.items()]
    return table(["candidate", *kinds], rows, right=range(1, len(kinds) + 1))
