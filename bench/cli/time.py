"""``time``: what detectors cost as tables or series grow, on a GPU too, and beside their library."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bench.cli import _options as options


def command(
    detectors: options.Detectors = None,
    rows: Annotated[str, typer.Option(help="Numbers of rows to train on; as many are scored.")] = (
        "1000,4000,16000"
    ),
    features: Annotated[str, typer.Option(help="Numbers of columns.")] = "10,100",
    device: Annotated[
        str,
        typer.Option(help="auto (the CPU, and a GPU if there is one), cpu or cuda.", metavar="DEVICE"),
    ] = "auto",
    repeats: Annotated[int, typer.Option(min=1, help="How often each is timed, at least.")] = 3,
    limit: Annotated[
        str, typer.Option(help="Time for a cell, '60s' or '5m'; it and larger ones are left out then.")
    ] = "60s",
    threads: Annotated[
        int, typer.Option(min=1, max=options.MOST_THREADS, help="Threads for numerical libraries.")
    ] = 1,
    implementations: Annotated[
        bool,
        typer.Option(
            "--implementations",
            help="Time what is faster here than in its library against the library's own, and write "
            "timing-implementations.md instead.",
        ),
    ] = False,
    points: Annotated[
        str | None,
        typer.Option(
            help="Numbers of points: time what reads series on one of each length, and write "
            "timing-series.md and timing-series.csv instead."
        ),
    ] = None,
    name: Annotated[
        str, typer.Option(help="Of another grid, beside the one that is there: timing-NAME.md and .csv.")
    ] = "grid",
    plugins: options.Plugins = None,
    results: options.Results = Path("results"),
) -> None:
    """Time detectors on a grid of rows and features, and write timing-grid.md and timing-grid.csv.

    One cell is measured at a time, in a process of its own. Times are warm; a cell that runs past --limit
    is stopped and marked, and the detector is not tried on larger ones. With --implementations the limit is
    that of a fit with its scoring. With --points each cell has a process of its own, whose peak of memory is
    written, too.
    """
    from bench import api
    from bench.cli._progress import Terminal

    api.time(
        detectors=detectors, rows=rows, features=features, device=device, repeats=repeats, limit=limit,
        threads=threads, implementations=implementations, points=points, name=name, plugins=plugins,
        results=results, say=Terminal(),
    )  # fmt: skip
