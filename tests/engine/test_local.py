from __future__ import annotations

from collections import Counter

import pytest
from msgspec import structs

from bench.engine.local import LocalEngine
from bench.engine.process import WorkerProcess
from bench.engine.schedule import Limits
from bench.engine.worker import run_trial
from bench.evaluation.judging import judge
from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.plugins.registry import load_registry

BAD = """
    import os
    import numpy as np
    from bench import detector

    class Base:
        def fit(self, train):
            pass
        def score(self, X):
            return X[:, 0]

    @detector
    class ARaises(Base):
        \"\"\"Raises.\"\"\"
        def fit(self, train):
            raise ValueError("no fit today")

    @detector
    class BPrints(Base):
        \"\"\"Prints.\"\"\"
        def fit(self, train):
            print("hello")

    @detector
    class CNan(Base):
        \"\"\"Not a number.\"\"\"
        def score(self, X):
            return np.full(len(X), np.nan)

    @detector
    class DDies(Base):
        \"\"\"Takes its process along.\"\"\"
        def fit(self, train):
            os._exit(7)

    @detector
    class FShape(Base):
        \"\"\"Returns a matrix.\"\"\"
        def score(self, X):
            return X

    @detector
    class GExits(Base):
        \"\"\"Calls sys.exit.\"\"\"
        def fit(self, train):
            raise SystemExit(3)

    @detector
    class HPeeks(Base):
        \"\"\"Reads labels that it did not declare.\"\"\"
        def fit(self, train):
            train.y

    @detector
    class IThreshold(Base):
        \"\"\"Has a threshold that is no number.\"\"\"
        def fit(self, train):
            self.threshold = float("nan")

    @detector
    class ZWorks(Base):
        \"\"\"Works.\"\"\"
"""

NEVER_BEGINS = """
    import threading
    from multiprocessing import parent_process

    from bench import detector

    if parent_process() is not None:
        threading.Event().wait()

    @detector
    class Imported:
        \"\"\"Its file ends in the main process and never in a worker.\"\"\"
        def fit(self, train):
            pass
        def score(self, X):
            return X[:, 0]
"""

HANGS = """
    import time
    from bench import detector

    @detector
    class Hangs:
        \"\"\"Never ends.\"\"\"
        def fit(self, train):
            time.sleep(3600)
        def score(self, X):
            return X[:, 0]
"""

STAGED = """
    import os
    from pathlib import Path
    from bench import Stage, detector

    class Slow(Stage):
        def __init__(self, power=1):
            self.power = power
        def fit(self, train):
            with Path(os.environ["STAGE_LOG"]).open("a") as log:
                log.write(f"{train.seed}:{len(train.X)}\\n")
            if self.power == 0:
                raise RuntimeError("cannot fit")
            if len(train.X) < 285:  # as many are there to train on
                if self.power == 2:
                    raise RuntimeError("too few rows")
                if self.power == 3:
                    os._exit(7)
            self.centre = train.X.mean(axis=0)

    class Base:
        power = 1
        def stage(self):
            return Slow(self.power)
        def fit(self, train):
            self.centre = train.stage.centre
        def score(self, X):
            return ((X - self.centre) ** 2).sum(axis=1)

    @detector
    class First(Base):
        \"\"\"Uses the stage.\"\"\"

    @detector
    class Second(Base):
        \"\"\"Uses the same stage.\"\"\"

    @detector
    class Third(Base):
        \"\"\"Uses a stage that fails.\"\"\"
        power = 0

    @detector
    class Picky(Base):
        \"\"\"Uses a stage that fails on a part of the rows.\"\"\"
        power = 2

    @detector
    class Deadly(Base):
        \"\"\"Uses a stage that ends its process on a part of the rows.\"\"\"
        power = 3
"""


def plan_for(folder, detectors, datasets=("breast_cancer",), regimes=("unsupervised",), seeds=(0,)):
    registry = load_registry([folder], installed=False)
    assert not registry.broken
    selection = Selection(tuple(detectors), datasets, regimes, seeds)
    return registry, make_plan(load_suite("quick"), registry, selection)


