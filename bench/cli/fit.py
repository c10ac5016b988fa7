"""``fit``: a model of your own table, saved to score other files with."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bench.cli import _decisions as decisions
from bench.cli import _options as options
from bench.cli import _reading as reading
from bench.cli._output import console

if TYPE_CHECKING:
    from bench.cli._recommendation import Printer
    from bench.pipeline.pipeline import Pipeline
    from bench.tables import Dialect

# Of so many rows the expected false alarms are said.
ROWS = 1000


@reading.reads_a_file
def command(
    file: Annotated[Path, typer.Argument(help=reading.TABLE)],
    save: Annotated[
        Path, typer.Option(help="The file to write the model to.", rich_help_panel=reading.WRITTEN)
    ],
    detector: Annotated[
        str | None, typer.Option(help="As `list detectors` gives it; what `recommend` chooses if left out.")
    ] = None,
    drop: reading.Drop = None,
    missing: reading.Missing = "impute",
    label: reading.Label = None,
    normal: reading.Normal = None,
    labels: reading.Labels = None,
    all_normal: reading.AllNormal = False,
    time: Annotated[
        str | None,
        typer.Option(
            help="The column of time, which is not scored, for --alerts N/day.", rich_help_panel=reading.OWN
        ),
    ] = None,
    budget: decisions.Budget = None,
    alerts: decisions.Alerts = None,
    cost: decisions.Cost = None,
    plugins: options.Plugins = None,
    seed: reading.Seed = 0,
    *,
    dialect: Dialect,
) -> None:
    """Fit a detector to your own table and save it with all that it takes to score other files.

    What `score` needs of the columns is learnt: how their file is written, their types, values and empty
    cells, how they are encoded and scaled, and the score above which a row is an alarm.
    """
    from bench.api import fit
    from bench.cli._recommendation import Printer

    model = fit(
        file,
        save=save,
        detector=detector,
        drop=reading.listed(drop),
        label=label,
        normal=normal,
        labels=labels,
        all_normal=all_normal,
        time=time,
        missing=missing,
        budget=budget,
        alerts=alerts,
        cost=cost,
        plugins=tuple(plugins or ()),
        seed=seed,
        dialect=dialect,
    )
    out = Printer(console())
    print_model(model, out)
    print_saved(save, file, out)


def print_model(model: Pipeline, out: Printer) -> None:
    """What was fitted to what, by whose choice, and which rows are alarms."""
    from bench.recommend.candidates import described
    from bench.recommend.words import known_labels

    trained = model.trained_on_
    fitted = "" if trained["fitted"] == trained["rows"] else f", fitted to {trained['fitted']:,} of them"
    kinds = list(model.contract_.kinds.values())
    words = {"number": "numbers", "text": "text", "date": "dates"}
    columns = ", ".join(f"{kinds.count(kind)} of {word}" for kind, word in words.items() if kind in kinds)
    has_labels = trained["labels"]["labelled"] and not model.all_normal
    known = f". {known_labels(**trained['labels'])}" if has_labels else ""
    out.say(f"{trained['file']}: {trained['rows']:,} rows{fitted}; columns: {columns}{known}")
    out.heading(f"Detector: {described(model.chosen_.name)}")
    out.say(_why(model))
    out.heading("Alarms")
    if model.threshold_ is None:
        out.say(f"The rows with the highest scores of each file: {model.decision_.text}.")
        return
    out.say(f"Rows that score above {model.threshold_:.4g}: {model.decision_.text}.")
    out.say(decisions.expectation(model.false_alarms(model.threshold_, ROWS), ROWS, model))


def print_saved(model: Path, file: Path, out: Printer) -> None:
    """Where the model of a file is, and the command that scores another one."""
    from bench.tables.formats import another_like

    out.heading("Saved")
    out.say(f"{model} ({model.stat().st_size / 1e6:.1f} MB). Another file with these columns is scored by")
    words = ["python", "-m", "bench", "score", another_like(file), "--model", str(model)]
    out.as_it_is(f"  {shlex.join([*words, '--out', 'scores.csv'])}")


def _why(model: Pipeline) -> str:
    figures = model.chosen_.figures
    match model.chosen_.by:
        case "labels":
            return (
                f"Chosen by {figures['labelled']:,} labels: ROC AUC {figures['roc_auc']:.2f} (95 % interval "
                f"{figures['low']:.2f} to {figures['high']:.2f})."
            )
        case "study":
            return (
                f"Chosen without labels: on {figures['tables']} labelled tables it lost "
                f"{figures['loss']:.3f} of ROC AUC against the best for each (95 % interval "
                f"{figures['low']:.3f} to {figures['high']:.3f}), isolation forest "
                f"{figures['isolation_forest']:.3f}, one drawn at random {figures['random']:.3f}."
            )
        case "normal rows":
            return (
                f"Chosen for rows that are all normal: on {figures['tables']} tables with such training rows "
                f"it lost {figures['loss']:.3f} of ROC AUC against the best for each (95 % interval "
                f"{figures['low']:.3f} to {figures['high']:.3f}), isolation forest "
                f"{figures['isolation_forest']:.3f}, one drawn at random {figures['random']:.3f}."
            )
        case _:
            return "Chosen by you."
