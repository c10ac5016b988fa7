from __future__ import annotations

import pytest

from bench.engine.schedule import MODELS_TOGETHER, FoldsJob, Limits, Schedule, StageJob, TrialJob
from bench.engine.tasks import Ended
from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.trials.environment import DEVICE_VARIABLE
from bench.trials.record import Outcome, Record, RowCounts


def plan_of(registry, detectors, *, datasets=("breast_cancer",), regimes=("unsupervised",), seeds=3):
    selection = Selection(tuple(detectors), datasets, regimes, tuple(range(seeds)))
    return make_plan(load_suite("quick"), registry, selection)


def schedule_of(registry, plan, limits=None, **options):
    return Schedule(plan, registry, limits or Limits(), **options)


def work(schedule, trials, end=None):
    """Do every job at once; returns the outcomes and the jobs in their order."""
    outcomes, jobs = [], []
    for job in schedule.jobs(trials):
        if isinstance(job, Outcome):
            outcomes.append(job)
            continue
        assert job is not None, "nothing runs, so there is nothing to wait for"
        jobs.append(job)
        if isinstance(job, TrialJob):
            result = (end and end(job.trial)) or Outcome(Record.of(job.trial, "ok"))
        else:
            result = {}
        outcomes += schedule.settle(job, result)
    return [outcome.record for outcome in outcomes], jobs


def test_trials_come_in_the_order_of_the_plan(registry):
    plan = plan_of(registry, ["knn", "lof"])
    records, _ = work(schedule_of(registry, plan), plan)
    assert [record.key for record in records] == [trial.key for trial in plan]


@pytest.mark.parametrize(("device", "size"), MODELS_TOGETHER.items())
def test_stages_are_fitted_in_groups_that_the_plan_and_the_device_alone_decide(
    registry, monkeypatch, device, size
):
    monkeypatch.setenv(DEVICE_VARIABLE, device)
    detectors = ["autoencoder_difference_forest", "autoencoder_histogram_forest", "random_forest"]
    plan = plan_of(registry, detectors, regimes=("supervised",), seeds=size + 3)
    trials = list(plan)

    def groups(pending):
        records, jobs = work(schedule_of(registry, plan), pending)
        assert sorted(record.key for record in records) == sorted(trial.key for trial in pending)
        return {frozenset(job.stages) for job in jobs if isinstance(job, StageJob)}

    whole = groups(trials)
    assert sorted(len(group) for group in whole) == [3, size]
    # One pending trial has its whole group trained, so that its scores are those of an uninterrupted run.
    last = [trial for trial in trials if trial.detector.name != "random_forest"][-1:]
    assert groups(last) < whole
    assert len(groups(last)) == 1


def test_a_trial_waits_for_its_stage_and_others_go_on(registry):
    plan = plan_of(registry, ["autoencoder", "mcd"], seeds=1)
    autoencoder, mcd = sorted(plan, key=lambda trial: trial.detector.name)
    jobs = schedule_of(registry, plan).jobs([autoencoder, mcd])
    first, second = next(jobs), next(jobs)
    assert isinstance(first, StageJob)
    assert isinstance(second, TrialJob)
    assert second.trial.detector.name == "mcd"
    assert next(jobs) is None


def test_the_folds_of_a_stage_are_fitted_once_where_a_trial_asks_for_it(registry):
    forests = ["autoencoder_difference_forest", "autoencoder_histogram_forest"]
    plan = plan_of(registry, forests, regimes=("supervised",), seeds=2)
    first, other = list(plan)[:2]
    assert first.seed == other.seed
    records, jobs = work(schedule_of(registry, plan), [first, other])
    assert [record.key for record in records] == [first.key, other.key]
    stages, folds, *trials = jobs
    assert isinstance(stages, StageJob)
    assert isinstance(folds, FoldsJob)
    assert folds.stage in stages.keys  # the other seed's are fitted as well, but nobody asks for its folds
    assert trials == [TrialJob(first, folds.stage), TrialJob(other, folds.stage)]


