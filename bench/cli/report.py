"""``report``: write every table and the page anew from stored runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bench.cli import _options as options


def command(
    results: options.Results = Path("results"),
    signals: Annotated[
        bool,
        typer.Option("--signals", help="Draw series above their scores, made again from their datasets."),
    ] = False,
    plugins: options.Plugins = None,
    data_dir: options.DataDir = None,
    mlflow: options.Mlflow = None,
) -> None:
    """Write the tables and the page in the results folder anew from the runs stored there.

    No trial is run, and the same runs give the same files, byte for byte. The page, report/index.html, opens
    in a browser from disk, with no network. What is said of a suite is kept in the user's cache folder, or
    that of BENCH_CACHE_DIR, and made again when its results change.

    A run stores no data. With --signals the first series of each suite are made again, as for a trial, and
    drawn where dataset and data are those that the run had; leave it out for runs from somebody you do not
    trust.
    """
    from bench import api
    from bench.cli._progress import Terminal

    api.report(
        results=results, signals=signals, plugins=plugins, data_dir=data_dir, mlflow=mlflow, say=Terminal()
    )