def run(registry, plan, **options):
    outcomes = list(LocalEngine(registry, **options).run(plan))
    return {(o.record.detector.name, o.record.seed): o.record for o in outcomes}


def test_whatever_a_detector_does_is_a_record_and_the_run_goes_on(write_plugin):
    registry, plan = plan_for(write_plugin("bad", BAD), ["[a-jz]_*"])
    records = run(registry, plan, jobs=2)
    found = {name: (record.status, record.reason) for (name, _), record in records.items()}
    expected = {
        "a_raises": ("failed", "ValueError: no fit today (bad.py, line 16)"),
        "b_prints": ("failed", "wrote to standard output ('hello')"),
        "c_nan": ("failed", "non-finite scores"),
        "d_dies": ("failed", "its process died (exit code 7)"),
        "f_shape": ("failed", "score() returned shape"),
        "g_exits": ("failed", "SystemExit: 3"),
        "h_peeks": ("failed", "without having declared it"),
        "i_threshold": ("failed", "threshold must be a finite number"),
        "z_works": ("ok", ""),
    }
    assert found.keys() == expected.keys()
    for name, (status, reason) in expected.items():
        assert found[name][0] == status, found[name]
        assert reason in found[name][1]


def test_a_trial_past_its_time_is_stopped_and_recorded(write_plugin):
    registry, plan = plan_for(write_plugin("hangs", HANGS), ["hangs"], seeds=(0, 1))
    records = run(registry, plan, jobs=1, limits=Limits(timeout=1))
    assert [record.status for record in records.values()] == ["timeout", "skipped"]
    assert records["hangs", 1].reason == "it timed out on this variant before; --retry tries again"
    assert records["hangs", 0].reason == "it ran longer than 1 s and was stopped"


def test_a_worker_that_never_begins_is_stopped_and_its_trial_recorded(write_plugin, monkeypatch):
    monkeypatch.setattr("bench.engine.process.START_TIMEOUT", 2.0)
    registry, plan = plan_for(write_plugin("never_begins", NEVER_BEGINS), ["imported"])
    [record] = run(registry, plan, jobs=1).values()
    assert (record.status, record.reason) == ("failed", "its process had not begun after 2 s and was stopped")


def test_a_shared_stage_is_fitted_once_and_charged_to_each(write_plugin, tmp_path, monkeypatch):
    log = tmp_path / "log"
    monkeypatch.setenv("STAGE_LOG", str(log))
    registry, plan = plan_for(write_plugin("staged", STAGED), ["first", "second"], seeds=(0, 1))
    records = run(registry, plan, jobs=2)
    assert {record.status for record in records.values()} == {"ok"}
    # Of the five folds it takes four to score 200 of the rows without them.
    fits = Counter(fit.partition(":")[2] for fit in log.read_text().split())
    assert fits == {"285": 2, "228": 4 * 2}
    for seed in (0, 1):
        first, second = records["first", seed], records["second", seed]
        assert first.rows.unseen == second.rows.unseen == 4 * (285 - 228)
        assert first.costs.stage == "Slow"
        assert first.costs.stage_seconds == second.costs.stage_seconds > 0


def test_a_stage_that_fails_fails_those_that_need_it(write_plugin, tmp_path, monkeypatch):
    monkeypatch.setenv("STAGE_LOG", str(tmp_path / "log"))
    registry, plan = plan_for(write_plugin("staged", STAGED), ["third", "first"])
    records = run(registry, plan, jobs=1)
    assert records["third", 0].status == "failed"
    assert "RuntimeError: cannot fit" in records["third", 0].reason
    assert records["first", 0].status == "ok"


def test_a_stage_that_fails_on_folds_is_told_and_one_that_ends_its_process_fails_those_that_need_it(
    write_plugin, tmp_path, monkeypatch
):
    monkeypatch.setenv("STAGE_LOG", str(tmp_path / "log"))
    registry, plan = plan_for(write_plugin("staged", STAGED), ["picky", "deadly", "first"])
    records = run(registry, plan, jobs=2)
    picky, deadly = records["picky", 0], records["deadly", 0]
    assert (picky.status, "train-quantile" in picky.thresholds) == ("ok", False)
    assert picky.unapplied["train-quantile"].startswith(
        "ContractError: its stage: RuntimeError: too few rows"
    )
    assert (deadly.status, deadly.reason) == ("failed", "its process died (exit code 7)")
    assert records["first", 0].status == "ok"


