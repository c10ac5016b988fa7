"""Running a plan until it is decided who is best."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bench.api._running import run_plan

if TYPE_CHECKING:
    from bench.analysis.racing import Contest
    from bench.analysis.results import SuiteResults
    from bench.api._watching import Watch
    from bench.engine.registry import Engine
    from bench.engine.schedule import Limits
    from bench.plans.plan import Plan
    from bench.plugins.registry import Registry

# Names in a line; more are counted.
SHOWN = 8


def run_until_resolved(
    plan: Plan,
    registry: Registry,
    engine_within: Callable[[Limits], Engine],
    limits: Limits,
    results: Path,
    watch: Watch,
    *,
    alpha: float,
    name: str | None,
) -> None:
    """Run rounds of a plan, and say after each who is still in the race. All rounds are one run."""
    from bench.analysis.racing import resolve
    from bench.analysis.results import load_suite_results
    from bench.runs.writing import new_name

    name = name or new_name(plan.suite.name)
    end = None if limits.budget is None else time.monotonic() + limits.budget

    def run(part: Plan) -> bool:
        left = None if end is None else max(0.0, end - time.monotonic())
        return run_plan(
            part, registry, engine_within(replace(limits, budget=left)), results, watch, name=name
        )

    def read() -> SuiteResults:
        return next(found for found in load_suite_results(results) if found.name == plan.suite.name)

    contests: list[Contest] = []
    for contests in resolve(plan, alpha, run, read):
        _say_round(contests, watch)
    _say_result(contests, watch)


def _say_round(contests: Sequence[Contest], watch: Watch) -> None:
    for contest in contests:
        watch.say(
            f"{contest.regime}, {contest.seeds} seeds: {len(contest.race.contenders)} of "
            f"{len(contest.race.detectors)} detectors may be the best"
        )


def _say_result(contests: Sequence[Contest], watch: Watch) -> None:
    for contest in contests:
        best = _names(contest.race.contenders)
        said = "is the best" if len(contest.race.contenders) == 1 else "may be the best"
        watch.say(
            f"{contest.regime}: {best} {said}; {contest.trials:,} trials of the {contest.all_trials:,} that "
            "all seeds would take"
        )
        if contest.left_out:
            watch.say(f"{contest.regime}: too few seeds or datasets to tell of {_names(contest.left_out)}")


def _names(found: Sequence[str]) -> str:
    more = len(found) - SHOWN
    return ", ".join(found[:SHOWN]) + (f" and {more} more" if more > 0 else "")
