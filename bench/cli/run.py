"""``run``: run trials, store them, and show who is ahead."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from bench.cli import options
from bench.cli.output import console, say_error
from bench.errors import BenchError

if TYPE_CHECKING:
    from bench.plan import Plan
    from bench.registry import Registry
    from bench.trial import Trial

# The exit code of a program that Ctrl-C has ended, by the shells' convention.
INTERRUPTED = 130


def command(
    everything: options.All = False,
    suite: options.Suite = None,
    detectors: options.Detectors = None,
    datasets: options.Datasets = None,
    regimes: options.Regimes = None,
    seeds: options.Seeds = None,
    jobs: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(min=1, help="Worker processes; as many as there are cores if left out."),
    ] = None,
    timeout: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option(min=0.001, help="Seconds after which a trial is stopped and recorded as 'timeout'."),
    ] = None,
    plugins: options.Plugins = None,
    data_dir: options.DataDir = None,
    results: options.Results = Path("results"),
    name: options.Name = None,
    retry: options.Retry = False,
    fresh: options.Fresh = False,
) -> None:
    """Run detectors on datasets and show the leaderboard.

    Try `run --suite quick` first; `run --all` runs every detector on the suite 'core'. What has finished
    before is not run again, so a run that was stopped goes on where it was. Each trial is stored as it
    ends, and the tables in the results folder are written anew at the end.
    """
    from bench.store import check_name, check_writable, finished

    registry = options.load_plugins(plugins, data_dir)
    choice = options.Choice(suite, everything, detectors, datasets, regimes, seeds)
    plan = options.plan_of(choice, registry)
    if name is not None:
        check_name(name)
    check_writable(results)
    trials = list(plan)
    done = {} if fresh else finished(results, name=name, retry=retry)
    pending = [trial for trial in trials if trial.key not in done]
    _say_plan(plan, len(trials), len(pending))
    if pending:
        _check_datasets(pending, registry)
        _run(pending, plan, registry, results, name, jobs or len(os.sched_getaffinity(0)), timeout)
    _show_board(plan, results)


def _say_plan(plan: Plan, planned: int, pending: int) -> None:
    out = console()
    for hint in plan.hints:
        out.print(f"note: {hint}", markup=False)
    for plugin in plan.unavailable:
        out.print(f"note: {plugin.name} is left out: `list detectors` says what it needs", markup=False)
    already = f", {planned - pending} of {planned} trials finished before" if planned > pending else ""
    out.print(f"suite {plan.suite.name}: {pending} trials to run{already}", markup=False)


def _check_datasets(pending: list[Trial], registry: Registry) -> None:
    """Load each dataset once before any trial runs, so that bad data is said at once.

    Raises BenchError with a line for each dataset that cannot be used.
    """
    from bench.errors import DataError
    from bench.runner import make_split

    firsts = {trial.dataset.label: trial for trial in reversed(pending)}
    wrong = []
    for label, trial in firsts.items():
        try:
            make_split(registry.datasets[trial.dataset.name], trial.dataset.params, trial.seed)
        except DataError as error:
            wrong.append(f"dataset {label}: {error}")
    if wrong:
        raise BenchError("\n".join(sorted(wrong)))


def _run(
    pending: list[Trial],
    plan: Plan,
    registry: Registry,
    results: Path,
    name: str | None,
    jobs: int,
    timeout: float | None,
) -> None:
    import bench
    from bench.cli.progress import progress
    from bench.engine.local import LocalEngine
    from bench.environment import describe
    from bench.store import RunWriter

    engine = LocalEngine(registry, jobs, timeout)
    with (
        RunWriter(results, plan, describe(bench.__version__), name) as writer,
        progress(pending, plan.suite.headline) as seen,
        contextlib.closing(engine.run(pending)) as outcomes,
    ):
        try:
            for outcome in outcomes:
                writer.write(outcome)
                seen(outcome.record)
        except KeyboardInterrupt:
            say_error("stopped; what had finished is stored, and the same command goes on from there")
            raise typer.Exit(INTERRUPTED) from None
    console().print(f"stored in {writer.run.folder}", markup=False)


def _show_board(plan: Plan, results: Path) -> None:
    from bench.analysis.results import load_results
    from bench.report import write_report
    from bench.report.terminal import print_leaderboards

    loaded = load_results(results)
    for found in loaded:
        if found.name == plan.suite.name:
            print_leaderboards(found, console())
    files = write_report(loaded, results)
    console().print("wrote " + ", ".join(str(file) for file in files), markup=False)
