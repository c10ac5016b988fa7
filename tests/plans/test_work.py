from __future__ import annotations

from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.plans.work import Work


def test_what_has_finished_is_neither_counted_nor_given(registry):
    selection = Selection(detectors=("knn", "hbos"), regimes=("unsupervised",), seeds=(0, 1))
    plan = make_plan(load_suite("quick"), registry, selection)
    finished = {trial.key for trial in plan if trial.detector.name == "knn" or trial.seed == 0}
    work = Work(plan, finished)
    assert {(trial.detector.name, trial.seed) for trial in work} == {("hbos", 1)}
    assert work.pending == len(list(work)) == work.by_detector["hbos", "unsupervised"]
    assert set(work.first_on) == {cell.dataset.label for cell in plan.cells}
