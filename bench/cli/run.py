"""``run``: run trials, store them, and show who is ahead."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bench.cli import _options as options
from bench.cli import _reading as reading
from bench.cli._output import console, say_logged
from bench.cli._times import warn_of_times
from bench.engine.registry import describe_engines
from bench.errors import BenchError

if TYPE_CHECKING:
    from bench.engine.registry import Engine
    from bench.engine.schedule import Limits
    from bench.plans.plan import Plan
    from bench.tables import Dialect

# Seeds at most for --until-resolved, where a person names none.
MOST_SEEDS = 20
# What the options are about, for --help.
PANELS = {
    "What to run": ("everything", "suite", "detectors", "datasets", "regimes", "seeds", "settings", "share",
                    "until_resolved", "alpha", "plugins", "data_dir"),
    "A table of your own": ("data", "label", "normal", "drop", "time", "series", "sep", "decimal",
                            "thousands", "encoding", "header"),
    "Limits": ("timeout", "memory", "budget"),
    "Where it runs": ("jobs", "threads", "device", "engine", "address"),
    "What is kept": ("results", "name", "retry", "fresh", "mlflow"),
}  # fmt: skip


@reading.reads_a_file
def command(
    everything: options.All = False,
    suite: options.Suite = None,
    detectors: options.Detectors = None,
    datasets: options.Datasets = None,
    regimes: options.Regimes = None,
    seeds: options.Seeds = None,
    settings: options.Settings = None,
    share: options.Share = None,
    data: reading.Data = None,
    label: reading.Label = None,
    normal: reading.Normal = None,
    drop: reading.Drop = None,
    time: reading.Time = None,
    series: reading.SeriesColumn = None,
    jobs: Annotated[
        int | None,
        typer.Option(min=1, help="Worker processes; the machine's cores over --threads if left out."),
    ] = None,
    threads: Annotated[
        int, typer.Option(min=1, max=options.MOST_THREADS, help="Threads for each worker.")
    ] = 1,
    timeout: Annotated[
        float | None,
        typer.Option(
            min=0, help="Seconds after which a trial is stopped, 0 for no limit; the suite's if left out."
        ),
    ] = None,
    memory: Annotated[
        str | None,
        typer.Option(help="Memory at which a worker is stopped ('4G', '500M'); a fair share if left out."),
    ] = None,
    device: options.Device = "auto",
    budget: Annotated[
        str | None,
        typer.Option(help="Time after which no further trial begins: '90s', '10m', '2h'."),
    ] = None,
    until_resolved: Annotated[
        bool,
        typer.Option(
            "--until-resolved",
            help="Give further seeds, 20 at most or --seeds, only to detectors that may still be the best.",
        ),
    ] = False,
    alpha: Annotated[
        float, typer.Option(help="With --until-resolved: the chance that one of the best is left out.")
    ] = 0.05,
    engine: Annotated[str, typer.Option(help=f"{describe_engines()}.", metavar="ENGINE")] = "local",
    address: Annotated[
        str | None,
        typer.Option(help="The Ray cluster: 'auto' or HOST:PORT; Ray on this machine if left out."),
    ] = None,
    plugins: options.Plugins = None,
    data_dir: options.DataDir = None,
    results: options.Results = Path("results"),
    name: options.Name = None,
    retry: options.Retry = False,
    fresh: options.Fresh = False,
    mlflow: options.Mlflow = None,
    *,
    dialect: Dialect | None,
) -> None:
    """Run detectors on datasets and show the leaderboard.

    Try `run --suite quick` first; `run --all` runs every detector on the suite 'core'. What has finished
    before is not run again, so a run that was stopped goes on where it was. Each trial is stored as it
    ends, and the tables in the results folder are written anew at the end.

    `run --data FILE --label COLUMN` runs a choice of quick detectors on a table of your own, and with
    `--time COLUMN` on series of your own.

    A trial that runs past --timeout or --memory is stopped and recorded so, and its detector is not tried
    on further seeds of that variant, nor on a variant with as many rows and columns or more, unless with
    --retry.

    `run --until-resolved` adds seeds round by round, and leaves out what another detector has been shown to
    be better than: the best are found with fewer trials.
    """
    from bench.cli._resolving import run_until_resolved
    from bench.cli._running import run_plan
    from bench.engine.registry import EngineOptions, make_engine
    from bench.engine.schedule import Limits
    from bench.report.mlflow_log import check_mlflow
    from bench.runs.writing import check_name, check_writable

    registry = options.load_plugins(plugins, data_dir)
    own = options.own_data(data, label, normal, drop, time, series, dialect)
    if own is not None and own.time is None:
        warn_of_times(own.file, reading.listed(drop), dialect)
    choice = options.Choice(suite, everything, detectors, datasets, regimes, seeds, own, share, settings)
    plan = options.plan_of(choice, registry)
    if name is not None:
        check_name(name)
    limits = Limits(
        timeout=(plan.suite.timeout if timeout is None else timeout) or None,
        memory=None if memory is None else options.parse_memory(memory),
        budget=None if budget is None else options.parse_duration(budget),
    )

    def engine_within(limits: Limits) -> Engine:
        return make_engine(engine, EngineOptions(registry, limits, jobs, threads, device, address))

    chosen = engine_within(limits)
    check_writable(results)
    if mlflow is not None:
        check_mlflow(mlflow)
    if until_resolved:
        if retry or fresh:
            raise BenchError("--until-resolved goes on from what has finished; leave out --retry and --fresh")
        if plan.settings:
            raise BenchError("--until-resolved looks for the best detector; run it with --settings default")
        options.check_alpha(alpha)
        if seeds is None:
            plan = replace(plan, suite=replace(plan.suite, seeds=tuple(range(MOST_SEEDS))))
        run_until_resolved(plan, registry, engine_within, limits, results, alpha=alpha, name=name)
    else:
        run_plan(plan, registry, chosen, results, name=name, retry=retry, fresh=fresh)
    _show_board(plan, results, mlflow)


def _show_board(plan: Plan, results: Path, mlflow: str | None) -> None:
    from bench.analysis.results import load_suite_results
    from bench.report import write_tables
    from bench.report.terminal import print_leaderboards

    loaded = load_suite_results(results)
    if not loaded:
        return
    for found in loaded:
        if found.name == plan.suite.name:
            print_leaderboards(found, console())
            if mlflow is not None:
                say_logged(found, mlflow)
    files = write_tables(loaded, results, own_files={plan.suite.name})
    out = console()
    out.print("wrote " + ", ".join(str(file) for file in files), markup=False)
    where = "" if results == Path("results") else f" --results {shlex.quote(str(results))}"
    out.print(f"python -m bench report{where} writes the page to sort, filter and draw them", markup=False)
