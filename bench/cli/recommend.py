"""``recommend``: a detector for your own table or series, whether there are labels or not."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated

import typer

from bench.cli import _options as options
from bench.cli import _reading as reading
from bench.cli._output import console
from bench.errors import BenchWarning

if TYPE_CHECKING:
    from bench.api._given import Given
    from bench.recommend.recommending import Recommendation
    from bench.tables import Dialect

DEFAULT_BUDGET = "2m"


@reading.reads_a_file
def command(
    file: Annotated[Path, typer.Argument(help=reading.TABLE)],
    budget: Annotated[str, typer.Option(help="How long it may take: '90s', '2m'.")] = DEFAULT_BUDGET,
    drop: reading.Drop = None,
    missing: options.Missing = "impute",
    out: Annotated[
        Path | None,
        typer.Option(help="A CSV file to write every row's score to, the most suspicious first."),
    ] = None,
    keep: reading.Keep = None,
    ask: Annotated[
        int | None,
        typer.Option(min=1, help="The number of rows to write to to-label.csv for you to label."),
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(help="The file that --ask wrote, filled in: 0 or 1, normal or anomaly, or empty."),
    ] = None,
    label: reading.Label = None,
    normal: reading.Normal = None,
    all_normal: options.AllNormal = False,
    save: Annotated[
        Path | None,
        typer.Option(help="A file to save the fitted model to, which `score` scores other files by."),
    ] = None,
    page: Annotated[
        Path | None,
        typer.Option(help="An HTML file to write all this to, with pictures and the rows to look at first."),
    ] = None,
    time: reading.Time = None,
    series: reading.SeriesColumn = None,
    seed: Annotated[int, typer.Option(min=0, help="For whatever draws random numbers.")] = 0,
    *,
    dialect: Dialect,
) -> None:
    """Recommend a detector for your own table, and score its rows with it.

    Without labels it is the one that lost least ROC AUC on labelled tables. With --ask it writes the rows
    whose labels would be the most informative; fill them in and give the file with --labels.

    With --all-normal, as of a period without incidents, it is the one that lost least where training rows
    are normal: anomalies are sought in other files, which `fit` and `score` take.

    With --time the file is a series: the detector is one made for them, and where rows are written or asked
    for, ranges of points are.
    """
    started = monotonic()

    from bench.api._recommending import check_together, seconds_of

    seconds = seconds_of(budget)
    check_together(out, save, page, time=time, series=series, ask=ask, all_normal=all_normal)
    reading.check_labels(label, normal)

    from bench.api._given import Given
    from bench.api._recommending import write_page_of
    from bench.api._times import warn_of_times
    from bench.cli._recommendation import Printer, print_recommendation
    from bench.recommend.files import unused_name, write_rows_to_label, write_scores
    from bench.recommend.recommending import recommend
    from bench.recommend.table import load_table
    from bench.tables.cells import cells_of

    given = Given(
        file, reading.listed(drop), label, labels, out, time=time, series=series, normal=normal,
        keep=reading.listed(keep), dialect=dialect, all_normal=all_normal, missing=missing,
    )  # fmt: skip
    if time is not None:
        _recommend_in_time(given, started, seconds, ask, seed)
        return
    warn_of_times(file, given.drop, dialect)
    table = load_table(
        file, drop=given.drop, label=label, normal=normal, labels=labels, dialect=dialect, missing=missing
    )
    if all_normal:
        table = table.labelled_normal()
    kept = cells_of(file, given.keep, table.rows - 1, dialect)
    found = recommend(table, started=started, seconds=seconds, seed=seed)
    asked = unused_name(Path("to-label.csv")) if ask or found.more_to_ask else None
    if out is not None:
        write_scores(found, out, kept)
    if asked is not None:
        write_rows_to_label(found, asked, ask or found.more_to_ask, seed, kept)
    if save is not None:
        _save(found, given, seed, save)
    given = replace(given, asked=asked, saved=save)
    if page is not None:
        write_page_of(found, given, page, kept)
    print_recommendation(found, Printer(console()), replace(given, page=page), kept)


def _save(found: Recommendation, given: Given, seed: int, file: Path) -> None:
    """Fit what is recommended as ``fit`` does, and save it."""
    from bench.api._recommending import save_model
    from bench.pipeline.pipeline import Pipeline

    model = Pipeline(
        drop=given.drop, label=given.label, normal=given.normal, labels=given.labels, seed=seed,
        all_normal=given.all_normal, missing=given.missing, dialect=given.dialect,
    )  # fmt: skip
    save_model(found, model, file)


def _recommend_in_time(given: Given, started: float, seconds: float, ask: int | None, seed: int) -> None:
    """The same for series."""
    from bench.cli._recommendation import Printer
    from bench.cli._series_recommendation import print_series_recommendation
    from bench.recommend.files import unused_name
    from bench.recommend.in_time import recommend_in_time
    from bench.recommend.series import load_series
    from bench.recommend.series_files import write_ranges, write_ranges_to_label

    assert given.time is not None
    loaded = load_series(
        given.file, time=given.time, series=given.series or "", drop=given.drop, label=given.label,
        normal=given.normal, labels=given.labels, dialect=given.dialect,
    )  # fmt: skip
    if given.keep:
        warnings.warn(
            "--keep copies columns of rows, and what is written of a series is ranges: it is left out",
            BenchWarning,
            stacklevel=2,
        )
    found = recommend_in_time(loaded, started=started, seconds=seconds, seed=seed)
    asked = unused_name(Path("to-label.csv")) if ask else None
    if given.out is not None:
        write_ranges(found, given.out)
    if asked is not None and ask:
        write_ranges_to_label(found, asked, ask, seed)
    print_series_recommendation(found, Printer(console()), replace(given, asked=asked))
