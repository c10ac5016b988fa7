"""The splits of a published study: the only place where rows may be drawn again before they are split."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from bench.errors import BenchError, DataError
from bench.spec import Spec
from bench.splits.split import Split
from bench.trials.regimes import apply_regime, view_of
from bench.trials.split_cache import make_split

PARTS = ("train", "calibration", "test")


@pytest.fixture
def save(tmp_path, monkeypatch):
    """Write a table of so many rows, each of them numbered; every fifth one is anomalous."""
    monkeypatch.setenv("BENCH_DATA_DIR", str(tmp_path))

    def write(rows, name="1_table"):
        X = np.column_stack([np.arange(rows), np.arange(rows) ** 2 % 97, np.ones(rows)])
        y = (np.arange(rows) % 5 == 4).astype(int)
        np.savez(tmp_path / f"{name}.npz", X=X, y=y)
        return X, y

    return write


@pytest.fixture
def split(registry):
    def make(variant="dte:1_table", seed=0):
        plugin, params = registry.dataset(Spec.parse(variant))
        return make_split(plugin, params, seed)

    return make


def numbers(X):
    return X[:, 0].astype(int).tolist()


def test_one_class_trains_on_the_first_half_of_the_normal_rows_in_the_order_of_the_file(save, split):
    _, y = save(1005)  # 804 normal rows
    found = split()
    normal, anomalous = np.flatnonzero(y == 0).tolist(), np.flatnonzero(y == 1).tolist()
    assert numbers(found.X_train) == normal[:402]
    assert not found.y_train.any()
    assert numbers(found.X_test) == normal[402:] + anomalous
    assert found.y_test.tolist() == [0] * 402 + [1] * 201
    assert found.calibration is None


def test_an_odd_number_of_normal_rows_is_halved_as_python_rounds(save, split):
    save(1003)  # 803 normal rows: half is 401.5
    assert len(split().X_train) == round(803 / 2) == 402


def test_one_class_is_scaled_by_the_training_rows_alone(save, split):
    save(1005)
    whole = split()
    view = view_of(whole, apply_regime(whole, "one-class", np.random.default_rng(0)))
    assert np.allclose(view.X.mean(axis=0), 0)
    assert np.allclose(view.X.std(axis=0), [1, 1, 0])
    assert view.test.X[:, 0].mean() > 1


def test_a_table_of_1000_rows_or_more_is_the_same_for_each_seed_and_repeats_no_row(save, split):
    save(1000)
    one, other = split(seed=0), split(seed=1)
    assert np.array_equal(one.X_train, other.X_train)
    assert sorted(numbers(one.X_train) + numbers(one.X_test)) == list(range(1000))


def test_a_smaller_table_is_drawn_with_replacement_up_to_1000_rows_as_the_study_does(save, split):
    X, y = save(999)
    rows = np.random.RandomState(3).choice(999, 1000, replace=True)
    normal = rows[y[rows] == 0]
    found = split(seed=3)
    assert numbers(found.X_train) == numbers(X[normal])[: len(found.X_train)]
    assert len(found.y_train) + len(found.y_test) == 1000
    assert set(numbers(found.X_train)) & set(numbers(found.X_test))
    assert numbers(split(seed=4).X_train) != numbers(found.X_train)


def test_of_a_larger_table_50_000_rows_are_kept_once_each(save, split):
    save(50_001)
    found = split(seed=1)
    kept = Counter(numbers(found.X_train) + numbers(found.X_test))
    assert kept.total() == len(kept) == 50_000
    assert numbers(split(seed=2).X_train) != numbers(found.X_train)


def test_unsupervised_tests_on_all_rows_and_trains_on_as_many_drawn_from_them(save, split):
    X, y = save(1200)
    found = split("dte:1_table,protocol=unsupervised", seed=2)
    state = np.random.RandomState(2)
    state.permutation(240)  # the study's code draws the labelled anomalies, none, before the rows
    drawn = state.choice(1200, 1200, replace=True)
    assert np.allclose(found.X_test.mean(axis=0), 0)
    assert np.allclose(found.X_test, (X - X.mean(axis=0)) / np.where(X.std(axis=0), X.std(axis=0), 1))
    assert np.array_equal(found.X_train, found.X_test[drawn])
    assert np.array_equal(found.y_train, y[drawn])
    assert found.scaling == "none"


def test_a_protocol_that_is_none_is_refused(save, split):
    save(1000)
    with pytest.raises(DataError, match="unknown protocol 'supervised'; did you mean 'unsupervised'"):
        split("dte:1_table,protocol=supervised")


def test_no_other_dataset_of_a_file_can_be_made_to_repeat_a_row_before_the_split(registry, save, split):
    save(60)
    published = ("dte", "adbench_protocol")
    others = [name for name, p in registry.datasets.items() if p.required == "file" and name not in published]
    assert "adbench" in others
    for name in others:
        for variant in (f"{name}:1_table", f"{name}:1_table,duplicates=keep"):
            found = split(variant)
            rows = [n for part in PARTS if getattr(found, part) for n in numbers(getattr(found, part).X)]
            assert sorted(rows) == list(range(60)), variant
        with pytest.raises(BenchError, match="unknown parameter"):
            split(f"{name}:1_table,protocol=one-class")


def test_repeated_anomalies_are_repeated_after_the_split_in_training_alone(save, split):
    save(60)
    once, thrice = split("adbench:1_table"), split("adbench:1_table,duplicated_anomalies=3")
    assert np.array_equal(once.X_test, thrice.X_test)
    assert max(Counter(numbers(thrice.X_train)).values()) == 3
    assert not set(numbers(thrice.X_train)) & set(numbers(thrice.X_test))


def test_rows_that_were_drawn_again_do_not_get_to_both_sides_of_a_split():
    rng = np.random.default_rng(0)
    drawn = rng.choice(200, 1000)
    X, y = np.column_stack([drawn, drawn % 7]), drawn % 5 == 4
    found = Split.stratified(X, y, rng)
    sides = [set(numbers(getattr(found, part).X)) for part in PARTS]
    assert not sides[0] & sides[1]
    assert not (sides[0] | sides[1]) & sides[2]
