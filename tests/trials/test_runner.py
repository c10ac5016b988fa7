from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import ClassVar

import numpy as np
import pytest
from msgspec import structs

from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.plugins.registry import load_registry
from bench.trials.measure import timed
from bench.trials.runner import TrialRunner
from bench.trials.unseen import Unseen


def trials(registry, detectors, *, suite="quick", datasets=("breast_cancer",), regimes=None, seeds=(0,)):
    selection = Selection(tuple(detectors), datasets, regimes, seeds)
    return list(make_plan(load_suite(suite), registry, selection))


def run(registry, *arguments, **options):
    runner = TrialRunner(registry)
    return [runner.run(trial) for trial in trials(registry, *arguments, **options)]


def test_the_same_trial_leaves_the_same_record_but_for_costs(registry):
    detectors = ["isolation_forest", "inne", "loda", "mcd", "cblof", "sampling", "random_score", "gmm"]
    first, second = (run(registry, detectors, regimes=("unsupervised",)) for _ in range(2))
    for one, two in zip(first, second, strict=True):
        assert one.record.status == "ok", one.record.reason
        assert np.array_equal(one.scores, two.scores), one.record.detector
        assert {**structs.asdict(one.record), "costs": 0} == {**structs.asdict(two.record), "costs": 0}


def test_another_seed_is_another_split(registry):
    one, two = run(registry, ["knn"], regimes=("unsupervised",), seeds=(0, 1))
    assert not np.array_equal(one.scores, two.scores)


def test_quick_builtin_detectors_end_ok_on_easy_data(registry):
    quick = [plugin.name for plugin in registry.detectors.values() if plugin.cost <= 0.3]
    names = [name for name in quick if name != "constant_score"]
    assert len(names) > 12
    for outcome in run(registry, names):
        assert outcome.record.status == "ok", (outcome.record.detector, outcome.record.reason)


def test_labels_used_counts_what_was_read(registry):
    outcomes = run(registry, ["knn", "random_forest", "autoencoder_histogram_forest"])
    used = {(o.record.detector.name, o.record.regime): o.record.labels_used for o in outcomes}
    rows = outcomes[0].record.rows.train
    assert used["knn", "unsupervised"] == 0
    assert used["random_forest", "supervised"] == rows
    # The stage reads the training labels to leave anomalies out, the forest those of calibration.
    [calibration] = {o.record.rows.calibration for o in outcomes} - {0}
    assert calibration > 0
    assert used["autoencoder_histogram_forest", "supervised"] == rows + calibration


def test_the_calibration_policy_needs_rows_that_the_detector_has_not_learnt_from(registry):
    records = [o.record for o in run(registry, ["knn", "autoencoder_histogram_forest"])]
    for record in records:
        unseen = record.detector.name == "knn"
        assert ("calibration" in record.thresholds) == ("calibration" in record.metrics) == unseen
        assert (record.rows.holdout > 0) == unseen
    # A detector's scores and labels stay what they were: the policy reads labels, not the detector.
    assert {r.labels_used for r in records if r.detector.name == "knn"} == {0}


def test_constant_scores_are_a_failure_and_no_area_of_one_half(registry):
    outcome = run(registry, ["constant_score"], regimes=("unsupervised",))[0]
    assert outcome.record.status == "failed"
    assert outcome.record.reason == "constant scores: each test row got 0"
    assert outcome.record.metrics == {}


def test_the_quantile_policy_calls_the_share_it_is_told(registry):
    outcome = run(registry, ["isolation_forest"], suite="real", regimes=("one-class",))[0]
    record = outcome.record
    assert record.contamination == 0.1
    # On normal rows of the test part the same share, give or take the sampling of a hundred rows.
    normal = outcome.scores[outcome.labels == 0]
    assert 0.0 < (normal > record.thresholds["train-quantile"]).mean() < 0.3


def test_a_detector_that_needs_calibration_rows_is_skipped_without_them(registry):
    outcome = run(registry, ["autoencoder_difference_forest"], datasets=("breast_cancer:calibration=0",))[0]
    assert (outcome.record.status, outcome.record.reason) == (
        "skipped",
        "it needs calibration rows, and there are none",
    )


def test_a_detector_cannot_spoil_the_rows_of_the_next(write_plugin):
    folder = write_plugin(
        "spoils",
        '''
        from bench import detector

        @detector
        class Spoils:
            """Overwrites what it is given."""
            def fit(self, train):
                train.X[:] = 0
            def score(self, X):
                first = X[:, 0].copy()
                X[:] = 0
                return first
        ''',
    )
    registry = load_registry([folder], installed=False)
    runner = TrialRunner(registry)
    [knn] = trials(registry, ["knn"], regimes=("unsupervised",))
    [spoils] = trials(registry, ["spoils"], regimes=("unsupervised",))
    before = runner.run(knn).scores
    assert runner.run(spoils).record.status == "ok"
    assert np.array_equal(runner.run(knn).scores, before)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("return 3", "dataset: it returned int; a dataset returns a bench.Split"),
        ("raise RuntimeError('no data today')", "dataset: RuntimeError: no data today (odd.py, line 6)"),
    ],
)
def test_what_is_wrong_with_a_dataset_is_said_in_the_record(write_plugin, body, reason):
    folder = write_plugin(
        "odd",
        f'''
        from bench import dataset
        @dataset
        def odd(rng):
            """Odd."""
            {body}
        ''',
    )
    registry = load_registry([folder], installed=False)
    outcome = run(registry, ["knn"], datasets=("odd",), regimes=("unsupervised",))[0]
    assert (outcome.record.status, outcome.record.reason) == ("failed", reason)


