"""The text that ``recommend`` prints."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING

import numpy as np

from bench.cli._columns import columns_table
from bench.cli._output import ROW_NUMBERS, table
from bench.cli._reading import code_of, words_of
from bench.cli._reasons import percent, why_chosen, why_default, why_for_normal_rows
from bench.recommend.candidates import DEFAULT, described
from bench.recommend.choosing import MINIMUM_GAIN
from bench.recommend.study import load_figures, load_normal_figures
from bench.tables.cells import beside
from bench.tables.dialect import AS_FOUND, Dialect

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console
    from rich.table import Table

    from bench.recommend.choosing import Choice
    from bench.recommend.recommending import Recommendation

WIDTH = 88
ROWS_SHOWN = 10
ESTIMATES_SHOWN = 6
TO_START_WITH = 60
# Of columns that are kept, so many are shown, and so much of a cell; files have them all.
KEPT_SHOWN, CELL_WIDTH = 4, 30


@dataclass(frozen=True)
class Given:
    """The file and the options; ``asked`` and ``saved``: the files of rows to label and of the model
    that were written, if any.
    """

    file: Path
    drop: Sequence[str] = ()
    label: str | None = None
    labels: Path | None = None
    out: Path | None = None
    asked: Path | None = None
    saved: Path | None = None
    time: str | None = None
    series: str | None = None
    all_normal: bool = False
    normal: str | None = None
    keep: Sequence[str] = ()
    dialect: Dialect = AS_FOUND

    def command(self, *options: str, verb: str = "recommend") -> str:
        """The command line for the same table with other options."""
        words = ["python", "-m", "bench", verb, str(self.file), *words_of(self.dialect)]
        words += ["--drop", ",".join(self.drop)] if self.drop else []
        words += ["--keep", ",".join(self.keep)] if self.keep and verb == "recommend" else []
        named = {"--time": self.time, "--series": self.series, "--label": self.label,
                 "--normal": self.normal}  # fmt: skip
        words += [word for pair in named.items() if pair[1] is not None for word in pair if word]
        words += ["--all-normal"] if self.all_normal else []
        return shlex.join([*words, *options])

    def code(self, name: str) -> str:
        """Three lines of Python that score the table's rows with a detector."""
        options = [repr(name)]
        options += [f"drop={list(self.drop)!r}"] if self.drop else []
        options += [f"label={self.label!r}"] if self.label is not None else []
        options += [f"normal={self.normal!r}"] if self.normal is not None else []
        options += [f"dialect={code_of(self.dialect)}"] if self.dialect.given() else []
        options += [f"labels={str(self.labels)!r}"] if self.labels is not None else []
        return (
            f"from bench import {'Dialect, ' if self.dialect.given() else ''}Pipeline\n"
            f"model = Pipeline({', '.join(options)}).fit({str(self.file)!r})\n"
            f"scores = model.score({str(self.file)!r})  # or any other file with these columns"
        )

    def on_another_file(self) -> list[str]:
        """The commands that score another file by a model of this one."""
        model = self.saved or self.file.with_suffix(".model").name
        labels = [] if self.labels is None else ["--labels", str(self.labels)]
        fit = self.command(*labels, "--save", str(model), verb="fit")
        score = ["python", "-m", "bench", "score", "NEW.csv", "--model", str(model), "--out", "scores.csv"]
        return [*([] if self.saved else [fit]), shlex.join(score)]


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

    def table(self, built: Table) -> None:
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
    out.say(ROW_NUMBERS)
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
        out.say(ROW_NUMBERS)


def _print_choice(found: Recommendation, out: Printer, given: Given) -> None:
    rows, columns = found.table.frame.shape
    labels = found.table.labelled
    anomalies = found.table.anomalous
    known = known_labels(len(labels), anomalies, rows)
    if found.table.all_normal:
        known = "All rows are known to be normal"
    out.say(f"{given.file.name}: {rows:,} rows, {columns} columns. {known}.")
    out.table(columns_table(found.table.frame, found.table.encoder))
    out.heading(f"Recommended: {described(found.name)}")
    if found.table.all_normal:
        out.say(why_for_normal_rows(load_normal_figures()))
    elif found.choice is None:
        if len(labels):
            one = "a normal row" if anomalies else "an anomaly"
            out.say(f"There is not {one} among the labelled rows yet, so the choice cannot depend on labels.")
        out.say(why_default(load_figures()))
    else:
        out.say(why_chosen(found.choice, load_figures(), len(labels)))
        out.table(estimates_table(found.choice))
        out.say(what_more_labels_do(found.choice))
    if found.missing:
        out.say("Left out: " + "; ".join(f"{name} ({why})" for name, why in found.missing.items()) + ".")


