"""Running a plan: what is to be run is said, and what comes of it is stored. For each verb that runs one."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Collection
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bench.cli._output import console, say_error
from bench.cli._own_data import OWN

if TYPE_CHECKING:
    from bench.engine.registry import Engine
    from bench.plans.plan import Plan
    from bench.plans.work import Work
    from bench.plugins.registry import Registry
    from bench.splits.split import Split
    from bench.trials.trial import Combination

# The exit code of a program that Ctrl-C has ended, by the shells' convention.
INTERRUPTED = 130


def run_plan(
    plan: Plan,
    registry: Registry,
    engine: Engine,
    results: Path,
    *,
    name: str | None = None,
    retry: bool = False,
    fresh: bool = False,
) -> bool:
    """Run what of a plan has not finished before, storing each trial as it ends.

    Returns whether all of it has; a budget may be spent before.
    """
    from bench.plans.work import Work
    from bench.runs.current import NOTHING, finished
    from bench.runs.reading import combinations_timed_out

    done = NOTHING if fresh else finished(results, name=name, retry=retry)
    work = Work(plan, done.statuses)
    _say_plan(work)
    again = done.current_again(plan)
    if work.pending:
        _check_datasets(work, registry)
    if not (work.pending or again):
        return True
    timed_out = set() if retry or fresh else combinations_timed_out(results, name=name)
    return _run(work, engine, results, name, timed_out, again)


def _say_plan(work: Work) -> None:
    out, plan = console(), work.plan
    for hint in plan.hints:
        out.print(f"note: {hint}", markup=False)
    for plugin in plan.unavailable:
        out.print(f"note: {plugin.name} is left out: `list` says what it needs", markup=False)
    planned, pending = len(plan), work.pending
    already = f", {planned - pending} of {planned} trials finished before" if planned > pending else ""
    out.print(f"suite {plan.suite.name}: {pending} trials to run{already}", markup=False)


def _check_datasets(work: Work, registry: Registry) -> None:
    """Load each dataset once before any trial runs, so that bad data is said at once."""
    from bench.trials.split_cache import make_splits

    for trial, split in make_splits(work.first_on.values(), registry):
        if trial.dataset.name == OWN:
            _say_own(split)


def _say_own(split: Split) -> None:
    """What has been read of a person's own file, above all how many rows are taken for anomalous."""
    parts = [part for part in (split.train, split.calibration, split.test) if part]
    rows, anomalies = sum(len(part.y) for part in parts), sum(int(part.y.sum()) for part in parts)
    console().print(
        f"{rows:,} rows, {anomalies:,} of them anomalous ({anomalies / rows:.1%}); "
        f"{split.X_train.shape[1]} columns once encoded",
        markup=False,
    )


def _import_for_tables(plan: Plan) -> None:
    """Import what takes longest of what the tables need at the end: of several detectors, tests, too."""
    import_module("bench.report")
    if len(plan.detectors) > 1:
        for name in ("scipy.stats", "matplotlib.figure", "scikit_posthocs"):
            import_module(name)


def _run(
    work: Work,
    engine: Engine,
    results: Path,
    name: str | None,
    timed_out: Collection[Combination],
    again: Collection[str],
) -> bool:
    import bench
    from bench.cli._progress import progress
    from bench.runs.current import answers_of
    from bench.runs.writing import RunWriter
    from bench.trials.environment import describe

    environment = describe(bench.__version__, engine.threads)
    # While workers start, this process has nothing else to do.
    threading.Thread(target=_import_for_tables, args=(work.plan,), daemon=True).start()
    begun = 0
    with (
        RunWriter(results, work.plan, environment, name) as writer,
        progress(work.by_detector, work.plan.suite.headline) as seen,
        contextlib.closing(engine.run(work.plan, work, timed_out=timed_out)) as outcomes,
    ):
        try:
            for answer in answers_of(results, again, name=name):
                writer.write_again(answer)
            for outcome in outcomes:
                writer.write(outcome)
                seen(outcome.record)
                begun += 1
        except KeyboardInterrupt:
            say_error("stopped; what had finished is stored, and the same command goes on from there")
            raise typer.Exit(INTERRUPTED) from None
    if begun < work.pending:
        left = work.pending - begun
        console().print(
            f"the budget is spent: {left} trials are left; the same command goes on", markup=False
        )
    if again:
        console().print(
            f"{len(again)} trials finished before with the code that is there again: theirs are the figures",
            markup=False,
        )
    if begun or again:
        console().print(f"stored in {writer.run.folder}", markup=False)
    return begun == work.pending
