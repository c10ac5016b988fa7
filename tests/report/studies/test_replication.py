from __future__ import annotations

from dataclasses import replace

import pytest
from made_up_f1 import Store, plan_of_20_seeds

from bench.report.studies.replication import replay

ALPHA = 0.05


@pytest.fixture(scope="module")
def plan():
    return plan_of_20_seeds()


def test_a_replay_says_what_a_race_would_have_spared(plan):
    store = Store()
    store.run(plan)
    found = replay(store.read(), "unsupervised", ALPHA)
    assert found.contenders == ["hbos", "knn"]
    assert found.highest in found.contenders
    datasets = len({cell.dataset.label for cell in plan.cells if cell.regime == "unsupervised"})
    assert found.all == 4 * 20 * datasets
    assert found.used == (4 * 12 + 3 * 4 + 2 * 4) * datasets


def test_too_few_seeds_are_not_replayed(plan):
    store = Store()
    store.run(replace(plan, suite=replace(plan.suite, seeds=(0, 1, 2))))
    assert replay(store.read(), "unsupervised", ALPHA) is None
