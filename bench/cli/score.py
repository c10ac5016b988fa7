"""``score``: the rows of another file by a model that `fit` saved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bench.cli import _decisions as decisions
from bench.cli import _options as options
from bench.cli import _reading as reading
from bench.cli._output import console, table

if TYPE_CHECKING:
    from bench.api._scoring import ScoredFile
    from bench.cli._recommendation import Printer
    from bench.pipeline.agreement import Agreement
    from bench.pipeline.drift import ColumnDrift
    from bench.tables import Dialect

COLUMNS_SHOWN = 5


@reading.reads_a_file
def command(
    file: Annotated[Path, typer.Argument(help="A table with the columns that the model was fitted to.")],
    model: Annotated[Path, typer.Option(help="What `fit --save` or `recommend --save` wrote.")],
    out: Annotated[
        Path,
        typer.Option(
            help="A CSV file to write a line to for each row: row, score, anomaly (0 or 1).",
            rich_help_panel=reading.WRITTEN,
        ),
    ],
    time: Annotated[
        str | None,
        typer.Option(
            help="The column of time, for --alerts N/day; that of `fit` if left out.",
            rich_help_panel=reading.OWN,
        ),
    ] = None,
    budget: decisions.Budget = None,
    alerts: decisions.Alerts = None,
    cost: decisions.Cost = None,
    explain: Annotated[
        str | None,
        typer.Option(
            metavar="ROWS",
            help="Say in a column 'why' which columns raise a row's score: of 'alarms', of 'all' rows, or "
            "of a number of rows with the highest scores.",
            rich_help_panel=reading.WRITTEN,
        ),
    ] = None,
    keep: reading.Keep = None,
    label: reading.Label = None,
    normal: reading.Normal = None,
    plugins: options.Plugins = None,
    *,
    dialect: Dialect,
) -> None:
    """Score all rows of another file by a model that was saved, and say how the file has drifted.

    The file is read as the one that the model was fitted to, unless options say that it is written otherwise.
    Columns are encoded and scaled as those, in any order. A file that lacks one, or has a text where numbers
    were, is refused. Without an option that says otherwise, rows are alarms by the one that the model was
    fitted with.

    With --label it is said how well scores and alarms agree with the labels in this file, which the model
    does not see.
    """
    from bench import api
    from bench.cli._progress import Terminal
    from bench.cli._recommendation import Printer
    from bench.recommend.words import row_numbers

    found = api.score(
        file, model=model, out=out, time=time, budget=budget, alerts=alerts, cost=cost, explain=explain,
        keep=reading.listed(keep), label=label, normal=normal, plugins=tuple(plugins or ()), dialect=dialect,
        say=Terminal(),
    )  # fmt: skip
    printer, trained = Printer(console()), found.model.trained_on_["file"]
    printer.say(
        f"{file.name}: {len(found.scored.scores):,} rows, scored as those of {trained}; written to {out}. "
        f"{row_numbers(file)}"
    )
    if found.explained is not None:
        printer.say(
            f"Of {found.explained.sum():,} rows the column 'why' says which columns raise the score most, "
            "and by how much."
        )
    _print_alarms(found, printer)
    if found.agreement is not None:
        _print_agreement(found.agreement, printer)
    _print_drift(found.scored.drift, trained, printer)


def _print_alarms(found: ScoredFile, out: Printer) -> None:
    scored, threshold, model = found.scored, found.threshold, found.model
    rows = len(scored.scores)
    alarms = int((scored.scores > threshold).sum())
    expected = model.false_alarms(threshold, rows)
    out.heading("Alarms")
    out.say(f"{alarms:,} rows ({alarms / rows:.2%}) score above {threshold:.4g}: {found.asked}.")
    if scored.days is not None:
        of_days = scored.alarms_by_day(threshold)
        days = len(set(scored.days.tolist()))
        busiest = max(of_days.values(), default=0)
        out.say(f"{alarms / days:.3g} a day on average over {days:,} days, {busiest:,} on the busiest.")
    out.say(decisions.expectation(expected, rows, model))
    if alarms > expected.high:
        out.say(
            f"There are {alarms - expected.high:,} more than that interval holds: anomalies, or rows that "
            "are no longer like those (see the drift)."
        )


def _print_agreement(found: Agreement, out: Printer) -> None:
    """How well scores and alarms agree with the labels that there are."""
    from bench.recommend.words import known_labels

    out.heading("By the labels of this file")
    out.say(
        f"{known_labels(found.labelled, found.anomalies, found.rows)}. {found.alarms:,} alarms among them "
        f"find {found.hits:,} of the {found.anomalies:,} anomalies."
    )
    if found.roc_auc is not None:
        out.say(
            f"ROC AUC {found.roc_auc:.3f}, average precision {found.average_precision:.3f} (of random "
            f"scores about {found.anomalies / found.labelled:.3f})."
        )


def _print_drift(drift: list[ColumnDrift], trained: str, out: Printer) -> None:
    from bench.pipeline.drift import LARGE

    out.heading(f"Drift since {trained}")
    large = [each for each in drift if each.large]
    count = f"{len(large)} of {len(drift)} columns {'has' if len(large) == 1 else 'have'}"
    out.say(
        f"{count if large else f'None of {len(drift)} columns has'} drifted much: a population "
        f"stability index above {LARGE}, the customary limit, and above what chance makes of so many rows."
    )
    shown = [[each.name, f"{each.psi:.2f}", "much" if each.large else "", _what(each)] for each in
             drift[:COLUMNS_SHOWN]]  # fmt: skip
    out.table(table(["column", "index", "drifted", "what is new"], shown, right=[1]))


def _what(drift: ColumnDrift) -> str:
    """New values and empty cells in words."""
    before, now = drift.empty
    new = "values not seen before"
    if drift.range is not None and drift.only is None:
        new = "values outside of {:.4g} to {:.4g}".format(*drift.range)
    said: list[Any] = [f"{new}: {drift.unseen:.2%}"] if drift.unseen else []
    said += [f"empty cells: {before:.2%} before, {now:.2%} now"] if abs(now - before) >= 0.01 else []
    return "; ".join(said)
