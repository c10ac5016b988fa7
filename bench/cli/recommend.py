"""``recommend``: a detector for your own table or series, whether there are labels or not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bench.cli import _reading as reading
from bench.cli._output import console

if TYPE_CHECKING:
    from bench.tables import Dialect

DEFAULT_BUDGET = "2m"


@reading.reads_a_file
def command(
    file: Annotated[Path, typer.Argument(help=reading.TABLE)],
    budget: Annotated[str, typer.Option(help="How long it may take: '90s', '2m'.")] = DEFAULT_BUDGET,
    drop: reading.Drop = None,
    missing: reading.Missing = "impute",
    out: Annotated[
        Path | None,
        typer.Option(
            help="A CSV file to write every row's score to, the most suspicious first; of a series, ranges.",
            rich_help_panel=reading.WRITTEN,
        ),
    ] = None,
    keep: reading.Keep = None,
    ask: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="The number of rows, or of ranges, to write to to-label.csv for you to label.",
            rich_help_panel=reading.WRITTEN,
        ),
    ] = None,
    labels: reading.Labels = None,
    label: reading.Label = None,
    normal: reading.Normal = None,
    all_normal: reading.AllNormal = False,
    save: Annotated[
        Path | None,
        typer.Option(
            help="A file to save the fitted model to, which `score` scores other files by.",
            rich_help_panel=reading.WRITTEN,
        ),
    ] = None,
    page: Annotated[
        Path | None,
        typer.Option(
            help="An HTML file to write all this to, with pictures and the rows to look at first.",
            rich_help_panel=reading.WRITTEN,
        ),
    ] = None,
    time: reading.Time = None,
    series: reading.SeriesColumn = None,
    seed: reading.Seed = 0,
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
    from bench.api._given import Given
    from bench.api._recommending import Files, find, write
    from bench.cli._recommendation import Printer, print_recommendation
    from bench.cli._series_recommendation import print_series_recommendation
    from bench.recommend.recommending import Recommendation

    given = Given(
        file, reading.listed(drop), label, labels, time=time, series=series, all_normal=all_normal,
        normal=normal, keep=reading.listed(keep), dialect=dialect, missing=missing, seed=seed,
    )  # fmt: skip
    to = Files(out, save, page)
    what = find(given, budget, to, ask)
    found, printer = what.found, Printer(console())
    if isinstance(found, Recommendation):
        given = write(what, to, ask or found.more_to_ask).given
        print_recommendation(found, printer, given, what.kept)
    else:
        print_series_recommendation(found, printer, write(what, to, ask).given)
