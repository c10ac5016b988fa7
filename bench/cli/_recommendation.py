"""What ``recommend`` prints."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.cli._output import table
from bench.recommend.candidates import DEFAULT, WEIGHTED, described
from bench.recommend.choosing import SURE, WORTH
from bench.recommend.study import StudyFigures, load_figures

if TYPE_CHECKING:
    from bench.recommend.choosing import Choice
    from bench.recommend.recommending import Recommendation

WIDTH = 88
ROWS_SHOWN = 10
ESTIMATES_SHOWN = 6
TO_START_WITH = 60


@dataclass(frozen=True)
class Given:
    """The table's file and the options; ``asked`` is the file of rows to label that was written, if any."""

    file: Path
    drop: Sequence[str] = ()
    label: str | None = None
    labels: Path | None = None
    out: Path | None = None
    asked: Path | None = None

    def command(self, *options: str) -> str:
        """The command line for the same table with other options."""
        words = ["python", "-m", "bench", "recommend", str(self.file)]
        words += ["--drop", ",".join(self.drop)] if self.drop else []
        words += ["--label", self.label] if self.label is not None else []
        return shlex.join([*words, *options])

    def code(self, name: str) -> str:
        """Three lines of Python that score the table's rows with a detector."""
        options = [repr(str(self.file))]
        options += [f"drop={list(self.drop)!r}"] if self.drop else []
        options += [f"label={self.label!r}"] if self.label is not None else []
        options += [f"labels={str(self.labels)!r}"] if self.labels is not None else []
        return (
            "from bench import load_detector, load_rows\n"
            f"table = load_rows({', '.join(options)})\n"
            f"scores = load_detector({name!r}).fit(table.X, table.y).score(table.X)"
        )


class Printer:
    """Prints paragraphs, on a terminal no wider than is read with ease, and tables."""

    def __init__(self, out: Any) -> None:
        self._out = out
        self._width = min(WIDTH, out.width) if out.is_terminal else out.width

    def say(self, text: str, style: str = "") -> None:
        from rich.text import Text

        self._out.print(Text(text, style=style), width=self._width)

    def heading(self, text: str) -> None:
        self._out.print()
        self.say(text, "bold")

    def table(self, built: Any) -> None:
        self._out.print(built)

    def as_it_is(self, text: str) -> None:
        """Text to copy: no line is broken."""
        self._out.print(text, markup=False, soft_wrap=True)


def print_recommendation(found: Recommendation, out: Printer, given: Given) -> None:
    """Print what is recommended and why, what it finds, and how to use it."""
    _print_choice(found, out, given)
    out.heading("Most suspicious rows")
    out.table(_suspicious(found))
    if any(found.seen.values()):
        out.heading("What each candidate would see of anomalies made up from your rows")
        out.table(_seen(found))
        out.say(
            "Share ranked among the highest 5 % of rows. This is no ranking: made-up anomalies are not "
            "yours, and detectors chosen by them were measured to be worse than detectors drawn at random."
        )
    _print_next(found, out, given)
    out.heading("In Python")
    out.as_it_is(given.code(found.name))


def _print_choice(found: Recommendation, out: Printer, given: Given) -> None:
    rows, columns = found.table.frame.shape
    labels = found.table.labelled
    anomalies = 0 if found.table.y is None else int((found.table.y == 1).sum())
    known = f"{len(labels):,} rows have a label, {anomalies:,} say anomaly." if len(labels) else "No labels."
    out.say(f"{given.file.name}: {rows:,} rows, {columns} columns. {known}")
    out.heading(f"Recommended: {described(found.name)}")
    if found.choice is None:
        if len(labels):
            one = "a normal row" if anomalies else "an anomaly"
            out.say(f"There is not {one} among the labelled rows yet, so that labels cannot choose.")
        out.say(_why_default(load_figures()))
    else:
        out.say(_why_chosen(found.choice, load_figures(), len(labels)))
        out.table(_estimates(found.choice))
        out.say(_what_more_labels_do(found.choice))
    if found.missing:
        out.say("Left out: " + "; ".join(f"{name} ({why})" for name, why in found.missing.items()) + ".")


