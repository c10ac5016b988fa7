"""What plugins return is held to one contract, whoever runs them."""

from __future__ import annotations

import numpy as np
import pytest

from bench import load_detector
from bench.errors import BenchError, ContractError
from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.plugins.outputs import (
    checked_features,
    checked_scores,
    checked_threshold,
    require_silence,
    require_varied,
)
from bench.plugins.registry import load_registry
from bench.trials.runner import TrialRunner

# Scores each batch into the first places of one array that it keeps, as a library that saves memory may.
REUSES = """
import numpy as np
from bench import detector

@detector
class Reuses:
    \"\"\"Distance to the centre, always in the same array.\"\"\"
    def fit(self, train):
        self.centre = train.X.mean(axis=0)
        self.kept = np.empty(100_000)
    def score(self, X):
        self.kept[:len(X)] = ((X - self.centre) ** 2).sum(axis=1)
        return self.kept[:len(X)]

@detector
class Copies(Reuses):
    \"\"\"The same, in a new array.\"\"\"
    def score(self, X):
        return super().score(X).copy()

@detector
class Infinite(Reuses):
    \"\"\"One infinite score.\"\"\"
    def score(self, X):
        return np.where(np.arange(len(X)) == 0, np.inf, 1.0)
"""


@pytest.fixture
def registry(write_plugin):
    return load_registry([write_plugin("reuses", REUSES)], installed=False)


@pytest.mark.parametrize(
    ("values", "what"),
    [(np.array([1, 2 + 1e-9j]), "complex"), (np.ma.masked_greater([1.0, 2.0], 1.5), "NaN .* for 1 of 2")],
)
def test_no_part_of_what_is_returned_is_dropped(values, what):
    """As numpy drops imaginary parts, and the mask of values that are not to be used."""
    with pytest.raises(ContractError, match=what):
        checked_scores(values, 2)
    with pytest.raises(ContractError, match=what):
        checked_features(values[:, None], 2)


def test_scores_are_a_copy():
    buffer = np.array([1.0, 2.0])
    scores = checked_scores(buffer, 2)
    buffer[:] = 0
    assert scores.tolist() == [1.0, 2.0]
    assert checked_scores([1, 2], 2).dtype == np.float64


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ([1.0], r"shape \(1,\) for 2 test rows; it must be \(2,\)"),
        ([[1.0], [2.0]], r"shape \(2, 1\) for 2 test rows"),
        ([1.0, float("nan")], "non-finite scores: NaN or infinite for 1 of 2 test rows"),
        ([float("inf"), float("-inf")], "for 2 of 2 test rows"),
    ],
)
def test_scores_that_are_not_one_finite_number_a_row_are_refused(raw, why):
    with pytest.raises(ContractError, match=why):
        checked_scores(raw, 2, "test")


def test_equal_scores_rank_nothing():
    require_varied(np.array([1.0, 2.0]))
    with pytest.raises(ContractError, match="constant scores: each row got 3"):
        require_varied(np.array([3.0, 3.0]))


@pytest.mark.parametrize("threshold", [float("nan"), float("inf"), [1.0], np.array([1.0, 2.0])])
def test_a_threshold_is_a_finite_number_or_not_there(threshold):
    class Fitted:
        pass

    assert checked_threshold(Fitted()) is None
    Fitted.threshold = np.float32(0.5)
    assert checked_threshold(Fitted()) == 0.5
    Fitted.threshold = threshold
    with pytest.raises(ContractError, match="must be a finite number"):
        checked_threshold(Fitted())


def test_features_are_a_finite_table():
    assert checked_features([[1], [2]], 2).shape == (2, 1)
    for raw in ([1.0, 2.0], [[1.0]], [[], []]):
        with pytest.raises(ContractError, match="it returned shape"):
            checked_features(raw, 2)
    with pytest.raises(ContractError, match="for 1 of 2 rows"):
        checked_features([[1.0], [float("nan")]], 2)


def test_what_is_printed_is_refused_unless_it_is_declared():
    require_silence("")
    require_silence("hello", flaws=("prints",))
    with pytest.raises(ContractError, match="'hello'"):
        require_silence("hello\nworld")


def test_a_detector_that_reuses_its_array_gets_the_metrics_of_its_test_scores(registry):
    selection = Selection(("reuses", "copies"), ("breast_cancer",), ("one-class",), (0,))
    runner = TrialRunner(registry)
    metrics = [
        runner.run(trial).record.metrics for trial in make_plan(load_suite("real"), registry, selection)
    ]
    assert metrics[0]["ranking"]["roc_auc"] > 0.8
    assert metrics[0] == metrics[1]


def test_scores_of_a_loaded_detector_stay_as_they_are(registry):
    X = np.random.default_rng(0).normal(size=(50, 2))
    detector = load_detector("reuses", registry=registry).fit(X)
    first = detector.score(X)
    before = first.copy()
    detector.score(X + 10)
    assert np.array_equal(first, before)
    with pytest.raises(BenchError, match="'infinite': non-finite scores"):
        load_detector("infinite", registry=registry).fit(X).score(X)
