"""``score``: the rows of another file by a model that `fit` saved."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bench.api._parsing import parse_explain
from bench.cli import _decisions as decisions
from bench.cli import _options as options
from bench.cli import _reading as reading
from bench.cli._output import console, table
from bench.errors import BenchWarning

if TYPE_CHECKING:
    import pandas as pd

    from bench.cli._recommendation import Printer
    from bench.pipeline.drift import ColumnDrift
    from bench.pipeline.pipeline import Pipeline
    from bench.pipeline.scoring import Scored
    from bench.splits.arrays import Floats, Labels
    from bench.tables import Dialect

COLUMNS_SHOWN = 5
# Lines of the file that are in memory at a time.
LINES = 200_000


@reading.reads_a_file
def command(
    file: Annotated[Path, typer.Argument(help="A table with the columns that the model was fitted to.")],
    model: Annotated[Path, typer.Option(help="What `fit --save` or `recommend --save` wrote.")],
    out: Annotated[
        Path, typer.Option(help="A CSV file to write a line to for each row: row, score, anomaly (0 or 1).")
    ],
    time: Annotated[
        str | None, typer.Option(help="The column of time, for --alerts N/day; that of `fit` if left out.")
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
    options.check_folder(out)
    chosen = None if explain is None else parse_explain(explain)
    reading.check_labels(label, normal)

    from bench.cli._progress import rows_so_far
    from bench.cli._recommendation import Printer
    from bench.files import write_chosen
    from bench.pipeline.decisions import parse_decision
    from bench.pipeline.pipeline import Pipeline
    from bench.pipeline.scoring import dialect_of, score_file, threshold_of
    from bench.recommend.words import row_numbers
    from bench.tables.cells import cells

    options.load_plugins(plugins)
    asked = parse_decision(budget=budget, alerts=alerts, cost=cost)
    loaded = Pipeline.load(model, plugins=tuple(plugins or ()))
    columns, written = reading.listed(keep), dialect_of(loaded, file, dialect)
    kept = cells(file, columns, written) if columns else None
    y = None if label is None else _labels(file, label, normal, written)
    with rows_so_far(console(stderr=True)) as seen:
        scored = score_file(loaded, file, time=time, seen=seen, dialect=dialect)
    threshold, decided_by = threshold_of(loaded, scored, asked)
    explained = None if chosen is None else chosen(scored.scores, threshold)
    why = None if explained is None else _why(loaded, file, explained, dialect)
    write_chosen(out, lines(scored, threshold, kept, why))
    printer = Printer(console())
    printer.say(
        f"{file.name}: {len(scored.scores):,} rows, scored as those of {loaded.trained_on_['file']}; "
        f"written to {out}. {row_numbers(file)}"
    )
    if explained is not None:
        printer.say(
            f"Of {explained.sum():,} rows the column 'why' says which columns raise the score most, and by "
            "how much."
        )
    _print_alarms(loaded, scored, threshold, decided_by, printer)
    if y is not None:
        _print_labels(scored.scores, threshold, y, printer)
    _print_drift(scored.drift, loaded.trained_on_["file"], printer)


def _why(model: Pipeline, file: Path, explained: Any, dialect: Dialect) -> Iterator[list[str]]:
    from bench.cli._progress import rows_so_far
    from bench.pipeline.scoring import explain_file

    with rows_so_far(console(stderr=True), "explained") as seen:
        yield from explain_file(model, file, explained, seen=seen, dialect=dialect)


def lines(
    scored: Scored,
    threshold: float,
    kept: Iterator[pd.DataFrame] | None = None,
    why: Iterator[list[str]] | None = None,
) -> Iterator[bytes]:
    """The lines of the file of scores: each row's number, its score, 1 for an alarm, ``why`` it scores
    so, and the columns that are ``kept`` of it.

    kept, why: the rows' columns and texts in their order, in chunks that need not be alike.
    """
    import io

    import numpy as np
    import pandas as pd
    import pyarrow as pa
    from pyarrow import csv

    from bench import escaping
    from bench.recommend.explaining import WHY
    from bench.tables.cells import beside

    names = ["row", "score", "anomaly", *([] if why is None else [WHY])]
    texts = chain.from_iterable(why or ())
    rows, first = pd.DataFrame(index=scored.index), 0
    parts = (rows.iloc[start : start + LINES] for start in range(0, len(rows), LINES))
    for number, chunk in enumerate(parts if kept is None else kept):
        shown = beside(names, chunk)
        if number == 0:
            yield escaping.csv(pd.DataFrame(columns=[*names, *shown.columns])).encode()
        part = scored.scores[first : first + len(chunk)]
        first += len(chunk)
        columns = [np.asarray(chunk.index + 1), part, (part > threshold).astype(np.int8)]
        if why is not None:
            columns.append(pa.array(map(escaping.csv_cell, islice(texts, len(chunk))), pa.string()))
        columns += [pa.array(shown[name].map(escaping.csv_cell), pa.string()) for name in shown.columns]
        written = io.BytesIO()
        options = csv.WriteOptions(include_header=False)
        csv.write_csv(pa.table(columns, names=[*names, *shown.columns]), written, options)
        yield written.getvalue()
    for _ in texts:  # none is left, unless the file has changed, which is said at its end
        pass


def _print_alarms(model: Pipeline, scored: Scored, threshold: float, asked: str, out: Printer) -> None:
    rows = len(scored.scores)
    alarms = int((scored.scores > threshold).sum())
    expected = model.false_alarms(threshold, rows)
    out.heading("Alarms")
    out.say(f"{alarms:,} rows ({alarms / rows:.2%}) score above {threshold:.4g}: {asked}.")
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


def _labels(file: Path, label: str, normal: str | None, dialect: Dialect) -> Labels | None:
    """The labels in a column, shape (n,); None, with a warning, where there is no such column: most new files
    have none.
    """
    import pandas as pd

    from bench.tables.cells import MissingColumnError, cells
    from bench.tables.labels import labels_in

    try:
        chunks = cells(file, [label], dialect)
    except MissingColumnError as error:
        warnings.warn(f"{error}; nothing is said by labels", BenchWarning, stacklevel=2)
        return None
    return labels_in(pd.concat(chunks)[label], normal)


def _print_labels(scores: Floats, threshold: float, y: Labels, out: Printer) -> None:
    """How well scores and alarms agree with the labels that there are."""
    from bench.evaluation.ranking import Ranking, average_precision, roc_auc
    from bench.recommend.words import known_labels
    from bench.tables.labels import UNLABELLED

    known, anomalies = y != UNLABELLED, int((y == 1).sum())
    alarms = (scores > threshold) & known
    hits = int((alarms & (y == 1)).sum())
    out.heading("By the labels of this file")
    out.say(
        f"{known_labels(int(known.sum()), anomalies, len(y))}. {int(alarms.sum()):,} alarms among them find "
        f"{hits:,} of the {anomalies:,} anomalies."
    )
    if 0 < anomalies < known.sum():
        ranking = Ranking(scores[known], y[known])
        chance = anomalies / int(known.sum())
        out.say(
            f"ROC AUC {roc_auc(ranking):.3f}, average precision {average_precision(ranking):.3f} (of random "
            f"scores about {chance:.3f})."
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
    said: list[Any] = [f"values not seen before: {drift.unseen:.2%}"] if drift.unseen else []
    said += [f"empty cells: {before:.2%} before, {now:.2%} now"] if abs(now - before) >= 0.01 else []
    return "; ".join(said)
