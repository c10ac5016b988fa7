"""Metrics of series: VUS against its definition written down plainly, and all of them on a million points."""

from __future__ import annotations

import resource
import time
from functools import partial

import numpy as np
import pytest
from made_up_series import flags, volumes_by_definition

from bench.evaluation.metrics import evaluate
from bench.evaluation.ranges import Layout
from bench.evaluation.volumes import volumes


def cpu_seconds(work):
    start = time.process_time()
    work()
    return time.process_time() - start


@pytest.mark.parametrize("window", [100, 300])
def test_volumes_of_ten_thousand_points(benchmark, figure, window):
    is_anomaly = flags(10_000, (1000, 1100), (4000, 4100), (8000, 8100))
    scores = np.random.default_rng(0).normal(size=10_000) + is_anomaly
    measures = [partial(measure, scores, is_anomaly, window) for measure in (volumes, volumes_by_definition)]
    rounds = []
    benchmark.pedantic(
        lambda: rounds.append([cpu_seconds(measure) for measure in measures]), rounds=2, warmup_rounds=1
    )
    ours, plain = (min(seconds) for seconds in zip(*rounds[1:], strict=True))
    figure(f"VUS by definition over VUS, 10 000 points, window {window}, CPU seconds",
           f"{plain / ours:.0f} ({plain:.2f} s, {ours:.4f} s)")  # fmt: skip


def test_all_metrics_of_a_million_points(benchmark, figure):
    random = np.random.default_rng(0)
    y = np.repeat(random.random(100_000) < 0.05, 10).astype(int)
    scores, layout = random.normal(size=len(y)) + y, Layout((len(y),), 300, 288.0)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    work = lambda: cpu_seconds(lambda: evaluate(scores, y, {"native": 1.0}, layout))  # noqa: E731
    seconds = benchmark.pedantic(work, rounds=1)
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 2**10
    figure("metrics of a series of 1 000 000 points, 50 000 in ranges, window 300",
           f"{seconds:.1f} s, {more:.0f} MiB")  # fmt: skip
