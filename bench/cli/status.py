"""``status``: what a run would do, and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bench.cli import _options as options
from bench.cli import _reading as reading
from bench.cli._output import console, table

if TYPE_CHECKING:
    from bench.tables import Dialect


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
    plugins: options.Plugins = None,
    data_dir: options.DataDir = None,
    results: options.Results = Path("results"),
    name: options.Name = None,
    retry: options.Retry = False,
    *,
    dialect: Dialect | None,
) -> None:
    """Say what `run` with the same options would run, and why; runs nothing.

    A trial that finished before runs again when its detector's or dataset's file, its data or the
    version of a library behind it has changed.
    """
    from bench import api

    found = api.status(
        all=everything, suite=suite, detectors=detectors, datasets=datasets, regimes=regimes, seeds=seeds,
        settings=settings, share=share, data=data, label=label, normal=normal, drop=reading.listed(drop),
        time=time, series=series, dialect=dialect, plugins=plugins, data_dir=data_dir, results=results,
        name=name, retry=retry,
    )  # fmt: skip
    out = console()
    out.print(
        f"suite {found.suite}: {found.trials} trials, {found.trials - found.to_run} finished, "
        f"{found.to_run} to run"
    )
    if found.again:
        out.print(
            f"{found.again} of them finished with the code that is there again: `run` makes theirs the "
            "figures that reports show"
        )
    if found.to_run:
        rows = [[detector, str(n), why] for (detector, why), n in sorted(found.reasons.items())]
        out.print(table(["detector", "to run", "because"], rows, right=(1,)))
