"""What the harness costs beside the detectors."""

from __future__ import annotations

import time

import pytest

from bench.engine.local import LocalEngine
from bench.evaluation.entries import Scored
from bench.evaluation.metrics import evaluate
from bench.evaluation.policies import thresholds
from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.plugins.registry import load_registry
from bench.runs.writing import RunWriter
from bench.trials.environment import Environment
from bench.trials.runner import TrialRunner

TRIVIAL_RUN = ("run", "--suite", "quick", "--datasets", "cloud", "--detectors", "mean_distance",
               "--regimes", "unsupervised", "--plugins", "plugins")  # fmt: skip


def trivial_plan(folder, seeds):
    registry = load_registry([folder], installed=False)
    selection = Selection(("mean_distance",), ("cloud",), ("unsupervised",), tuple(range(seeds)))
    return registry, make_plan(load_suite("quick"), registry, selection)


def test_two_hundred_trivial_trials_in_a_process_of_their_own(benchmark, command, trivial, figure):
    seconds = benchmark.pedantic(
        lambda: command(*TRIVIAL_RUN, "--seeds", "200", "--jobs", "2", "--fresh"), rounds=3, warmup_rounds=1
    )
    assert seconds > 0
    figure("200 trivial trials, isolated workers, whole process", f"{benchmark.stats.stats.median:.2f} s")


def test_overhead_of_a_trial(benchmark, trivial, tmp_path, figure):
    """A warm worker's and the driver's time for a trial, less the bare fit, score and metrics."""
    registry, plan = trivial_plan(trivial, 400)
    trials = list(plan)
    runner = TrialRunner(registry)
    views = [runner.view(trial) for trial in trials[:200]]
    build = registry.detectors["mean_distance"].build

    def bare():
        start = time.perf_counter()
        for view in views:
            detector = build()
            detector.fit(view)
            scores = detector.score(view.test.X)
            held = detector.score(view.holdout.X), view.holdout.y
            found = thresholds(Scored(None, detector.leave_one_out(), 0.1, *held, scores, view.test.y))
            evaluate(scores, view.test.y, found)
        return (time.perf_counter() - start) / len(views)

    def splits():
        start = time.perf_counter()
        fresh = TrialRunner(registry)
        for trial in trials[:200]:
            fresh.view(trial)
        return (time.perf_counter() - start) / 200

    def through_the_engine():
        with RunWriter(tmp_path, plan, Environment(), None) as writer:
            outcomes = LocalEngine(registry, jobs=1).run(plan)
            for _ in range(200):  # the workers have started and the detector is warm
                writer.write(next(outcomes))
            start = time.perf_counter()
            for outcome in outcomes:
                writer.write(outcome)
            return (time.perf_counter() - start) / 200

    bare()
    least = min(bare() for _ in range(5)) + min(splits() for _ in range(3))
    whole = benchmark.pedantic(through_the_engine, rounds=3)
    assert whole > 0
    figure("overhead per trial above data, fit, score and metrics, warm", f"{1e3 * (whole - least):.2f} ms "
           f"({1e3 * whole:.2f} less {1e3 * least:.2f})")  # fmt: skip


def test_two_workers_are_kept_busy(benchmark, command, records, tmp_path, figure):
    """Wall time of a mixed plan over the seconds its trials took on two cores."""
    detectors = "isolation_forest,knn,lof,kde,kpca,mcd,abod,one_class_svm,random_forest"
    arguments = ("run", "--suite", "core", "--datasets", "bumps:*normals=500*", "--detectors", detectors,
                 "--seeds", "14", "--jobs", "2")  # fmt: skip
    wall = benchmark.pedantic(lambda: command(*arguments), rounds=1)
    costs = [record["costs"] for record in records(tmp_path / "results")]
    busy = sum(cost["total_seconds"] for cost in costs)
    figure("wall time of a mixed plan over trial seconds on two cores", f"{2 * wall / busy:.2f}")


@pytest.mark.parametrize("arguments", [("--help",), ("list", "detectors")])
def test_starting_up(benchmark, command, figure, arguments):
    benchmark.pedantic(lambda: command(*arguments), rounds=7, warmup_rounds=1)
    figure(" ".join(("python -m bench", *arguments)), f"{benchmark.stats.stats.median:.2f} s")


def test_resuming_a_finished_run(benchmark, command, trivial, figure):
    command(*TRIVIAL_RUN, "--seeds", "2000")
    benchmark.pedantic(lambda: command(*TRIVIAL_RUN, "--seeds", "2000"), rounds=5)
    figure("resume of a finished run of 2000 trials", f"{benchmark.stats.stats.median:.2f} s")