@pytest.mark.parametrize("detectors", [["isolation_forest", "loda", "autoencoder*", "random_forest", "knn"]])
def test_records_do_not_depend_on_the_number_of_jobs(tmp_path, detectors):
    registry, plan = plan_for(tmp_path, detectors, regimes=("unsupervised", "supervised"), seeds=(0, 1))

    def results(jobs):
        outcomes = {o.record.key: o for o in LocalEngine(registry, jobs).run(plan)}
        return {
            key: ({k: v for k, v in structs.asdict(o.record).items() if k != "costs"}, o.scores.tolist())
            for key, o in sorted(outcomes.items())
        }

    one, three = results(1), results(3)
    assert len(one) == len(list(plan))
    assert one == three


def test_trials_start_in_the_order_of_the_plan(tmp_path):
    registry, plan = plan_for(tmp_path, ["knn", "lof", "ecod"], datasets=("breast_cancer", "digits"))
    ended = [outcome.record.key for outcome in LocalEngine(registry, 1).run(plan)]
    assert ended == [trial.key for trial in plan]


def test_a_worker_is_at_its_next_trial_while_the_scores_of_the_last_are_judged(registry, monkeypatch):
    begun = []
    begin = WorkerProcess.begin
    monkeypatch.setattr(
        WorkerProcess, "begin", lambda self, task: begun.append(task.function) or begin(self, task)
    )
    asked = Selection(
        detectors=("random_score",), datasets=("bumps",), regimes=("unsupervised",), seeds=(0, 1, 2)
    )
    outcomes = list(LocalEngine(registry, jobs=1).run(make_plan(load_suite("quick"), registry, asked)))
    assert [outcome.record.status for outcome in outcomes] == ["ok"] * 3
    assert all(outcome.record.metrics for outcome in outcomes)
    assert begun[:3] == [run_trial, run_trial, judge]
    assert sorted(each.__name__ for each in begun) == ["judge"] * 3 + ["run_trial"] * 3


def test_of_quick_tasks_a_worker_s_memory_is_not_looked_at_each_time(registry, monkeypatch):
    looks, memory = [], WorkerProcess._memory
    monkeypatch.setattr(WorkerProcess, "_memory", lambda self, limit: looks.append(1) or memory(self, limit))
    monkeypatch.setattr("bench.engine.process.MEMORY_INTERVAL", 1000.0)
    asked = Selection(
        detectors=("random_score",), datasets=("bumps",), regimes=("unsupervised",), seeds=tuple(range(9))
    )
    engine = LocalEngine(registry, jobs=1, limits=Limits(memory=2**40))
    assert len(list(engine.run(make_plan(load_suite("quick"), registry, asked)))) == 9
    assert 1 <= len(looks) <= 2  # at the worker, and perhaps at the process that judges


def test_workers_load_the_files_of_the_plugins_that_their_trials_need(write_plugin, tmp_path):
    noted = tmp_path / "loaded"
    note = f"with open({str(noted)!r}, 'a') as file: file.write(__name__.rpartition('.')[2] + '\\n')"
    for name in ("needed", "member", "other"):
        write_plugin(
            name,
            BAD.split("@detector")[0]
            + f"""
    @detector
    class {name.title()}(Base):
        \"\"\"Nothing but its file counts.\"\"\"

    {note}
""",
        )
    registry = load_registry([tmp_path / "plugins"], installed=False)
    names = ("needed", "rank_mean:of=member+copod", "knn:features=shape_moments")
    asked = Selection(detectors=names, datasets=("bumps",), regimes=("unsupervised",), seeds=(0,))
    plan = make_plan(load_suite("quick"), registry, asked)
    noted.write_text("")
    outcomes = list(LocalEngine(registry, jobs=1).run(plan))
    assert {outcome.record.status for outcome in outcomes} == {"ok"}, [o.record.reason for o in outcomes]
    assert sorted(noted.read_text().split()) == ["member", "needed"]