def test_folds_that_end_their_process_are_the_end_of_each_trial_that_waits(registry):
    forests = ["autoencoder_difference_forest", "autoencoder_histogram_forest"]
    plan = plan_of(registry, forests, regimes=("supervised",), seeds=1)
    schedule = schedule_of(registry, plan)
    jobs = schedule.jobs(plan)
    assert list(schedule.settle(next(jobs), {})) == []
    folds = next(jobs)
    assert isinstance(folds, FoldsJob)
    assert next(jobs) is None
    ended = Ended("out-of-memory", "too large")
    records = [outcome.record for outcome in schedule.settle(folds, ended)]
    assert [(record.status, record.reason) for record in records] == [ended, ended]
    assert schedule.timeout_of(folds) is None


def test_a_failed_stage_fails_each_trial_that_needs_it(registry):
    plan = plan_of(registry, ["autoencoder"], seeds=2)
    schedule = schedule_of(registry, plan)
    job = next(schedule.jobs(plan))
    records = [outcome.record for outcome in schedule.settle(job, Ended("timeout", "too slow"))]
    assert [(record.status, record.reason) for record in records] == [("timeout", "too slow")]
    assert schedule.timed_out == {next(iter(plan)).combination}


def test_a_detector_that_timed_out_is_not_tried_on_further_seeds(registry):
    plan = plan_of(registry, ["knn", "lof"], datasets=("breast_cancer", "digits"))

    def end(trial):
        if trial.detector.name == "lof" and trial.dataset.label == "digits":
            return Ended("timeout", "too slow")
        return None

    records, jobs = work(schedule_of(registry, plan), plan, end)
    statuses = [r.status for r in records if (r.detector.name, r.dataset.label) == ("lof", "digits")]
    assert statuses == ["timeout", "skipped", "skipped"]
    assert {record.status for record in records if record.detector.name == "knn"} == {"ok"}
    assert len(jobs) == 10


def test_a_detector_that_timed_out_is_not_tried_on_a_variant_that_is_no_smaller(registry):
    rows = {"bumps:points=64": (100, 64), "bumps:points=128": (100, 128), "bumps:points=32": (500, 32),
            "bumps:normals=90,points=128": (90, 128)}  # fmt: skip
    plan = plan_of(registry, ["ecod", "knn"], datasets=tuple(rows), seeds=1)

    def end(trial):
        if trial.detector.name == "knn" and trial.dataset.params["points"] == 64:
            return Ended("timeout", "too slow")
        train, columns = rows[trial.dataset.label]
        return Outcome(Record.of(trial, "ok", rows=RowCounts(train=train, columns=columns)))

    records, _ = work(schedule_of(registry, plan), plan, end)
    statuses = {r.dataset.label: (r.status, r.reason) for r in records if r.detector.name == "knn"}
    assert {label for label, (status, _) in statuses.items() if status == "ok"} == {
        "bumps:points=32",  # fewer columns
        "bumps:normals=90,points=128",  # fewer rows
    }
    assert statuses["bumps:points=128"] == (
        "skipped",
        "it timed out on bumps:points=64, which is no larger; --retry tries it",
    )


def test_what_timed_out_in_an_earlier_run_is_skipped_too(registry):
    plan = plan_of(registry, ["knn"])
    records, jobs = work(schedule_of(registry, plan, timed_out={next(iter(plan)).combination}), plan)
    assert {record.status for record in records} == {"skipped"}
    assert jobs == []


def test_a_spent_budget_begins_nothing_more(registry):
    plan = plan_of(registry, ["knn"])
    schedule = schedule_of(registry, plan, Limits(budget=0.0))
    assert list(schedule.jobs(plan)) == []
    assert schedule.is_spent


@pytest.mark.parametrize("timeout", [None, 10.0])
def test_a_group_of_stages_has_time_for_each_of_its_models(registry, timeout):
    plan = plan_of(registry, ["autoencoder"], seeds=3)
    schedule = schedule_of(registry, plan, Limits(timeout=timeout))
    job = next(schedule.jobs(plan))
    assert schedule.timeout_of(job) == (timeout and 30.0)
    assert list(schedule.settle(job, {})) == []
    assert schedule.timeout_of(next(schedule.jobs(plan))) == timeout  # its folds, as a trial
