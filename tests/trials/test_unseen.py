"""The threshold by training rows is one by rows that the model has not seen."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.plugins.registry import load_registry
from bench.spec import Spec
from bench.trials.record import SECONDS
from bench.trials.runner import TrialRunner
from bench.trials.trial import Code, Named, Trial
from bench.trials.unseen import ENOUGH, FOLDS, folds

ASKED = 0.1
PLUGINS = '''
import numpy as np
from bench import Split, Stage, dataset, detector

FITS = []

@dataset
def normal_rows(rng, *, rows=500, tests=2000, copies=1):
    """Gaussian rows, and a few anomalies so that there are two classes; 'copies' of each training row."""
    X = rng.normal(size=(rows + tests + 20, 3))
    y = np.repeat([0, 0, 1], [rows, tests, 20])
    X[-20:] += 9
    train, test = np.arange(rows).repeat(copies), np.arange(rows, len(X))
    return Split(X_train=X[train], y_train=y[train], X_test=X[test], y_test=y[test])

class Mean(Stage):
    """The mean of the training rows."""
    def fit(self, train):
        self.mean = train.X.mean(axis=0)

@detector
class Noted:
    """Notes what it was fitted to, and its seed."""
    def fit(self, train):
        self.mean = train.X.mean(axis=0)
        FITS.append((len(train.X), train.seed, np.random.get_state()[1][:3].tolist()))
    def score(self, X):
        return ((X - self.mean) ** 2).sum(axis=1)

@detector
class Staged(Noted):
    """Has a stage, which must be of its rows."""
    def stage(self):
        return Mean()
    def fit(self, train):
        assert np.allclose(train.stage.mean, train.X.mean(axis=0)), "a stage of other rows"
        super().fit(train)

@detector
class StagedKnowing(Staged):
    """Has a stage, and says how it scores its rows unseen."""
    def leave_one_out(self):
        return np.arange(100.0)

@detector
class Picky(Noted):
    """Cannot be fitted to fewer than 90 rows, but for the warm-up."""
    def fit(self, train):
        if 64 < len(train.X) < 90:
            raise ValueError("too few rows for me")
        super().fit(train)

@detector
class Knowing(Noted):
    """Says how it scores its rows unseen."""
    def leave_one_out(self):
        return np.arange(100.0)

@detector
class Confused(Knowing):
    """Says it of other rows."""
    def leave_one_out(self):
        return np.arange(99.0)
'''


@pytest.fixture
def runner(write_plugin):
    return TrialRunner(load_registry([write_plugin("plugins", PLUGINS)], installed=False))


@pytest.fixture
def asked(runner):
    """A trial of a detector, one-class on normal rows."""

    def asked(text, seed=0, **rows):
        plugin, params = runner.registry.detector(Spec.parse(text))
        data = {**runner.registry.datasets["normal_rows"].defaults, **rows}
        detector, dataset = Named(plugin.name, text, params), Named("normal_rows", "normal_rows", data)
        return Trial(detector, dataset, seed, "one-class", ASKED, Code("", "", "", {}))

    return asked


@pytest.fixture
def run(runner, asked):
    """Run such a trial, and return the outcome and the fits that its detector noted."""

    def run(text, seed=0, **rows):
        fits = runner.registry.detectors["noted"].build().fit.__globals__["FITS"]
        fits.clear()
        outcome = runner.run(asked(text, seed, **rows))
        return outcome, list(fits)

    return run


@pytest.mark.parametrize(
    "text", ["knn:n_neighbors=1", "kpca", "parzen_windows", "kde", "dte_np", "ocsvm", "qmcd", "lof"]
)
def test_new_normal_rows_are_called_about_as_often_as_stated(run, text):
    outcome, _ = run(text)
    record = outcome.record
    assert record.status == "ok", record.reason
    assert ASKED - 0.05 < record.metrics["train-quantile"]["false_alarm_rate"] < ASKED + 0.05


def test_a_model_that_remembers_its_rows_tells_seen_from_unseen(run):
    # Each training row is there three times: one that is left out would still be seen.
    outcome, _ = run("adaptive_resonance", rows=100, copies=3)
    assert outcome.record.metrics["train-quantile"]["false_alarm_rate"] < 0.2


@pytest.mark.parametrize(
    ("rows", "fitted"), [(100, [80] * 5), (500, [400] * 2), (1000, [800]), (4000, [3200])]
)
def test_parts_are_fitted_until_enough_rows_are_scored(run, rows, fitted):
    outcome, fits = run("noted", rows=rows)
    [*_, whole], parts = [f for f in fits if f[0] == rows], fits[-len(fitted) :]
    assert [n for n, *_ in parts] == fitted
    assert outcome.record.rows.unseen == sum(rows - n for n in fitted) >= min(rows, ENOUGH)
    # With the seed and the global generators that the real one had.
    assert all(part[1:] == whole[1:] for part in parts)


@pytest.mark.parametrize("text", ["staged", "noted"])
def test_a_part_is_fitted_with_a_stage_of_its_own_rows(run, text):
    outcome, fits = run(text, rows=100)
    assert (outcome.record.unapplied, [n for n, *_ in fits[-5:]]) == ({}, [80] * 5)


def test_its_cost_is_apart(run):
    costs = run("noted", rows=100)[0].record.costs
    assert costs.unseen_seconds > 0
    assert "unseen_seconds" not in SECONDS
    assert costs.seconds == pytest.approx(costs.fit_seconds + costs.score_seconds)


@pytest.mark.parametrize(("text", "charged"), [("staged", 5), ("staged_knowing", 0)])
def test_stages_of_folds_that_were_fitted_before_are_charged_where_they_are_used(
    runner, asked, text, charged
):
    trial = asked(text, rows=100)
    [stage] = runner.stages.fit([trial])
    stage = runner.stages.with_folds(trial, stage)
    assert [fold.batch for fold in stage.folds] == [5] * 5  # fitted together
    stage = replace(stage, folds=tuple(replace(fold, seconds=10_000.0) for fold in stage.folds))
    costs = runner.run(trial, stage).record.costs
    assert costs.unseen_seconds // 10_000 == charged
    assert costs.total_seconds < 10_000
    assert costs.stage_seconds == stage.seconds


@pytest.mark.parametrize("text", ["staged", "autoencoder:epochs=2"])
def test_stages_of_folds_that_were_fitted_before_give_the_same_scores(runner, asked, text):
    trial = asked(text, rows=100)
    [stage] = runner.stages.fit([trial])
    own, shared = (runner.score(trial, each) for each in (stage, runner.stages.with_folds(trial, stage)))
    assert len(own.scored.unseen_scores) == 100
    assert np.array_equal(own.scored.unseen_scores, shared.scored.unseen_scores)
    assert np.array_equal(own.scores, shared.scores)


def test_a_detector_that_says_it_itself_is_not_fitted_again(run):
    outcome, fits = run("knowing", rows=100)
    assert fits[-1][0] == outcome.record.rows.unseen == 100
    assert outcome.record.thresholds["train-quantile"] == 90  # the 91st of 0 to 99


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("picky", "ValueError: too few rows for me (plugins.py, line"),
        ("confused", "ContractError: score() returned shape (99,) for 100 training rows; it must be (100,)"),
    ],
)
def test_where_parts_cannot_be_scored_the_trial_stays_ok_and_says_why(run, text, why):
    record = run(text, rows=100)[0].record
    assert (record.status, record.reason) == ("ok", "")
    assert record.metrics["ranking"]["roc_auc"] > 0.9
    assert "train-quantile" not in record.thresholds
    assert record.unapplied["train-quantile"].startswith(why)
    assert record.rows.unseen is None


def held_out(X, y, seed=0):
    return folds(np.asarray(X, dtype=float), np.asarray(y), np.random.default_rng(seed))


@given(
    st.lists(st.tuples(st.integers(0, 6), st.sampled_from([-1, 0, 1])), min_size=1, max_size=40),
    st.integers(0, 3),
)
def test_folds_keep_equal_rows_together_and_leave_each_label_something_to_learn(rows, seed):
    X, y = np.array([[value] for value, _ in rows], dtype=float), np.array([label for _, label in rows])
    found = held_out(X, y, seed)
    assert len(found) == FOLDS
    everything = np.concatenate(found)
    assert len(set(everything)) == len(everything)
    for fold in found:
        kept = np.delete(np.arange(len(X)), fold)
        assert not set(X[fold, 0]) & set(X[kept, 0])
        assert len(kept)
        highest = {value: max(y[X[:, 0] == value]) for value in set(X[:, 0])}
        assert {highest[value] for value in X[kept, 0]} == set(highest.values())


def test_folds_share_out_rows_and_labels_evenly():
    found = held_out(np.arange(1000.0)[:, None], np.repeat([0, 1, -1], [900, 60, 40]))
    labels = np.repeat([0, 1, -1], [900, 60, 40])
    assert [Counter(labels[fold].tolist()) for fold in found] == [{0: 180, 1: 12, -1: 8}] * FOLDS


def test_a_value_that_is_most_rows_is_in_one_fold_and_the_rest_is_shared_out():
    found = held_out(np.concatenate([np.zeros(60), np.arange(1.0, 41)])[:, None], np.zeros(100, dtype=int))
    assert sorted(map(len, found)) == [10, 10, 10, 10, 60]
