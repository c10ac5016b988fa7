"""Running a plan: what is to be run is said, and what comes of it is stored. For each verb that runs one."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Collection, Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from bench.api._own_data import AS_ROWS

if TYPE_CHECKING:
    from bench.api._watching import Watch
    from bench.engine.registry import Engine
    from bench.plans.plan import Plan
    from bench.plans.work import Work
    from bench.plugins.registry import Registry
    from bench.splits.split import Split
    from bench.trials.trial import Combination

# Not what it is when a run begins: another run, in another thread, may have shortened it.
USUAL_INTERVAL = sys.getswitchinterval()


def run_plan(
    plan: Plan,
    registry: Registry,
    engine: Engine,
    results: Path,
    watch: Watch,
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
    _say_plan(work, watch)
    again = done.current_again(plan)
    if work.pending:
        _check_datasets(work, registry, watch)
    if not (work.pending or again):
        return True
    timed_out = set() if retry or fresh else combinations_timed_out(results, name=name)
    return _run(work, engine, results, name, timed_out, again, watch)


def _say_plan(work: Work, watch: Watch) -> None:
    plan = work.plan
    for hint in plan.hints:
        watch.say(f"note: {hint}")
    for plugin in plan.unavailable:
        watch.say(f"note: {plugin.name} is left out: `list` says what it needs")
    planned, pending = len(plan), work.pending
    already = f", {planned - pending} of {planned} trials finished before" if planned > pending else ""
    watch.say(f"suite {plan.suite.name}: {pending} trials to run{already}")


def _check_datasets(work: Work, registry: Registry, watch: Watch) -> None:
    """Load each dataset once before any trial runs, so that bad data is said at once."""
    from bench.trials.split_cache import make_splits

    for trial, split in make_splits(work.first_on.values(), registry):
        if trial.dataset.name == AS_ROWS.dataset:
            _say_own(split, watch)


def _say_own(split: Split, watch: Watch) -> None:
    """What has been read of a person's own file, above all how many rows are taken for anomalous."""
    parts = [part for part in (split.train, split.calibration, split.test) if part]
    rows, anomalies = sum(len(part.y) for part in parts), sum(int(part.y.sum()) for part in parts)
    watch.say(
        f"{rows:,} rows, {anomalies:,} of them anomalous ({anomalies / rows:.1%}); "
        f"{split.X_train.shape[1]} columns once encoded"
    )


@contextlib.contextmanager
def _tables_prepared(plan: Plan) -> Iterator[None]:
    """Prepare what takes longest of what the tables need at the end in a thread, while this process mostly
    waits for others.
    """
    thread = threading.Thread(target=_prepare_tables, args=(len(plan.detectors) > 1,))
    # Usually a thread waits 5 ms for another, and so would a worker for its next trial.
    sys.setswitchinterval(USUAL_INTERVAL / 50)
    thread.start()
    try:
        yield
    finally:
        thread.join()
        sys.setswitchinterval(USUAL_INTERVAL)


def _prepare_tables(tests: bool) -> None:
    with contextlib.suppress(Exception):  # it is said where the tables are made
        from bench.report.keeping import state_of_code

        state_of_code()
        if tests:
            for name in ("scipy.stats", "matplotlib.figure", "scikit_posthocs"):
                import_module(name)


def _run(
    work: Work,
    engine: Engine,
    results: Path,
    name: str | None,
    timed_out: Collection[Combination],
    again: Collection[str],
    watch: Watch,
) -> bool:
    import bench
    from bench.runs.current import answers_of
    from bench.runs.writing import RunWriter
    from bench.trials.environment import describe

    environment = describe(bench.__version__, engine.threads)
    begun = 0
    with (
        RunWriter(results, work.plan, environment, name) as writer,
        watch.trials(work) as seen,
        _tables_prepared(work.plan),
        contextlib.closing(engine.run(work.plan, work, timed_out=timed_out)) as outcomes,
    ):
        for answer in answers_of(results, again, name=name):
            writer.write_again(answer)
        for outcome in outcomes:
            writer.write(outcome)
            seen(outcome.record)
            begun += 1
    if begun < work.pending:
        left = work.pending - begun
        watch.say(f"the budget is spent: {left} trials are left; the same command goes on")
    if again:
        watch.say(
            f"{len(again)} trials finished before with the code that is there again: theirs are the figures"
        )
    if begun or again:
        watch.say(f"stored in {writer.run.folder}")
    return begun == work.pending
