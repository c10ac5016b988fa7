from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.errors import BenchError, DataError
from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.plugins.decorators import dataset
from bench.plugins.metadata import DatasetPlugin
from bench.plugins.registry import load_registry
from bench.splits.corruption import CORRUPTIONS, apply_corruptions
from bench.splits.split import Split
from bench.trials.regimes import apply_regime, view_of
from bench.trials.split_cache import make_split


def made(rng, rows=100):
    def part(size):
        return rng.normal(size=(size, 4)), (np.arange(size) % 5 == 0).astype(np.int8)

    return Split(*part(rows), *part(rows), *part(20), optimum=lambda X: X[:, 0])


PLUGIN = DatasetPlugin(name="made", doc="", defaults={}, make=made)
SOME = {
    "train_contamination": 0.1,
    "duplicated_anomalies": 3,
    "label_errors": 0.2,
    "labelled_anomalies": 0.5,
    "irrelevant_features": 0.5,
    "missing_values": 0.1,
    "heavy_tails": 0.3,
    "test_prevalence": 0.1,
}


def corrupted(**given):
    return make_split(PLUGIN, given, seed=0)


def test_each_corruption_has_a_case_here():
    assert set(SOME) == set(CORRUPTIONS)


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_whether_the_optimum_is_kept_is_known_before_the_rows_are_made(name):
    plugin = replace(PLUGIN, optimum=True)
    assert plugin.has_optimum({name: SOME[name]}) == (corrupted(**{name: SOME[name]}).optimum is not None)


@pytest.mark.parametrize("name", ["missing_values", "heavy_tails"])
def test_none_of_a_corruption_leaves_the_optimum(name):
    assert replace(PLUGIN, optimum=True).has_optimum({name: 0})
    assert corrupted(**{name: 0}).optimum is not None
    np.testing.assert_array_equal(corrupted(**{name: 0}).X_train, corrupted().X_train)


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_one_corruption_does_not_move_with_another(name):
    """What a corruption draws is the same whichever others are given: labels show it for all of them."""
    other = "label_errors" if name != "label_errors" else "labelled_anomalies"
    if name in ("train_contamination", "duplicated_anomalies"):
        other = "labelled_anomalies"
    alone, both = corrupted(**{name: SOME[name]}), corrupted(**{name: SOME[name], other: SOME[other]})
    np.testing.assert_array_equal(alone.X_train, both.X_train)
    np.testing.assert_array_equal(alone.X_test, both.X_test)


@pytest.mark.parametrize("share", [0, 0.05, 0.2, 0.5])
def test_train_contamination_is_the_share_of_anomalies(share):
    split, clean = corrupted(train_contamination=share), corrupted()
    assert split.y_train.mean() == pytest.approx(share, abs=0.01)
    assert {tuple(row) for row in split.X_train} <= {tuple(row) for row in clean.X_train}
    np.testing.assert_array_equal(split.X_test, clean.X_test)


def test_anomalies_are_repeated_in_the_training_rows_alone():
    split, clean = corrupted(duplicated_anomalies=3), corrupted()
    assert split.y_train.sum() == 3 * clean.y_train.sum()
    assert (split.y_train == 0).sum() == (clean.y_train == 0).sum()
    assert len(np.unique(split.X_train, axis=0)) == len(clean.X_train)
    np.testing.assert_array_equal(split.X_test, clean.X_test)
    assert not {tuple(row) for row in split.X_train} & {tuple(row) for row in split.X_test}


def test_wrong_labels_are_told_but_not_believed():
    split = corrupted(label_errors=0.25)
    assert (split.y_observed != split.y_train).sum() == 25
    supervised = view_of(split, apply_regime(split, "supervised", np.random.default_rng(0)))
    np.testing.assert_array_equal(supervised.y, split.y_observed)
    assert supervised.contamination == split.y_train.mean() == 0.2
    one_class = view_of(split, apply_regime(split, "one-class", np.random.default_rng(0)))
    assert one_class.contamination == pytest.approx(5 / 65)  # 5 of 20 anomalies pass for normal, 60 normals


