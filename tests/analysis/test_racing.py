from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_up_f1 import Store, plan_of_20_seeds

from bench.analysis.racing import resolve, seed_means

ALPHA = 0.05


@pytest.fixture(scope="module")
def plan():
    return plan_of_20_seeds()


def seeds_of(store, detector):
    return len({seed for name, _, _, seed in store.rows if name == detector})


def test_seeds_go_to_those_that_may_still_be_the_best(plan):
    store = Store()
    *_, contests = resolve(plan, ALPHA, store.run, store.read)
    unsupervised, supervised = contests
    assert unsupervised.race.contenders == ["hbos", "knn"]
    assert seeds_of(store, "knn") == seeds_of(store, "hbos") == 20
    assert seeds_of(store, "lof") == 12
    # Alone in its regime, it needs no seeds beyond the first.
    assert supervised.race.contenders == ["random_forest"]
    assert supervised.seeds == 8


def test_a_slow_detector_has_its_own_seeds_and_is_said_to_be_left_out(plan):
    assert [named.label for plugin, named in plan.detectors if plugin.slow] == ["random_forest"]
    store = Store()
    few = replace(plan, suite=replace(plan.suite, slow_seeds=1))
    *_, contests = resolve(few, ALPHA, store.run, store.read)
    assert contests[1].left_out == ("random_forest",)
    assert seeds_of(store, "random_forest") == 1


def test_the_trials_are_counted_each_once(plan):
    store = Store()
    *_, contests = resolve(plan, ALPHA, store.run, store.read)
    assert sum(contest.trials for contest in contests) == len(store.rows)
    assert sum(contest.all_trials for contest in contests) == len(plan)
    assert len(store.rows) < len(plan)


def test_a_run_that_is_stopped_says_where_it_stands(plan):
    store = Store(stop_after=3)
    *_, contests = resolve(plan, ALPHA, store.run, store.read)
    assert [contest.seeds for contest in contests] == [12, 8]
    assert contests[0].race.beaten.keys() == {"lof"}


def test_where_all_are_alike_all_seeds_are_spent(plan):
    store = Store(spread=9.0)
    *_, contests = resolve(plan, ALPHA, store.run, store.read)
    assert contests[0].seeds == 20
    assert len(contests[0].race.contenders) == 4


def test_a_failure_counts_as_chance_and_what_has_not_run_is_unknown(plan):
    store = Store()
    store.run(replace(plan, suite=replace(plan.suite, seeds=(0, 1))))
    results = store.read()
    frame = results.frame
    is_knn = (frame["detector"] == "knn") & (frame["seed"] == 0)
    frame.loc[is_knn, ["status", "ranking.adjusted_ap"]] = ["failed", np.nan]
    frame.loc[(frame["detector"] == "lof") & (frame["seed"] == 1), "status"] = "missing"
    means = seed_means(results, "unsupervised")
    assert means.loc[0, "knn"] == 0
    assert np.isnan(means.loc[1, "lof"])
    assert means.loc[1, "knn"] == pytest.approx(0.8, abs=0.05)
