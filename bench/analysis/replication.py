"""How many seeds it takes to say who is best: what a race spares against the same number for all."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from bench.analysis.leaderboard import metrics
from bench.analysis.results import MISSING, SuiteResults
from bench.analysis.statistics.sequential import Look, looks, run_race

# So many seeds are enough to judge a race by.
ENOUGH = 20


@dataclass(frozen=True)
class Replay:
    """A race over stored trials, beside one look at all of them. ``used`` of ``all`` trials were needed."""

    regime: str
    detectors: int
    seeds: int
    top_group: list[str]
    fixed_group: list[str]
    used: int
    all: int


def seed_means(results: SuiteResults, regime: str) -> pd.DataFrame:
    """A row for each seed, a column for each detector: the mean headline F1 over the regime's datasets.

    What did not end "ok" counts as 0, the worst F1 there is. NaN where a detector was not run on each
    dataset. Detectors out of competition are left out.
    """
    frame = results.frame[results.frame["regime"] == regime]
    frame = frame[~frame["detector"].isin(results.references)]
    f1 = metrics(frame, results.headline)["f1"].where(frame["status"] == "ok", 0.0)
    f1 = f1.where(frame["status"] != MISSING)
    keys = [frame["seed"], frame["detector"]]
    whole = f1.notna().groupby(keys).sum() == frame["dataset"].nunique()
    means: pd.DataFrame = f1.groupby(keys).mean().where(whole).unstack()
    return means.sort_index()


def replay(results: SuiteResults, regime: str, alpha: float) -> Replay | None:
    """The race over the detectors that were run with every seed; None for too few of either."""
    values = seed_means(results, regime).dropna(axis="columns")
    if len(values) < ENOUGH or len(values.columns) < 2:
        return None
    datasets = results.frame[results.frame["regime"] == regime]["dataset"].nunique()
    race, used = run_race(values, alpha, looks(len(values)))
    fixed, _ = run_race(values, alpha, [Look(len(values), 1.0)])
    return Replay(
        regime, len(values.columns), len(values), race.contenders, fixed.contenders,
        used * datasets, values.size * datasets,
    )  # fmt: skip
