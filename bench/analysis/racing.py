"""Adaptive replication: seeds are spent where it is still open who is best."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace

import pandas as pd

from bench.analysis.qualities import ranked_by
from bench.analysis.results import MISSING, SuiteResults
from bench.analysis.statistics.sequential import Race, looks
from bench.plans.plan import Cell, Plan, fits
from bench.plugins.contract import Regime

# Runs a plan; whether all of it has been run, so that it can be gone on.
RunPlan = Callable[[Plan], bool]
# The results of the plan's suite as they are stored by now.
Read = Callable[[], SuiteResults]


@dataclass
class Contest:
    """What is known of a regime: who is still in the race, after ``seeds`` seeds and ``trials`` trials.

    ``all_trials`` is how many all seeds would take. ``left_out`` take no part, since they have too few
    seeds or are not run on each of the regime's datasets.
    """

    regime: Regime
    race: Race
    all_trials: int
    left_out: tuple[str, ...]
    seeds: int = 0
    trials: int = 0


def resolve(plan: Plan, alpha: float, run: RunPlan, read: Read) -> Iterator[list[Contest]]:
    """Run a plan round by round, and give the contests, one for each regime, after each round.

    A round adds seeds for the detectors that none has been shown to be better than. It ends with the plan's
    last seed, where one detector is left in each regime, or where ``run`` says that it was stopped.
    """
    contests = [_contest(plan, regime, alpha) for regime in dict.fromkeys(cell.regime for cell in plan.cells)]
    for seeds in looks(len(plan.suite.seeds)):
        for contest in contests:
            if contest.seeds and not contest.race.is_open:
                continue
            part = _part(plan, contest, seeds)
            if not run(part):
                yield contests
                return
            contest.trials += len(part) - len(_part(plan, contest, contest.seeds))
            contest.seeds = seeds
            contest.race.look(_values(read(), plan, contest))
        yield contests
        if not any(contest.race.is_open for contest in contests):
            return


def seed_means(results: SuiteResults, regime: str) -> pd.DataFrame:
    """A row for each seed, a column for each detector: the regime's mean of what ranks boards.

    Values are within 0 and 1: what is worse than chance, which is 0, counts as chance, and so does what did
    not end "ok". A test takes the longer, the wider the values may range. NaN where a detector was not run
    on each dataset. Detectors out of competition are left out.
    """
    frame = results.frame[results.frame["regime"] == regime]
    frame = frame[~frame["detector"].isin(results.references)]
    values = ranked_by(results.frame).values(frame, results.headline).where(frame["status"] == "ok", 0.0)
    values = values.clip(lower=0.0).where(frame["status"] != MISSING)
    keys = [frame["seed"], frame["detector"]]
    whole = values.notna().groupby(keys).sum() == frame["dataset"].nunique()
    means: pd.DataFrame = values.groupby(keys).mean().where(whole).unstack()
    return means.sort_index()


def _contest(plan: Plan, regime: Regime, alpha: float) -> Contest:
    cells = _cells(plan, regime)
    present = {
        named.label: all(fits(plugin, cell) for cell in cells) and plan.seeds(plugin) == plan.suite.seeds
        for plugin, named in plan.detectors
        if not plugin.optimum and any(fits(plugin, cell) for cell in cells)
    }
    race = Race(tuple(label for label, takes_part in present.items() if takes_part), alpha)
    left_out = tuple(label for label, takes_part in present.items() if not takes_part)
    return Contest(regime, race, len(replace(plan, cells=cells)), left_out)


def _part(plan: Plan, contest: Contest, seeds: int) -> Plan:
    """The first ``seeds`` seeds of a regime, for its contenders; in the first round for every detector."""
    chosen: Collection[str] = contest.race.contenders
    return replace(
        plan,
        suite=replace(plan.suite, seeds=plan.suite.seeds[:seeds]),
        cells=_cells(plan, contest.regime),
        detectors=tuple(
            (plugin, named) for plugin, named in plan.detectors if not contest.seeds or named.label in chosen
        ),
    )


def _cells(plan: Plan, regime: Regime) -> tuple[Cell, ...]:
    return tuple(cell for cell in plan.cells if cell.regime == regime)


def _values(results: SuiteResults, plan: Plan, contest: Contest) -> pd.DataFrame:
    """Of the suite's results, which may hold more than this plan, what is known of the race's detectors.

    Those that have dropped out have values for their seeds: bets were on them while they led.
    """
    frame = results.frame
    planned = (
        frame["dataset"].isin([cell.dataset.label for cell in _cells(plan, contest.regime)])
        & frame["detector"].isin(contest.race.detectors)
        & frame["seed"].isin(plan.suite.seeds[: contest.seeds])
    )
    return seed_means(replace(results, frame=frame[planned]), contest.regime)
