"""A million planned trials and a store of a million records stay cheap."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from dataclasses import asdict

import numpy as np
import pytest

from bench.analysis.results import load_results
from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.plugins.registry import load_registry
from bench.report import write_report
from bench.runs.writing import RunWriter
from bench.trials.environment import describe
from bench.trials.trial import Outcome, Record


def fill(results, plan, whole):
    """Store a record for each trial of a plan: the first by the writer, the rest after its model."""
    trials = iter(plan)
    first = next(trials)
    with RunWriter(results, plan, describe("0", 1), "filled") as writer:
        writer.write(Outcome(whole(first), np.zeros(2), np.array([0, 1])))
        folder = writer.run.folder
        model = next(writer.run.records())
    with (folder / "trials.jsonl").open("a") as file:
        for trial in trials:
            record = asdict(whole(trial)) | {
                name: model[name] for name in ("environment", "scores", "labels")
            }
            file.write(json.dumps(record) + "\n")


def whole(trial):
    record = Record.of(trial, "ok")
    f1 = (hash(trial.key) % 1000) / 1000
    decision = {"precision": f1, "recall": f1, "f1": f1, "accuracy": f1, "macro_f1": f1}
    record.metrics = {"ranking": {"roc_auc": f1, "average_precision": f1, "precision_at_n": f1},
                      "native": decision, "train-quantile": decision, "oracle": decision}  # fmt: skip
    record.labels_used, record.rows = 0, {"test": 200, "train": 1000, "columns": 20}
    record.thresholds = {"native": 0.5, "train-quantile": 0.5, "oracle": 0.5}
    record.costs = {"fit_seconds": 0.1, "score_seconds": 0.1, "cold_seconds": None, "stage": None,
                    "stage_seconds": 0.0, "stage_batch": 0, "device": "cpu", "peak_memory_bytes": 1,
                    "peak_device_memory_bytes": None}  # fmt: skip
    return record


def plan_of(folder, trials):
    registry = load_registry([folder], installed=False)
    detectors = tuple(f"mean_distance:power={power}" for power in range(1, 11))
    datasets = tuple(f"cloud:variant={variant}" for variant in range(20))
    selection = Selection(detectors, datasets, ("unsupervised",), tuple(range(trials // 200)))
    return make_plan(load_suite("quick"), registry, selection)


def test_expanding_a_million_trials(benchmark, trivial, figure):
    plan = plan_of(trivial, 1_000_000)
    seconds = benchmark.pedantic(lambda: timed(lambda: sum(len(trial.key) for trial in plan)), rounds=1)
    figure("expanding a plan of 1 000 000 trials, keys included", f"{seconds:.1f} s")


def timed(work):
    start = time.perf_counter()
    assert work()
    return time.perf_counter() - start


def test_reporting_a_hundred_thousand_records(benchmark, trivial, tmp_path, figure):
    fill(tmp_path, plan_of(trivial, 100_000), whole)
    seconds = benchmark.pedantic(
        lambda: timed(lambda: write_report(load_results(tmp_path), tmp_path)), rounds=1
    )
    figure("report on 100 000 records", f"{seconds:.1f} s")


@pytest.mark.parametrize("trials", [1_000_000])
def test_status_of_a_million_records(benchmark, trivial, tmp_path, bench_environment, figure, trials):
    fill(tmp_path / "results", plan_of(trivial, trials), whole)
    arguments = ["status", "--suite", "quick", "--plugins", "plugins", "--seeds", str(trials // 200),
                 "--regimes", "unsupervised",
                 "--detectors", ",".join(f"mean_distance:power={power}" for power in range(1, 11)),
                 "--datasets", ",".join(f"cloud:variant={variant}" for variant in range(20))]  # fmt: skip

    def status():
        output = subprocess.run(
            [sys.executable, "-m", "bench", *arguments],
            cwd=tmp_path, env=bench_environment, check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip
        assert f"{trials} trials, {trials} finished, 0 to run" in output
        return output

    seconds = benchmark.pedantic(lambda: timed(status), rounds=1)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
    figure(f"status of {trials} records", f"{seconds:.1f} s, {peak:.2f} GiB")
