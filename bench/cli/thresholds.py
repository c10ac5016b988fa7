"""``thresholds``: how scores become decisions: stored runs judged by further threshold methods."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bench.cli import _options as options


def command(
    methods: Annotated[
        str | None,
        typer.Option(help="Methods of pythresh, or globs: 'iqr,mad', '*'; the quick ones if left out."),
    ] = None,
    run: Annotated[
        str | None,
        typer.Option(metavar="RUN", help="Judge this run alone; all but the reference runs if left out."),
    ] = None,
    limit: Annotated[
        str, typer.Option(help="How long a method may take for the scores of a trial: '10s', '1m'.")
    ] = "10s",
    results: options.Results = Path("results"),
) -> None:
    """Judge stored runs by the threshold methods of pythresh, without running a detector again.

    Each method sees the scores of a trial's test rows and no label. What it decides is added to the trial's
    record, and thresholds.md in the results folder shows F1 under each policy, how much of it is lost to the
    threshold, and what each method flags of scores without an anomaly. A method that takes longer than
    --limit for a detector's scores is not asked about further ones of it.
    """
    from bench import api
    from bench.cli._progress import Terminal

    api.thresholds(methods=methods, run=run, limit=limit, results=results, say=Terminal())