def test_a_wrong_label_stays_with_its_row_when_anomalies_are_repeated():
    split = corrupted(label_errors=0.25, duplicated_anomalies=2)
    assert (split.y_observed != split.y_train).sum() == 20 + 10


@pytest.mark.parametrize("share", [0.05, 0.5, 1])
def test_few_labels_are_shown(share):
    visible = apply_regime(corrupted(labelled_anomalies=share), "semi-supervised", np.random.default_rng(0))
    assert (visible.y == 1).sum() == 20 * share


def test_irrelevant_features_are_appended_and_the_optimum_ignores_them():
    split, clean = corrupted(irrelevant_features=0.5), corrupted()
    assert (split.X_train.shape[1], split.shape) == (6, (6,))
    np.testing.assert_array_equal(split.X_test[:, :4], clean.X_test)
    np.testing.assert_array_equal(split.optimum(split.X_test), clean.X_test[:, 0])
    assert np.abs(split.X_test[:, 4:]).max() <= np.abs(clean.X_train).max()


def test_missing_values_are_the_training_median():
    split, clean = corrupted(missing_values=0.3), corrupted()
    medians = np.median(clean.X_train, axis=0)
    changed = split.X_test != clean.X_test
    assert 0.2 < changed.mean() < 0.4
    np.testing.assert_array_equal(split.X_test[changed], np.broadcast_to(medians, changed.shape)[changed])
    assert split.optimum is None


def test_heavy_tails_are_heavy_and_in_units_of_the_column():
    added = corrupted(heavy_tails=0.1).X_train - corrupted().X_train
    assert np.median(np.abs(added)) < 0.2 < 0.5 < np.abs(added).max()


@pytest.mark.parametrize("share", [0.05, 0.5, 0.9])
def test_prevalence_is_the_share_in_the_test(share):
    split = corrupted(test_prevalence=share)
    assert split.y_test.mean() == pytest.approx(share, abs=0.05)
    np.testing.assert_array_equal(split.X_train, corrupted().X_train)


@settings(max_examples=25, deadline=None)
@given(st.floats(0.01, 0.99), st.integers(1, 60), st.integers(1, 60))
def test_thinning_keeps_as_many_rows_as_can_be(share, normals, anomalies):
    y = np.repeat(np.array([0, 1], dtype=np.int8), [normals, anomalies])
    split = Split(np.arange(len(y), dtype=float)[:, None], y, np.zeros((2, 1)), np.array([0, 1]))
    left = apply_corruptions(split, {"train_contamination": share}, np.random.default_rng(0)).y_train
    assert (left == 0).sum() == normals or (left == 1).sum() == anomalies
    assert abs(left.sum() - share * len(left)) <= 1


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"label_errors": 1.5}, "label_errors must be a number from 0 to 1, not 1.5"),
        ({"duplicated_anomalies": 2.5}, "duplicated_anomalies must be a whole number from 1 to 1000"),
        ({"missing_values": "some"}, "missing_values must be a number"),
        ({"test_prevalence": True}, "test_prevalence must be a number"),
    ],
)
def test_a_value_out_of_bounds_is_refused(given, says):
    with pytest.raises(DataError, match=says):
        corrupted(**given)


def test_every_dataset_has_them_for_parameters_and_they_are_named_only_where_given():
    plan = make_plan(
        load_suite("quick"),
        load_registry(),
        Selection(detectors=("knn",), datasets=("breast_cancer:label_errors=0.1", "digits:anomaly=0")),
    )
    assert {cell.dataset.label for cell in plan.cells} == {"breast_cancer:label_errors=0.1", "digits"}
    with pytest.raises(BenchError, match="label_erors"):
        make_plan(
            load_suite("quick"), load_registry(), Selection(datasets=("breast_cancer:label_erors=0.1",))
        )


def test_no_dataset_may_take_their_names():
    with pytest.raises(TypeError, match="the parameter 'heavy_tails' is the harness's"):

        @dataset
        def mine(rng, heavy_tails=1): ...
