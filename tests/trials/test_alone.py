"""Detectors that score the rows of a batch among each other are judged row by row, too."""

from __future__ import annotations

import pytest

from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.plugins.registry import load_registry
from bench.trials import alone
from bench.trials.record import Alone
from bench.trials.runner import TrialRunner

PLUGIN = """
import numpy as np
from bench import Split, dataset, detector

@dataset
def line(rng, *, normals=150, anomalies=30):
    rows = np.r_[rng.normal(size=2 * normals), rng.normal(9, 1, 2 * anomalies)][:, None]
    y = np.repeat([0, 1], [2 * normals, 2 * anomalies])
    return Split.stratified(rows, y, rng, test=0.5, calibration=0)

class Distance:
    def fit(self, train):
        self.centre = np.median(train.X)

    def score(self, X):
        return abs(X[:, 0] - self.centre)

@detector
class Steady(Distance):
    \"\"\"By itself (nobody, 2026).\"\"\"

@detector(flaws=("batch",))
class Crowded(Distance):
    \"\"\"The wrong way round among others (nobody, 2026).\"\"\"
    def score(self, X):
        return super().score(X) * (1 if len(X) == 1 else -1)

@detector(flaws=("batch",))
class Refusing(Distance):
    \"\"\"Needs company (nobody, 2026).\"\"\"
    def score(self, X):
        if len(X) == 1:
            raise ValueError("one row is too few")
        return super().score(X)

@detector(flaws=("batch",))
class Relative(Distance):
    \"\"\"By the mean of the batch (nobody, 2026).\"\"\"
    def score(self, X):
        return super().score(X) - super().score(X).mean()
"""


@pytest.fixture
def record(write_plugin, monkeypatch):
    """The record of a trial of one of these detectors, with time for all rows."""
    monkeypatch.setattr(alone, "LIMIT", 1e6)
    registry = load_registry([write_plugin("crowds", PLUGIN)], installed=False)

    def run(detector, dataset="line"):
        selection = Selection((detector,), (dataset,), ("unsupervised",), (0,))
        [trial] = make_plan(load_suite("quick"), registry, selection)
        return TrialRunner(registry).run(trial).record

    return run


def test_a_row_is_scored_among_the_others_and_alone(record):
    found = record("crowded")
    assert found.metrics["ranking"]["roc_auc"] == pytest.approx(0, abs=0.01)
    assert (found.alone.rows, found.alone.anomalies) == (80, 30)
    assert found.alone.roc_auc_batch == pytest.approx(0, abs=0.01)
    assert found.alone.roc_auc_alone == pytest.approx(1, abs=0.01)


def test_at_most_fifty_rows_of_each_class_are_drawn_the_same_for_each_run(record):
    one, two = (record("crowded", "line:normals=150,anomalies=130").alone for _ in range(2))
    assert (one.rows, one.anomalies) == (100, 50)
    assert (one.roc_auc_batch, one.roc_auc_alone) == (two.roc_auc_batch, two.roc_auc_alone)


def test_what_scores_each_row_by_itself_is_not_judged_again(record):
    assert record("steady").alone == Alone()


@pytest.mark.parametrize(
    ("detector", "words"), [("refusing", "one row is too few"), ("relative", "constant scores: each lone")]
)
def test_what_cannot_score_a_row_alone_says_why_and_is_no_failure(record, detector, words):
    found = record(detector)
    assert found.status == "ok"
    assert found.alone.roc_auc_alone is None
    assert words in found.alone.reason


def test_where_a_row_takes_too_long_it_is_said(record, monkeypatch):
    monkeypatch.setattr(alone, "LIMIT", 0.0)
    assert "which is too long" in record("crowded").alone.reason
