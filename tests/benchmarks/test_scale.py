"""A million planned trials and a store of a million records stay cheap."""

from __future__ import annotations

import resource
import subprocess
import sys
import time

import numpy as np
import pytest

from bench.analysis.results import load_suite_results
from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.plugins.registry import load_registry
from bench.report import write_report
from bench.runs.documents import encode
from bench.runs.writing import RunWriter
from bench.trials.environment import describe
from bench.trials.record import Costs, Outcome, Record, RowCounts

# The F1 of the model record, which each of the others has one of its own for.
MODEL_F1 = 0.123456789


def fill(results, plan):
    """Store a record for each trial of a plan: the first by the writer, the rest after its line."""
    trials = iter(plan)
    first = next(trials)
    with RunWriter(results, plan, describe("0", 1), "filled") as writer:
        writer.write(Outcome(whole(first), np.zeros(2), np.array([0, 1])))
    file = writer.run.folder / "trials.jsonl"
    model = file.read_bytes()
    for part in own_parts(first):
        assert model.count(part) == 1
        model = model.replace(part, b"%b")
    with file.open("ab") as lines:
        for trial in trials:
            line = model % own_parts(trial)
            lines.write(line.replace(b"%r" % MODEL_F1, b"0.%03d" % (hash(trial.key) % 1000)))


def own_parts(trial):
    """What of a record's line is the trial's own, but for its F1, in the order of the line."""
    key, question = trial.key.encode(), trial.question.encode()
    return key, question, text_of(trial.detector), text_of(trial.dataset), b'"seed": %d' % trial.seed


def text_of(named):
    if named.label not in TEXTS:
        TEXTS[named.label] = encode(named).strip()
    return TEXTS[named.label]


TEXTS: dict[str, bytes] = {}


def whole(trial):
    f1 = MODEL_F1
    decision = {"precision": f1, "recall": f1, "f1": f1, "accuracy": f1, "macro_f1": f1}
    return Record.of(
        trial,
        "ok",
        metrics={"ranking": {"roc_auc": f1, "average_precision": f1, "precision_at_n": f1},
                 "native": decision, "train-quantile": decision, "oracle": decision},
        labels_used=0,
        rows=RowCounts(test=200, train=1000, columns=20),
        thresholds={"native": 0.5, "train-quantile": 0.5, "oracle": 0.5},
        costs=Costs(fit_seconds=0.1, score_seconds=0.1, stage_seconds=0.0, stage_batch=0, device="cpu",
                    peak_memory_bytes=1),
    )  # fmt: skip


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
    fill(tmp_path, plan_of(trivial, 100_000))
    seconds = benchmark.pedantic(
        lambda: timed(lambda: write_report(load_suite_results(tmp_path), tmp_path)), rounds=1
    )
    figure("report on 100 000 records", f"{seconds:.1f} s")


@pytest.mark.parametrize("trials", [1_000_000])
def test_status_of_a_million_records(benchmark, trivial, tmp_path, bench_environment, figure, trials):
    fill(tmp_path / "results", plan_of(trivial, trials))
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
