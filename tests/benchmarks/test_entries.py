"""What it takes to verify an entry of two thousand trials with all of their scores, without running any."""

from __future__ import annotations

import numpy as np
from entries import judged, make_entry, mismatches

from bench.evaluation.entries import Scored
from bench.evaluation.judging import judge
from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.plugins.registry import load_registry
from bench.runs.writing import RunWriter
from bench.trials.environment import describe
from bench.trials.record import Outcome, Record, RowCounts
from bench.trials.runner import TrialRunner


def outcome(runner, trial, shown):
    """What a detector that knows nothing would leave, in a hundredth of the time."""
    cell = trial.dataset.label, trial.seed, trial.regime
    if cell not in shown:
        shown[cell] = runner.view(trial), runner._splits.audit(trial)
    view, audit = shown[cell]
    y = view.test.y
    scores = np.random.default_rng(int(trial.key, 16)).normal(size=len(y)) + y
    scored = Scored(
        own_threshold=1.5, unseen_scores=np.arange(100) / 50, contamination=0.1,
        test_scores=scores, test_labels=y,
    )  # fmt: skip
    rows = RowCounts(
        train=len(view.X), calibration=0, holdout=0, test=len(y), test_anomalies=int(y.sum()),
        columns=view.X.shape[1],
    )  # fmt: skip
    record = Record.of(trial, "ok", labels_used=0, rows=rows, audit=audit)
    return Outcome(record, scores, y, scored).judged(judge(scored))


def test_verifying_two_thousand_trials(benchmark, tmp_path, figure):
    registry = load_registry(installed=False)
    runner, shown = TrialRunner(registry), {}
    plan = make_plan(load_suite("core"), registry, Selection())
    with RunWriter(tmp_path, plan, describe("0", 1), "filled") as writer:
        for trial in plan:
            writer.write(outcome(runner, trial, shown))
    file = make_entry(tmp_path / "filled.zip", writer.run, registry)
    found = benchmark.pedantic(judged, (file,), rounds=1)
    figure(
        f"verifying {len(found.entry.records):,} trials without a run",
        f"{benchmark.stats.stats.mean:.1f} s, archive {file.stat().st_size / 1e6:.1f} MB",
    )
    assert mismatches(found) == []
    assert len(found.entry.records) >= 2000
