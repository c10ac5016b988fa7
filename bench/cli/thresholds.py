"""``thresholds``: how scores become decisions: stored runs judged by further threshold methods."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bench.cli import _options as options
from bench.cli._output import console

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bench.evaluation.entries import Policy
    from bench.runs.judging import Judge
    from bench.runs.rejudging import Ask


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
    from bench.analysis.results import require_results
    from bench.cli._progress import steps
    from bench.errors import BenchError
    from bench.files import write_files
    from bench.report import thresholds_table
    from bench.runs.judging import Judge
    from bench.runs.reading import find_run, runs_to_resume
    from bench.runs.rejudging import CLEAN_SEEDS, choose_methods, flagged_clean, judge_run, pythresh_version

    chosen, seconds = choose_methods(methods), options.parse_duration(limit)
    runs = [find_run(results, run)] if run else runs_to_resume(results, None)
    if not runs:
        raise BenchError(f"there are no runs in {results / 'runs'} but reference runs; name one with --run")
    pythresh_version()
    out = console()
    with Judge(seconds) as judge:
        with steps(out, len(chosen) * len(CLEAN_SEEDS)) as step:
            clean = flagged_clean(chosen, _shown(judge, "scores without an anomaly", step, 1))
        for each in runs:
            with steps(out, sum(1 for _ in each.heads())) as step:
                ask = _shown(judge, each.name, step, 0)
                judged = judge_run(results, each.name, chosen, partial(step, each.name, 1), ask, clean)
            without = f", without an answer {judged.unanswered} times" if judged.unanswered else ""
            out.print(f"{each.name}: {judged.trials} trials judged{without}")
            for policy, detectors in judged.exceeded.items():
                out.print(f"{each.name}: {policy} took more than {seconds:g} s, on {', '.join(detectors)}")
    for file in write_files({"thresholds.md": thresholds_table(require_results(results))}, results):
        out.print(f"wrote {file}")


def _shown(judge: Judge, about: str, step: Callable[[str, int], None], steps: int) -> Ask:
    """Ask the judge, after saying what is asked; an answer is so many steps."""

    def ask(policy: Policy, scores: NDArray[np.float64]) -> NDArray[np.bool_] | None:
        step(f"{about}: {policy.name}", 0)
        try:
            return judge.ask(policy, scores)
        finally:
            step(f"{about}: {policy.name}", steps)

    return ask