def _print_next(found: Recommendation, out: Printer, given: Given) -> None:
    if given.out is not None or given.asked is not None:
        out.heading("Written")
    if given.out is not None:
        out.say(f"{given.out}: the score of every row, the most suspicious first")
    if given.asked is not None:
        out.say(
            f"{given.asked}: rows to label. Fill in the column 'label' with 1 (anomaly) or 0 (normal), leave "
            "empty what you cannot tell, and run"
        )
        out.as_it_is(f"  {given.command('--labels', str(given.asked))}")
    elif found.choice is None:
        out.heading("To do better, label a few rows")
        out.as_it_is(given.command("--ask", str(TO_START_WITH)))


def _why_default(study: StudyFigures) -> str:
    helped = ", ".join(
        f"{_signed(loss)} with {labels} labels" for labels, loss in study.loss.items() if labels
    )
    return (
        "One looks at each column by itself, the other at all together. In our study of "
        f"{study.tables} labelled tables this way of choosing lost {study.loss[0]:.3f} of ROC AUC on average "
        f"against the best of {study.candidates} detectors, which nobody knows without labels. Isolation "
        "forest lost "
        f"{study.others['isolation_forest']:.3f}, a detector drawn at random {study.others['random']:.3f}. "
        f"Labels help: the loss was {helped}{_below_zero(study.loss.values())}."
    )


def _why_chosen(choice: Choice, study: StudyFigures, labels: int) -> str:
    chosen = choice.chosen
    area = f"its ROC AUC is {chosen.auc:.2f} (95 % interval {chosen.low:.2f} to {chosen.high:.2f})"
    if choice.name != WEIGHTED:
        return (
            f"By your labels {area}, and it is better by {WORTH} or more than the candidates weighted "
            f"together, with a chance of over {_percent(SURE)}."
        )
    budget = study.budget_for(labels)
    loss = study.loss[budget]
    return (
        f"It starts from the {described(DEFAULT)} and moves weight to what your labels speak for. By your "
        f"labels {area}, cross-validated. Against the best of {study.candidates} detectors its loss was "
        f"{_signed(loss)} on average over {study.tables} tables with {budget} labels{_below_zero([loss])}."
    )


def _signed(loss: float) -> str:
    return f"{loss:.3f}".replace("-", "−")


def _below_zero(losses: Iterable[float]) -> str:
    return " (below 0: better than each detector by itself)" if min(losses) < 0 else ""


def _estimates(choice: Choice) -> Any:
    needed = [each for each in choice.estimates if each.name in (choice.name, DEFAULT)]
    others = [each for each in choice.estimates if each not in needed]
    shown = sorted([*needed, *others[: ESTIMATES_SHOWN - len(needed)]], key=choice.estimates.index)
    rows = [
        [
            described(each.name) + (" *" if each.name == choice.name else ""),
            f"{each.auc:.2f}",
            f"{each.low:.2f} to {each.high:.2f}",
            "" if each.name == choice.name else _percent(each.better),
        ]
        for each in shown
    ]
    return table(["by your labels (* recommended)", "ROC AUC", "95 %", "better?"], rows, right=[1, 3])


def _what_more_labels_do(choice: Choice) -> str:
    explained = f"'better?' is the chance to be better than the recommended one by {WORTH} or more."
    if not choice.rivals:
        return f"{explained} More labels would hardly change the choice: no chance is above 5 %."
    likely = max(choice.rivals, key=lambda each: each.better)
    return (
        f"{explained} More labels could still change the choice: {described(likely.name)} has a chance of "
        f"{_percent(likely.better)}."
    )


def _suspicious(found: Recommendation) -> Any:
    shown = list(zip(found.places, found.drivers, strict=True))[:ROWS_SHOWN]
    rows = [
        [f"{found.table.rows[place]:,}", f"{found.scores[place]:.4f}", _drivers(found, place, names)]
        for place, names in shown
    ]
    return table(["row", "score", "driven by"], rows, right=[0, 1])


def _drivers(found: Recommendation, place: int, names: Iterable[str]) -> str:
    def value(name: str) -> str:
        cell = found.table.frame[name].iloc[place]
        return f"{cell:.4g}" if isinstance(cell, float) else str(cell)

    return ", ".join(f"{name} = {value(name)}" for name in names) or "no column by itself"


def _seen(found: Recommendation) -> Any:
    kinds = list(next(iter(found.seen.values())))
    rows = [[name, *(_percent(of[kind]) for kind in kinds)] for name, of in found.seen.items()]
    return table(["candidate", *kinds], rows, right=range(1, len(kinds) + 1))


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
