"""``merge``: make one run of parts that were run apart."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bench.cli import _options as options
from bench.cli._output import console


def command(
    runs: Annotated[
        list[str], typer.Argument(help="Runs of one suite, by their names or folders.", metavar="RUN...")
    ],
    name: Annotated[str, typer.Option(help="Name of the run that is made of them.")],
    results: options.Results = Path("results"),
) -> None:
    """Make one run of parts that were run apart, such as by `run --share 1/8` on eight machines.

    The parts stay as they are; delete those below the results folder, or reports show both. Parts made by
    different code, by different versions of libraries or by another protocol of the harness are refused.
    """
    from bench import api
    from bench.runs.reading import Run

    folder = api.merge(runs, name=name, results=results)
    count = sum(1 for _ in Run(folder).heads())
    console().print(f"merged {len(runs)} runs into {folder}: {count} records", markup=False)
