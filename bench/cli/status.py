"""``status``: what a run would do, and why."""

from __future__ import annotations

from collections import Counter
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
    from bench.runs.current import finished
    from bench.runs.pending import why_pending

    registry = options.load_plugins(plugins, data_dir)
    own = options.own_data(data, label, normal, drop, time, series, dialect)
    choice = options.Choice(suite, everything, detectors, datasets, regimes, seeds, own, share, settings)
    plan = options.plan_of(choice, registry)
    counts: Counter[tuple[str, str]] = Counter()
    done = finished(results, name=name)
    for trial, why in why_pending(plan, results, done.statuses, name=name, retry=retry):
        counts[trial.detector.label, why] += 1
    total = len(plan)
    again = len(done.current_again(plan))
    out = console()
    out.print(f"suite {plan.suite.name}: {total} trials, {total - counts.total()} finished, "
              f"{counts.total()} to run", markup=False)  # fmt: skip
    if again:
        out.print(f"{again} of them finished with the code that is there again: `run` makes theirs the "
                  "figures that reports show", markup=False)  # fmt: skip
    if counts:
        rows = [[detector, str(n), why] for (detector, why), n in sorted(counts.items())]
        out.print(table(["detector", "to run", "because"], rows, right=(1,)))
