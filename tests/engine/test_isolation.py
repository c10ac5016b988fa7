"""A trial changes nothing for those that come after it in its worker."""

from __future__ import annotations

import os
from textwrap import dedent

import pytest

from bench.engine.judging import JudgingProcess
from bench.engine.local import LocalEngine
from bench.engine.schedule import Limits
from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.plugins.registry import load_registry

# Each changes something that is not its own, in fit(), and is followed by `honest` in the same worker.
CHEATS = '''
    import os
    import random
    import signal
    import sys
    import threading
    import time
    import warnings

    import numpy as np

    from bench import detector


    class Base:
        def fit(self, train):
            self.change()

        def score(self, X):
            return X[:, 0]


    @detector
    class ZHonest(Base):
        """Says what it finds."""
        def change(self):
            pass
'''


def records(write_plugin, body, detectors=("*cheat*", "z_honest"), limits=None):
    """The records of detectors in one worker, by detector; what ``body`` defines comes first."""
    registry = load_registry([write_plugin("cheats", CHEATS + body)], installed=False)
    assert not registry.broken
    selection = Selection(tuple(detectors), ("breast_cancer",), ("unsupervised",), (0,))
    plan = make_plan(load_suite("quick"), registry, selection)
    found = [outcome.record for outcome in LocalEngine(registry, 1, limits or Limits()).run(plan)]
    assert [record.detector.name for record in found][-1] == "z_honest"
    return {record.detector.name: record for record in found}


@pytest.fixture(scope="module")
def honest(tmp_path_factory):
    """The honest detector's metrics where nobody cheats."""
    folder = tmp_path_factory.mktemp("honest")

    def write(name, text):
        (folder / f"{name}.py").write_text(dedent(text))
        return folder

    return records(write, "", ("z_honest",))["z_honest"]


FLATTER = '''
    @detector
    class Cheat(Base):
        """Makes every figure 1."""
        def change(self):
            import bench.evaluation.judging
            import bench.evaluation.metrics
            import bench.evaluation.policies
            import bench.trials.runner

            def one(*_, **__):
                return {"ranking": {"roc_auc": 1.0}, "native": {"f1": 1.0}}

            for metric in bench.evaluation.metrics.METRICS.values():
                object.__setattr__(metric, "function", lambda _: 1.0)
            for policy in bench.evaluation.policies.POLICIES.values():
                object.__setattr__(policy, "function", lambda: 0.5)
            bench.evaluation.metrics.evaluate = bench.evaluation.judging.evaluate = one
            bench.evaluation.judging.thresholds = lambda _: {}
            bench.evaluation.judging.judge.__code__ = (lambda scored: ({}, {})).__code__
'''


def test_a_detector_that_replaces_the_metrics_changes_no_figure(write_plugin, honest):
    found = records(write_plugin, FLATTER)
    assert found["z_honest"].metrics == honest.metrics
    assert found["z_honest"].thresholds == honest.thresholds
    assert found["cheat"].metrics in ({}, honest.metrics)  # its scores are those of the honest one


def test_scores_are_judged_where_no_plugin_has_been(honest):
    with JudgingProcess() as judge:
        assert judge._process.pid != os.getpid()
        wrong = judge(None)
        assert wrong.status == "failed"
        assert "AttributeError" in wrong.reason