def known_labels(labelled: int, anomalous: int, rows: int) -> str:
    """How many rows have a label, and say what."""
    if not labelled:
        return "No labels"
    none = f"; {rows - labelled:,} have none" if labelled < rows else ""
    return f"{labelled:,} rows have a label, {anomalous:,} say anomaly{none}"


def _print_next(found: Recommendation, out: Printer, given: Given) -> None:
    if given.out or given.asked or given.saved:
        out.heading("Written")
    if given.out is not None:
        out.say(f"{given.out}: the score of every row, the most suspicious first")
    if given.saved is not None:
        out.say(f"{given.saved}: the fitted model")
    if given.asked is not None:
        out.say(
            f"{given.asked}: rows to label. Fill in the column 'label' with 1 (anomaly) or 0 (normal), leave "
            "it empty where you do not know, and run"
        )
        out.as_it_is(f"  {given.command('--labels', str(given.asked))}")
    elif found.choice is None and not found.table.all_normal:
        out.heading("To do better, label a few rows")
        out.as_it_is(given.command("--ask", str(TO_START_WITH)))


def estimates_table(choice: Choice, default: str = DEFAULT) -> Table:
    """The candidates by the labels: the recommended one first, ``default``, and the best of the others."""
    needed = [each for each in choice.estimates if each.name in (choice.name, default)]
    others = [each for each in choice.estimates if each not in needed]
    listed = sorted([*needed, *others[: ESTIMATES_SHOWN - len(needed)]], key=choice.estimates.index)
    shown = sorted(listed, key=lambda each: each.name != choice.name)  # the recommended one first
    rows = [
        [
            described(each.name) + (" *" if each.name == choice.name else ""),
            f"{each.auc:.2f}",
            f"{each.low:.2f} to {each.high:.2f}",
            "" if each.name == choice.name else percent(each.probability_better),
        ]
        for each in shown
    ]
    return table(["by your labels (* recommended)", "ROC AUC", "95 %", "better?"], rows, right=[1, 3])


def what_more_labels_do(choice: Choice) -> str:
    """What the column 'better?' says, and whether more labels could change the choice."""
    explained = f"'better?': the probability to be better than the recommended one by {MINIMUM_GAIN} or more."
    if not choice.rivals:
        return f"{explained} More labels would hardly change the choice: no probability is above 5 %."
    likely = max(choice.rivals, key=lambda each: each.probability_better)
    return (
        f"{explained} More labels could still change the choice: the probability of {described(likely.name)} "
        f"is {percent(likely.probability_better)}."
    )


def _suspicious(found: Recommendation, chosen: Sequence[int], kept: pd.DataFrame) -> Table:
    drivers = dict(zip(found.explained, found.drivers, strict=True))
    headers = ["row", "score", "driven by"]
    shown = beside(headers, kept.iloc[:, :KEPT_SHOWN])
    rows = [
        [
            f"{found.table.rows[row]:,}",
            f"{found.scores[row]:.4f}",
            *(shorten(cell, CELL_WIDTH, placeholder="…") for cell in shown.iloc[row].fillna("")),
            _drivers(found, row, drivers[row]),
        ]
        for row in chosen
    ]
    return table([*headers[:2], *shown.columns, headers[2]], rows, right=[0, 1])


def _drivers(found: Recommendation, row: int, names: Iterable[str]) -> str:
    def value(name: str) -> str:
        cell = found.table.frame[name].iloc[row]
        return f"{cell:.4g}" if isinstance(cell, float) else str(cell).removeprefix("0 days ")

    return ", ".join(f"{name} = {value(name)}" for name in names) or "no column by itself"


def _found_injected(found: Recommendation) -> Table:
    kinds = list(next(iter(found.found_injected.values())))
    rows = [[name, *(percent(of[kind]) for kind in kinds)] for name, of in found.found_injected.items()]
    return table(["candidate", *kinds], rows, right=range(1, len(kinds) + 1))
