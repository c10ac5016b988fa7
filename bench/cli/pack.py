"""``pack``: make the files of a finished run small."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bench.cli import _options as options
from bench.cli._output import console


def command(
    name: Annotated[str, typer.Argument(help="The run's name: its folder below RESULTS/runs.")],
    results: options.Results = Path("results"),
    keep_scores: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="Of how many seeds to keep the raw scores, most of a run: 1 keeps the first seed's, 0 none.",
        ),
    ] = None,
    digits: Annotated[
        int | None,
        typer.Option(
            min=4,
            max=17,
            help="Round metrics, thresholds and costs to so many significant digits where no raw scores are "
            "kept: 6 makes records half as large.",
        ),
    ] = None,
) -> None:
    """Compress the files of a finished run, to commit or to keep it.

    Reports read it as before, and a run that goes on with it unpacks it first. Without its raw scores, tables
    are still made of it, but no metric that its records do not have.
    """
    from bench import api

    folder = api.pack(name, results=results, keep_scores=keep_scores, digits=digits)
    size = sum(file.lstat().st_size for file in folder.iterdir())
    console().print(f"packed {folder}: {size / 1e6:.1f} MB", markup=False)
