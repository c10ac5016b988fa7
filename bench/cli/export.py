"""``export``: stored results for other programs."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bench.cli import _options as options
from bench.cli._output import console


class Form(StrEnum):
    latex = "latex"
    csv = "csv"
    parquet = "parquet"


def command(
    form: Annotated[Form, typer.Argument(help="latex: leaderboards; csv, parquet: a row for each trial.")],
    out: Annotated[
        Path | None,
        typer.Option(
            help="The file to write; leaderboards.tex or trials.* in the results folder if left out."
        ),
    ] = None,
    suite: Annotated[str | None, typer.Option(help="Of this suite alone.")] = None,
    results: options.Results = Path("results"),
) -> None:
    """Write leaderboards as LaTeX tables, or all trials as one table for other programs."""
    from bench import api

    file = api.export(form.value, out=out, suite=suite, results=results)
    console().print(f"wrote {file}", markup=False)
