"""What the audit notes in records."""

from __future__ import annotations

import math

import pytest
from audited_runs import PLUGINS, plan_of, run
from msgspec import structs

from bench.plugins.registry import load_registry
from bench.splits.audit import Copies, shown
from bench.trials.runner import TrialRunner


@pytest.fixture
def plugins(write_plugin):
    return load_registry([write_plugin("upsampling", PLUGINS)], installed=False)


def test_the_audit_is_of_rows_and_not_of_what_is_read_instead(write_plugin, registry):
    """Features that are the same for all rows do not make a split leak."""
    folder = write_plugin(
        "coarse",
        '''
        import numpy as np
        from bench import features

        @features()
        def coarse(X, shape):
            """Whether the mean is high."""
            return np.round(X.mean(axis=1, keepdims=True) / 50)
        ''',
    )
    mine = load_registry([folder], installed=False)
    [trial] = plan_of(mine, "breast_cancer", detectors=("knn:features=coarse",))
    record = TrialRunner(mine).run(trial).record
    assert record.audit == Copies(test_in_train=0.0, train_copies=0.0)


def test_a_split_is_audited_once_for_each_regime(plugins, monkeypatch):
    calls = []

    def counted(learnt, tested):
        calls.append(len(learnt))
        return shown(learnt, tested)

    monkeypatch.setattr("bench.trials.split_cache.shown", counted)
    detectors = ("knn", "random_score", "logistic_regression")
    runner = TrialRunner(plugins)
    for trial in plan_of(plugins, "honest", regimes=("unsupervised", "supervised"), detectors=detectors):
        assert runner.run(trial).record.audit.test_in_train == 0
    assert calls == [1, 2]  # training rows, and those with the calibration rows


def test_a_share_is_never_not_a_number(plugins, tmp_path):
    _, records = run(plugins, tmp_path, "honest")
    assert all(math.isfinite(value) for record in records for value in structs.astuple(record.audit))
