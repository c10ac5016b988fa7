"""``run``: run trials, store them, and show who is ahead."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bench.cli import _options as options
from bench.cli import _reading as reading
from bench.cli._output import console
from bench.engine.registry import describe_engines

if TYPE_CHECKING:
    from bench.analysis.frames import Results
    from bench.tables import Dialect

# What the options are about, for --help, besides those of a file of one's own.
PANELS = {
    "What to run": ("everything", "suite", "detectors", "datasets", "regimes", "seeds", "settings", "share",
                    "until_resolved", "alpha", "plugins", "data_dir"),
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
    from bench import api
    from bench.cli._progress import Terminal

    found = api.run(
        all=everything, suite=suite, detectors=detectors, datasets=datasets, regimes=regimes, seeds=seeds,
        settings=settings, share=share, data=data, label=label, normal=normal, drop=reading.listed(drop),
        time=time, series=series, dialect=dialect, jobs=jobs, threads=threads, timeout=timeout,
        memory=memory, device=device, budget=budget, until_resolved=until_resolved, alpha=alpha,
        engine=engine, address=address, plugins=plugins, data_dir=data_dir, results=results, name=name,
        retry=retry, fresh=fresh, mlflow=mlflow, say=Terminal(),
    )  # fmt: skip
    _show_board(found, results)


def _show_board(found: Results, results: Path) -> None:
    from bench.report.terminal import print_leaderboards

    out = console()
    for suite in found.suites:
        print_leaderboards(found.of(suite), out)
        where = "" if results == Path("results") else f" --results {shlex.quote(str(results))}"
        out.print(f"python -m bench report{where} writes the page to sort, filter and draw them")
