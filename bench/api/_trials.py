"""`bench.api.run` and `bench.api.status`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bench.api import _choosing as choosing
from bench.api import _parsing as parsing
from bench.api._parsing import File, Texts
from bench.api._times import warn_of_times
from bench.api._together import check_together
from bench.api._watching import Say, Watch, watch_of
from bench.errors import BenchError

if TYPE_CHECKING:
    import pandas as pd

    from bench.analysis.frames import Results
    from bench.engine.registry import Engine
    from bench.engine.schedule import Limits
    from bench.tables import Dialect

# Seeds at most with ``until_resolved``, where a person names none; and the chance of an error.
MOST_SEEDS, ALPHA = 20, 0.05


def run(
    *,
    all: bool = False,
    suite: File | None = None,
    detectors: Texts | None = None,
    datasets: Texts | None = None,
    regimes: Texts | None = None,
    seeds: str | int | Iterable[int] | None = None,
    settings: str | None = None,
    share: str | None = None,
    data: File | None = None,
    label: str | None = None,
    normal: str | None = None,
    drop: Texts | None = None,
    time: str | None = None,
    series: str | None = None,
    dialect: Dialect | None = None,
    jobs: int | None = None,
    threads: int = 1,
    timeout: float | None = None,
    memory: str | None = None,
    device: str = "auto",
    budget: str | float | None = None,
    until_resolved: bool = False,
    alpha: float = ALPHA,
    engine: str = "local",
    address: str | None = None,
    plugins: File | Sequence[File] | None = None,
    data_dir: File | None = None,
    results: File = "results",
    name: str | None = None,
    retry: bool = False,
    fresh: bool = False,
    mlflow: str | None = None,
    say: Say = None,
) -> Results:
    """Run detectors on datasets, store each trial as it ends, and write the tables in the results folder.

    What has finished before is not run again. `run` on the command line describes the options.

    Parameters
    ----------
    all, suite, detectors, datasets, regimes, seeds, settings, share
        What to run: ``seeds`` as a number of them, a text such as ``"0,3"`` or the seeds themselves.
    data, label, normal, drop, time, series, dialect
        A file of your own in place of datasets, and how it is written.
    jobs, threads, timeout, memory, device, budget, engine, address
        Where it runs and within which limits: ``memory`` as ``"4G"``, ``budget`` as ``"10m"`` or in seconds.
    until_resolved, alpha
        Whether further seeds are only for detectors that may still be the best.
    plugins, data_dir, results, name, retry, fresh, mlflow
        Folders, and what is kept.
    say : callable, optional
        Called with each line about how far it is, such as ``print``.

    Returns
    -------
    Results
        What is known of the suite, as `bench.load_results` gives it.

    Raises
    ------
    BenchError
        For what is unknown or does not go together.
    """
    from bench.engine.registry import preparing

    check_together(
        "run",
        {
            "data": data,
            "data-dir": data_dir,
            "until-resolved": until_resolved,
            "alpha": alpha != ALPHA,
            "retry": retry,
            "fresh": fresh,
        },
    )
    with preparing(engine, threads):
        from bench.api._resolving import run_until_resolved
        from bench.api._running import run_plan
        from bench.engine.registry import EngineOptions, make_engine
        from bench.engine.schedule import Limits
        from bench.runs.writing import check_name, check_writable

        watch, folder, dropped = watch_of(say), Path(results), parsing.names_of(drop)
        registry = choosing.load_plugins(parsing.folders_of(plugins), parsing.path_of(data_dir))
        own = choosing.own_data(parsing.path_of(data), label, normal, dropped, time, series, dialect)
        if own is not None and own.time is None:
            warn_of_times(own.file, dropped, dialect)
        named, of = None if suite is None else str(suite), parsing.texts_of
        choice = choosing.Choice(
            named, all, of(detectors), of(datasets), of(regimes), seeds, own, share, settings
        )
        plan = choosing.plan_of(choice, registry)
        if name is not None:
            check_name(name)
        limits = Limits(
            timeout=(plan.suite.timeout if timeout is None else timeout) or None,
            memory=None if memory is None else parsing.parse_memory(memory),
            budget=None if budget is None else parsing.parse_duration(budget),
        )

        def engine_within(limits: Limits) -> Engine:
            return make_engine(engine, EngineOptions(registry, limits, jobs, threads, device, address))

        chosen = engine_within(limits)
        check_writable(folder)
        if mlflow is not None:
            from bench.report.mlflow_log import check_mlflow

            check_mlflow(mlflow)
        if until_resolved:
            if plan.settings:
                raise BenchError(
                    "--until-resolved looks for the best detector; run it with --settings default"
                )
            parsing.check_alpha(alpha)
            if seeds is None:
                plan = replace(plan, suite=replace(plan.suite, seeds=tuple(range(MOST_SEEDS))))
            run_until_resolved(plan, registry, engine_within, limits, folder, watch, alpha=alpha, name=name)
        else:
            run_plan(plan, registry, chosen, folder, watch, name=name, retry=retry, fresh=fresh)
    return _reported(plan.suite.name, folder, mlflow, watch)


def _reported(suite: str, folder: Path, mlflow: str | None, watch: Watch) -> Results:
    """What is known of a suite, once its leaderboards are logged and the tables of all runs written."""
    from bench.analysis.frames import Results
    from bench.analysis.results import load_suite_results
    from bench.report import write_tables

    loaded = load_suite_results(folder)
    found = {each.name: each for each in loaded if each.name == suite}
    if mlflow is not None:
        from bench.report.mlflow_log import log_results

        for each in found.values():
            count = log_results(each, mlflow)
            watch.say(f"logged {count} detectors of {each.name} to MLflow at {mlflow}")
    if loaded:
        files = write_tables(loaded, folder, own_files={suite})
        watch.say("wrote " + ", ".join(str(file) for file in files))
    return Results(found)


@dataclass(frozen=True)
class Status:
    """What `bench.api.run` with the same options would run.

    ``trials``: that are planned; ``again``: of those that have finished, how many did so with code that is
    there again after it was another. ``reasons``: the number of trials to run, by detector and reason.
    """

    suite: str
    trials: int
    again: int
    reasons: Counter[tuple[str, str]]

    @property
    def to_run(self) -> int:
        """The number of trials to run."""
        return self.reasons.total()

    @property
    def pending(self) -> pd.DataFrame:
        """A row for each detector and reason, with the number of trials."""
        import pandas as pd

        rows = [(detector, count, why) for (detector, why), count in sorted(self.reasons.items())]
        return pd.DataFrame(rows, columns=["detector", "to_run", "because"])


def status(
    *,
    all: bool = False,
    suite: File | None = None,
    detectors: Texts | None = None,
    datasets: Texts | None = None,
    regimes: Texts | None = None,
    seeds: str | int | Iterable[int] | None = None,
    settings: str | None = None,
    share: str | None = None,
    data: File | None = None,
    label: str | None = None,
    normal: str | None = None,
    drop: Texts | None = None,
    time: str | None = None,
    series: str | None = None,
    dialect: Dialect | None = None,
    plugins: File | Sequence[File] | None = None,
    data_dir: File | None = None,
    results: File = "results",
    name: str | None = None,
    retry: bool = False,
) -> Status:
    """What `run` with the same options would run, and why; runs nothing.

    Parameters
    ----------
    all, suite, detectors, datasets, regimes, seeds, settings, share
        As for `run`.
    data, label, normal, drop, time, series, dialect, plugins, data_dir, results, name, retry
        Likewise.

    Returns
    -------
    Status
        With ``suite``, ``trials``, ``to_run`` and ``pending``, a frame with a row for each detector and
        reason.

    Raises
    ------
    BenchError
        For what is unknown or does not go together.
    """
    from bench.runs.current import finished
    from bench.runs.pending import why_pending

    check_together("run", {"data": data, "data-dir": data_dir})
    registry = choosing.load_plugins(parsing.folders_of(plugins), parsing.path_of(data_dir))
    named, of = None if suite is None else str(suite), parsing.texts_of
    own = choosing.own_data(
        parsing.path_of(data), label, normal, parsing.names_of(drop), time, series, dialect
    )
    choice = choosing.Choice(
        named, all, of(detectors), of(datasets), of(regimes), seeds, own, share, settings
    )
    plan = choosing.plan_of(choice, registry)
    counts: Counter[tuple[str, str]] = Counter()
    done = finished(Path(results), name=name)
    for trial, why in why_pending(plan, Path(results), done.statuses, name=name, retry=retry):
        counts[trial.detector.label, why] += 1
    return Status(plan.suite.name, len(plan), len(done.current_again(plan)), counts)
