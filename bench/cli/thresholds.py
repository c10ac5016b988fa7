"""``thresholds``: how scores become decisions: stored runs judged by further threshold methods."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from bench.cli import _options as options
from bench.cli._output import console


def command(
    methods: Annotated[
        str | None,
        typer.Option(help="Methods of pythresh, or globs: 'iqr,mad', '*'; the quick ones if left out."),
    ] = None,
    run: Annotated[
        str | None,
        typer.Option(metavar="RUN", help="Judge this run alone; all but the reference runs if left out."),
    ] = None,
    results: options.Results = Path("results"),
) -> None:
    """Judge stored runs by the threshold methods of pythresh, without running a detector again.

    Each method sees the scores of a trial's test rows and no label. What it decides is added to the trial's
    record, and thresholds.md in the results folder shows F1 under each policy, and how much of it is lost to
    the threshold.
    """
    from rich.progress import Progress

    from bench.analysis.results import require_results
    from bench.errors import BenchError
    from bench.files import write_files
    from bench.report.thresholds import markdown
    from bench.runs.reading import find_run, runs_to_resume
    from bench.runs.rejudging import choose_methods, judge_run

    chosen = choose_methods(methods)
    runs = [find_run(results, run)] if run else runs_to_resume(results, None)
    if not runs:
        raise BenchError(f"there are no runs in {results / 'runs'} but reference runs; name one with --run")
    out = console()
    for each in runs:
        with Progress(console=out) as progress:
            bar = progress.add_task(each.name, total=sum(1 for _ in each.heads()))
            judged = judge_run(results, each.name, chosen, partial(progress.advance, bar))
        without = f", without an answer {judged.unanswered} times" if judged.unanswered else ""
        out.print(f"{each.name}: {judged.trials} trials judged{without}", markup=False)
    for file in write_files({"thresholds.md": markdown(require_results(results))}, results):
        out.print(f"wrote {file}", markup=False)
