"""Thresholds of detectors that share a stage: its folds fitted for each of them against once for all."""

from __future__ import annotations

import time

from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.trials.runner import TrialRunner


def test_stages_of_folds_for_three_detectors(benchmark, registry, figure):
    selection = Selection(("conditional_vae*",), ("breast_cancer",), ("supervised",), (0,))
    trials = list(make_plan(load_suite("quick"), registry, selection))
    assert len(trials) == 3
    runner = TrialRunner(registry)
    [stage] = runner.stages.fit(trials[:1])

    def cpu_seconds(fitted):
        start = time.process_time()
        known = fitted()
        for trial in trials:
            assert runner.run(trial, known).record.status == "ok"
        return time.process_time() - start

    def both():
        apart = cpu_seconds(lambda: stage)
        return apart, cpu_seconds(lambda: runner.stages.with_folds(trials[0], stage))

    cpu_seconds(lambda: stage)
    rounds = []
    benchmark.pedantic(lambda: rounds.append(both()), rounds=2)
    apart, once = (min(seconds) for seconds in zip(*rounds, strict=True))
    figure("three detectors, the stages of folds fitted by each over once for all, CPU seconds",
           f"{apart / once:.1f} ({apart:.2f} s, {once:.2f} s)")  # fmt: skip
