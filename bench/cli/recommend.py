"""``recommend``: a detector for your own table, whether its rows have labels or not."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from bench.cli import _options as options
from bench.cli._output import console
from bench.errors import BenchError

DEFAULT_BUDGET = "2m"


def command(
    file: Annotated[Path, typer.Argument(help="Your table: CSV, TSV, Parquet, NPZ, ARFF or MAT.")],
    budget: Annotated[str, typer.Option(help="How long it may take: '90s', '2m'.")] = DEFAULT_BUDGET,
    drop: Annotated[
        list[str] | None,
        typer.Option(help="Columns to leave out: 'id,name'. May be repeated."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="A CSV file to write every row's score to, the most suspicious first."),
    ] = None,
    ask: Annotated[
        int | None,
        typer.Option(min=1, help="The number of rows to write to to-label.csv for you to label."),
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(help="The file that --ask wrote, filled in: 0 or 1, normal or anomaly, or empty."),
    ] = None,
    label: Annotated[
        str | None,
        typer.Option(help="A column of the table that holds labels of some of the rows."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="For whatever draws random numbers.")] = 0,
) -> None:
    """Recommend a detector for your own table, and score its rows with it.

    Without labels it is the one that lost least ROC AUC on labelled tables. With --ask it writes the rows
    whose labels would be the most informative; fill them in and give the file with --labels.
    """
    started = time.monotonic()
    seconds = options.parse_duration(budget)
    if seconds <= 0:
        raise BenchError("--budget must be more than no time at all")
    if out is not None and not out.parent.is_dir():
        raise BenchError(f"cannot write {str(out)!r}: there is no folder {str(out.parent)!r}")

    from bench.cli._recommendation import Given, Printer, print_recommendation
    from bench.recommend.files import unused_name, write_rows_to_label, write_scores
    from bench.recommend.recommending import recommend
    from bench.recommend.table import load_table

    dropped = tuple(name.strip() for text in drop or () for name in text.split(",") if name.strip())
    table = load_table(file, drop=dropped, label=label, labels=labels)
    found = recommend(table, started=started, seconds=seconds, seed=seed)
    asked = unused_name(Path("to-label.csv")) if ask or found.more_to_ask else None
    if out is not None:
        write_scores(found, out)
    if asked is not None:
        write_rows_to_label(found, asked, ask or found.more_to_ask, seed)
    print_recommendation(found, Printer(console()), Given(file, dropped, label, labels, out, asked))
