"""Runs of datasets whose splits hold copies or leak."""

from __future__ import annotations

import numpy as np

from bench.analysis.results import load_suite_results
from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.runs.writing import RunWriter
from bench.splits.audit import shown
from bench.trials.environment import Environment
from bench.trials.regimes import apply_regime, visible_rows
from bench.trials.runner import TrialRunner


def audit_of(split, regime):
    """What a record says of a split under a regime."""
    visible = apply_regime(split, regime, np.random.default_rng(0))
    return shown(visible_rows(split, visible), split.X_test)


ENVIRONMENT = Environment(
    bench="0", python="3", system="none", cpu="made up", cores=1, memory_gib=1, threads_per_trial=1
)


# What a user might try in order to multiply anomalies before the split.
PLUGINS = '''
    import numpy as np
    from bench import Split, dataset

    def rows(rng):
        return rng.normal(size=(200, 3)) + 2 * (np.arange(200) < 20)[:, None], np.arange(200) < 20

    @dataset
    def upsampled(rng):
        """Anomalies ten times over, then split as the harness splits."""
        X, y = rows(rng)
        copies = np.concatenate([np.arange(200), np.tile(np.flatnonzero(y), 9)])
        return Split.stratified(X[copies], y[copies], rng)

    @dataset
    def both_sides(rng):
        """Anomalies ten times over, then split by hand."""
        X, y = rows(rng)
        copies = rng.permutation(np.concatenate([np.arange(200), np.tile(np.flatnonzero(y), 9)]))
        train, test = np.split(copies, 2)
        return Split(X[train], y[train], X[test], y[test])

    @dataset
    def honest(rng):
        """Each row once."""
        return Split.stratified(*rows(rng), rng)
'''


def plan_of(registry, *datasets, regimes=("unsupervised",), detectors=("knn", "random_score"), seeds=(0,)):
    return make_plan(load_suite("quick"), registry, Selection(detectors, datasets, regimes, seeds))


def run(registry, results, *datasets, **selection):
    plan = plan_of(registry, *datasets, **selection)
    runner = TrialRunner(registry)
    with RunWriter(results, plan, ENVIRONMENT, None) as writer:
        outcomes = [runner.run(trial) for trial in plan]
        for outcome in outcomes:
            assert outcome.record.status == "ok", outcome.record.reason
            writer.write(outcome)
    [loaded] = load_suite_results(results)
    return loaded, [outcome.record for outcome in outcomes]
