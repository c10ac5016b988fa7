from __future__ import annotations

import numpy as np
import pytest
from msgspec import structs

from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.plugins.registry import load_registry
from bench.runs.current import finished
from bench.runs.pending import what_changed, why_pending
from bench.runs.writing import RunWriter
from bench.trials.environment import Environment
from bench.trials.record import Outcome, Record
from bench.trials.trial import Code

DETECTOR = '''
    from bench import detector

    @detector
    class Mine:
        """Mine."""
        def fit(self, train): pass
        def score(self, X): return X[:, {column}]
'''
SELECTION = Selection(("mine",), ("digits",), ("unsupervised",))


def plan_from(folder):
    return make_plan(load_suite("quick"), load_registry([folder], installed=False), SELECTION)


def finish(results, plan, status="ok", name=None):
    with RunWriter(results, plan, Environment(), name) as writer:
        for trial in plan:
            writer.write(Outcome(Record.of(trial, status), np.zeros(1), np.zeros(1)))


def reasons(plan, results, **options):
    statuses = finished(results, name=options.get("name")).statuses
    return [why for _, why in why_pending(plan, results, statuses, **options)]


def test_new_then_finished_then_changed(write_plugin, tmp_path):
    plan = plan_from(write_plugin("mine", DETECTOR.format(column=0), "one"))
    assert reasons(plan, tmp_path) == ["not run before"]
    finish(tmp_path, plan)
    assert reasons(plan, tmp_path) == []
    changed = plan_from(write_plugin("mine", DETECTOR.format(column=1), "two"))
    assert reasons(changed, tmp_path) == ["the detector's file has changed"]


def test_a_failure_is_run_again_only_when_asked(write_plugin, tmp_path):
    plan = plan_from(write_plugin("mine", DETECTOR.format(column=0)))
    finish(tmp_path, plan, "failed")
    assert reasons(plan, tmp_path) == []
    assert reasons(plan, tmp_path, retry=True) == ["it ended 'failed'"]


def test_a_reference_run_is_no_reason_not_to_run(write_plugin, tmp_path):
    plan = plan_from(write_plugin("mine", DETECTOR.format(column=0)))
    finish(tmp_path, plan, name="reference-quick")
    assert reasons(plan, tmp_path) == ["it is only in a reference run, measured elsewhere"]
    assert reasons(plan, tmp_path, name="reference-quick") == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"dataset": "x"}, "the dataset's file has changed"),
        ({"data": "x"}, "the data have changed"),
        ({"libraries": {"numpy": "2", "pyod": "3"}}, "numpy 1 -> 2, pyod none -> 3"),
        ({}, "the harness runs trials differently now"),
    ],
)
def test_what_changed_is_said_in_words(change, words):
    before = Code("a", "b", "c", {"numpy": "1"})
    assert what_changed(before, structs.replace(before, **change)) == words
