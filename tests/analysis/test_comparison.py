from __future__ import annotations

from itertools import product

import pytest
from msgspec import structs

from bench.analysis.comparison import ALL, BETTER, FEW, OPEN, SAME, WORSE, compare_runs
from bench.evaluation.entries import Metric
from bench.evaluation.metrics import METRICS
from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.runs.writing import RunWriter
from bench.trials.environment import Environment
from bench.trials.record import Costs, Outcome, Record

ENVIRONMENT = Environment(cpu="one", cores=2, python="3.11", libraries={"numpy": "2.0"})
DATASETS = ("breast_cancer", "digits:anomaly=8")
SEEDS = tuple(range(10))


@pytest.fixture
def store(tmp_path, registry):
    """Write a run of knn and lof; ``f1`` and ``seconds`` give a trial's figures, None for a failure."""

    def write(name, f1=lambda trial: 0.5 + trial.seed / 100, seconds=lambda trial: 1 + trial.seed / 10,
              environment=ENVIRONMENT, change=lambda record: record, seeds=SEEDS):  # fmt: skip
        plan = make_plan(
            load_suite("quick"), registry, Selection(("knn", "lof"), DATASETS, ("unsupervised",), seeds)
        )
        with RunWriter(tmp_path, plan, environment, name) as writer:
            for trial in plan:
                value = f1(trial)
                if value is None:
                    record = Record.of(trial, "failed", "it broke")
                else:
                    costs = Costs(
                        fit_seconds=seconds(trial), score_seconds=0.5, peak_memory_bytes=100 + trial.seed
                    )
                    metrics = {"native": {"f1": value}, "ranking": {"roc_auc": 0.9, "adjusted_ap": 0.5}}
                    record = Record.of(trial, "ok", metrics=metrics, costs=costs)
                writer.write(Outcome(change(record)))
        return writer.run

    return write


def verdicts(compared, measure):
    rows = compared.rows[compared.rows["measure"] == measure]
    return {(row["detector"], row["dataset"]): row["verdict"] for row in rows.to_dict("records")}


def places(detector):
    return list(product([detector], [ALL, *DATASETS]))


def test_a_run_is_identical_to_itself(store):
    compared = compare_runs(store("a"), store("b"))
    assert set(compared.rows["verdict"]) == {SAME}
    assert not compared.is_worse
    assert compared.environment == compared.code == compared.broken == []


def test_a_loss_of_quality_is_found_for_the_detector_that_has_it(store):
    def lower(trial):
        return 0.5 + trial.seed / 100 - 0.001 * (trial.seed + 1) * (trial.detector.name == "lof")

    before, after = store("a"), store("b", lower)
    compared = compare_runs(before, after)
    found = verdicts(compared, "f1")
    assert [found[place] for place in places("lof")] == [WORSE] * 3
    assert [found[place] for place in places("knn")] == [SAME] * 3
    assert compared.is_worse
    row = compared.rows.query("detector == 'lof' and measure == 'f1' and dataset == @ALL").iloc[0]
    assert (row["pairs"], row["change"]) == (20, pytest.approx(-0.0055))
    assert row["low"] < -0.0055 < row["high"] < 0
    back = compare_runs(after, before)
    assert verdicts(back, "f1")["lof", ALL] == BETTER
    assert not back.is_worse


def test_a_difference_that_goes_either_way_is_none(store):
    compared = compare_runs(
        store("a"), store("b", lambda trial: 0.5 + (-1) ** trial.seed / (trial.seed + 10))
    )
    assert verdicts(compared, "roc_auc")["knn", ALL] == SAME
    assert verdicts(compared, "f1")["knn", ALL] == OPEN
    assert not compared.is_worse


def test_three_seeds_of_one_dataset_are_too_few_and_of_many_may_do(store):
    few = (0, 1, 2)
    compared = compare_runs(store("a", seeds=few), store("b", lambda trial: 0.3, seeds=few))
    found = verdicts(compared, "f1")
    assert found["lof", "breast_cancer"] == FEW
    # Six pairs give p = 1/32, which Holm does not let pass beside others.
    assert found["lof", ALL] == OPEN
    assert verdicts(compare_runs(*map(store, "cd"), alpha=0.9), "f1")["lof", ALL] == SAME


def test_neither_costs_nor_what_is_identical_hide_a_loss_of_quality(store):
    """Eight pairs give p = 1/128 at best: not significant beside more than five other comparisons."""
    seeds = tuple(range(8))

    def seconds(trial):
        return 1 + 0.01 * (-1) ** trial.seed * (trial.seed + 1)

    def lower(trial):
        return 0.3 if trial.detector.name == "lof" else 0.5 + trial.seed / 100

    compared = compare_runs(store("a", seeds=seeds), store("b", lower, seconds, seeds=seeds))
    assert verdicts(compared, "f1")["lof", "breast_cancer"] == WORSE
    assert verdicts(compared, "f1")["knn", "breast_cancer"] == SAME
    assert verdicts(compared, "seconds")["knn", "breast_cancer"] == OPEN