def test_a_detector_cannot_spoil_its_own_calibration_rows(write_plugin):
    folder = write_plugin(
        "spoils",
        '''
        from bench import detector

        @detector(labels=True, calibration=True)
        class Spoils:
            """Overwrites its calibration rows, as often as it is fitted."""
            def fit(self, train):
                assert (train.calibration.X != -9).all()
                train.calibration.X[:] = -9
            def score(self, X):
                return X[:, 0]
        ''',
    )
    registry = load_registry([folder], installed=False)
    [outcome] = run(registry, ["spoils"], regimes=("supervised",))
    assert (outcome.record.status, outcome.record.reason) == ("ok", "")


@pytest.mark.parametrize(
    ("variant", "words"),
    [
        ("bumps:calibration=0.01,anomalies=20,normals=200", "of both classes"),
        ("breast_cancer:calibration=0.0001", "there are none"),
    ],
)
def test_calibration_rows_that_are_of_no_use_are_a_reason_to_skip(registry, variant, words):
    [outcome] = run(registry, ["autoencoder_histogram_forest:epochs=1"], datasets=(variant,))
    assert outcome.record.status == "skipped"
    assert words in outcome.record.reason


class Watched(np.ndarray):
    """An array that takes note of where it is copied."""

    copied: ClassVar[list[str]] = []
    where = "outside"

    def copy(self, order="C"):
        Watched.copied.append(Watched.where)
        return np.array(self, order=order, subok=False)


def test_rows_are_copied_before_the_clock_starts(registry, monkeypatch):
    """The copy is ours, and no cost of the detector."""

    @contextmanager
    def watched_time():
        Watched.where = "timed"
        with timed() as cost:
            yield cost
        Watched.where = "outside"

    monkeypatch.setattr("bench.trials.runner.timed", watched_time)
    [trial] = trials(registry, ["random_score"], regimes=("unsupervised",))
    runner = TrialRunner(registry)
    view = runner.view(trial)
    test = SimpleNamespace(X=view.test.X.view(Watched), y=view.test.y)
    watched = replace(view, test=test)
    monkeypatch.setattr(runner, "view", lambda _: watched)
    monkeypatch.setattr(runner, "_warm_up", lambda *_: None)
    assert runner.run(trial).record.status == "ok"
    assert "outside" in Watched.copied
    assert "timed" not in Watched.copied


@pytest.mark.parametrize(("first", "fits"), [((0.012, 0.007), 2), ((0.012, 0.009), 1)])
def test_a_short_trial_is_run_again_for_its_seconds(write_plugin, monkeypatch, first, fits):
    folder = write_plugin(
        "notes",
        '''
        import numpy as np
        from bench import detector

        seen = []

        @detector
        class Notes:
            """Notes what each fit and each scoring is given, and spoils it."""
            seen = seen
            def fit(self, train):
                seen.append((train.X.copy(), np.random.random()))
                train.X[:] = 0
                np.ones(40 * 2**20, dtype=np.uint8)
            def score(self, X):
                seen[-1] += (X.copy(),)
                X[:] = 0
                return seen[-1][-1][:, 0]
        ''',
    )
    registry = load_registry([folder], installed=False)
    seen = registry.detectors["notes"].build.seen
    seen.clear()  # plugins of one content are one module
    [trial] = trials(registry, ["notes"], regimes=("unsupervised",))
    runner = TrialRunner(registry)
    seconds = iter([*first, 0.003, 0.004])

    @contextmanager
    def by_this_clock():
        yield SimpleNamespace(seconds=next(seconds))

    monkeypatch.setattr("bench.trials.runner.timed", by_this_clock)
    monkeypatch.setattr(runner, "_warm_up", lambda *_: None)
    monkeypatch.setattr(runner, "_unseen", lambda *_: Unseen(None, 0.0))
    record = runner.run(trial).record
    assert record.status == "ok", record.reason
    costs = record.costs
    assert (costs.fit_seconds, costs.score_seconds) == ((0.003, 0.004) if fits == 2 else first)
    assert costs.peak_memory_bytes is None or costs.peak_memory_bytes >= 38 * 2**20
    assert len(seen) == fits
    for X, drawn, new, *_ in seen:
        assert drawn == seen[0][1]
        assert X.any()
        assert np.array_equal(X, seen[0][0])
        assert new.any()
        assert np.array_equal(new, seen[0][2])
