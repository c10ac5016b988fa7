"""``submit``: make an entry of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bench.cli import _options as options
from bench.cli._output import console


def command(
    name: Annotated[
        str, typer.Argument(metavar="RUN", help="The run's name: its folder below RESULTS/runs.")
    ],
    out: Annotated[Path, typer.Option(metavar="ENTRY.zip", help="The archive to write.")],
    plugins: options.Plugins = None,
    results: options.Results = Path("results"),
) -> None:
    """Make one archive of a run, for others to verify.

    It holds the records, the raw scores, the labels, the files of plugins that are not built in, and what the
    records say of the machine; `verify` says what the receiver will say of it. Nothing names a person or a
    host, but for paths among the parameters of your own data. The same run gives the same bytes.
    """
    from bench import api

    file = api.submit(name, out=out, plugins=plugins, results=results)
    console().print(f"wrote {file}: {file.stat().st_size / 1e6:.1f} MB", markup=False)