def test_what_fails_in_both_runs_is_the_same(store):
    def fails(trial):
        return None if trial.detector.name == "lof" else 0.5

    compared = compare_runs(store("a", fails), store("b", fails))
    assert verdicts(compared, "f1")["lof", ALL] == SAME
    assert verdicts(compared, "seconds")["lof", ALL] == FEW
    assert not compared.is_worse


def test_what_fails_now_is_worse_however_few(store):
    def broken(trial):
        return None if (trial.detector.name, trial.seed) == ("knn", 3) else 0.5 + trial.seed / 100

    compared = compare_runs(store("a"), store("b", broken))
    assert [record.seed for record in compared.broken] == [3, 3]
    assert compared.is_worse
    assert not compare_runs(store("c", broken), store("d")).is_worse


def test_a_detector_that_fails_everywhere_is_significantly_worse(store):
    compared = compare_runs(store("a"), store("b", lambda trial: None))
    assert verdicts(compared, "f1")["lof", ALL] == WORSE
    assert compared.rows["change"].isna().all()
    assert verdicts(compare_runs(store("c", lambda trial: None), store("d")), "f1")["lof", ALL] == BETTER


def test_seconds_are_compared_as_a_ratio(store):
    slower = compare_runs(store("a"), store("b", seconds=lambda trial: 2.5 + trial.seed / 5))
    row = slower.rows.query("measure == 'seconds' and detector == 'knn' and dataset == @ALL").iloc[0]
    assert row["change"] == pytest.approx(2)
    assert row["verdict"] == WORSE
    assert slower.is_worse


def test_a_small_change_of_seconds_is_none_however_sure(store):
    slower = compare_runs(store("a"), store("b", seconds=lambda trial: 1.05 * (1 + trial.seed / 10)))
    assert set(verdicts(slower, "seconds").values()) == {OPEN}


def test_another_machine_is_named_and_its_costs_are_no_reason_to_fail(store):
    other = structs.replace(ENVIRONMENT, cpu="two", libraries={"numpy": "2.1"})
    compared = compare_runs(store("a"), store("b", seconds=lambda trial: 9.0, environment=other))
    assert compared.environment == ["cpu: one -> two", "numpy: 2.0 -> 2.1"]
    assert verdicts(compared, "seconds")["knn", ALL] == WORSE
    assert not compared.same_machine
    assert not compared.is_worse


def test_another_version_of_a_library_is_the_same_machine(store):
    other = structs.replace(ENVIRONMENT, libraries={"numpy": "2.1"})
    assert compare_runs(store("a"), store("b", environment=other)).same_machine


def test_changed_plugin_files_are_named(store):
    def change(record):
        if record.detector.name != "lof":
            return record
        return structs.replace(record, code=structs.replace(record.code, detector="another"))

    assert compare_runs(store("a"), store("b", change=change)).code == ["lof: its file changed"]


def test_more_of_what_is_better_low_is_worse_and_a_failure_the_worst(store, monkeypatch):
    loss = Metric(
        "loss",
        "loss",
        "what is lost",
        len,
        "scores",
        shown="everywhere",
        higher_is_better=False,
        bounds=(0, 9),
    )
    monkeypatch.setitem(METRICS, "loss", loss)

    def losing(more, fails=()):
        def change(record):
            if record.status == "ok":
                record.metrics["ranking"]["loss"] = 1 + record.seed / 100 + more
            return record

        def f1(trial):
            return None if trial.seed in fails else 0.5

        return {"change": change, "f1": f1}

    before = store("a", **losing(0))
    assert verdicts(compare_runs(before, store("b", **losing(0.1))), "loss")["knn", ALL] == WORSE
    assert verdicts(compare_runs(before, store("c", **losing(-0.1))), "loss")["knn", ALL] == BETTER
    failing = compare_runs(before, store("d", **losing(0, fails=range(8))))
    assert verdicts(failing, "loss")["knn", ALL] == WORSE


def test_what_only_series_have_is_compared_where_a_trial_has_it(store):
    def on_series(record):
        if record.status == "ok":
            record.metrics["ranking"]["vus_pr"] = record.seed / 100
        return record

    failing = compare_runs(store("a"), store("b", lambda trial: None))
    assert "vus_pr" not in [measure.key for measure in failing.measures]
    series = compare_runs(store("c", change=on_series), store("d", lambda trial: None, change=on_series))
    assert verdicts(series, "vus_pr")["knn", ALL] == WORSE
