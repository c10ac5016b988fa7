"""What the audit finds in a split, and that nothing is upsampled unseen."""

from __future__ import annotations

import re

import numpy as np
import pytest
from audited_runs import PLUGINS, audit_of
from hypothesis import given
from hypothesis import strategies as st

from bench.plugins.contract import REGIMES
from bench.plugins.registry import load_registry
from bench.splits.audit import audit
from bench.splits.corruption import CORRUPTIONS
from bench.splits.split import Split
from bench.trials.split_cache import make_split


def column(*values):
    return np.array(values, dtype=float)[:, None]


# Of 4 test rows, 1 is a normal training row, 1 an anomalous one, 1 a calibration row, 1 is new.
OVERLAP = Split(column(1, 2, 2, 3), [0, 0, 1, 1], column(1, 3, 5, 6), [0, 1, 0, 1], column(5, 7), [0, 1])


def test_rows_that_say_something_are_counted():
    found = audit(OVERLAP)
    assert (found.rows, found.columns, found.anomalies, found.distinct_anomalies) == (10, 1, 5, 4)
    assert found.copies == pytest.approx(0.4)  # the second 2, and 1, 3 and 5 in the test
    assert found.conflicts == 2
    assert found.leak == pytest.approx(0.5)
    assert found.prevalence == {"train": 0.5, "calibration": 0.5, "test": 0.5}


@pytest.mark.parametrize(
    ("regime", "leak", "copies"),
    [
        ("unsupervised", 0.5, 0.25),
        ("semi-supervised", 0.5, 0.25),
        ("one-class", 0.25, 0.0),  # the anomalous training rows are not shown
        ("supervised", 0.75, 1 / 6),  # the calibration rows are
    ],
)
def test_a_leak_is_of_the_rows_that_the_regime_shows(regime, leak, copies):
    found = audit_of(OVERLAP, regime)
    assert (found.test_in_train, found.train_copies) == pytest.approx((leak, copies))


def test_constant_columns_are_those_of_the_training_rows():
    X = np.zeros((200, 4))
    X[:, 0] = 7
    X[0, 1] = 1  # 199 of 200
    X[:10, 2] = 1
    X[:, 3] = np.arange(200)
    found = audit(Split(X, np.zeros(200), X[:4] + 1, [0, 1, 0, 1]))
    assert found.constant == (0,)
    assert found.nearly_constant == (1,)


def test_one_training_row_has_constant_columns_only():
    found = audit(Split(column(1), [0], column(2, 3), [0, 1]))
    assert (found.constant, found.nearly_constant) == ((0,), ())


@given(st.lists(st.integers(1, 6), min_size=60, max_size=90))
def test_the_naive_leak_is_what_splitting_copies_gives(sizes):
    X = np.repeat(np.arange(len(sizes), dtype=float), sizes)[:, None]
    y = np.arange(len(X)) % 3 == 0
    naive = [
        audit(Split.stratified(X, y, np.random.default_rng(seed), duplicates="keep")) for seed in range(10)
    ]
    found = audit(Split.stratified(X, y, np.random.default_rng(0)))
    assert found.leak == 0
    assert found.naive_leak == pytest.approx(np.mean([each.leak for each in naive]), abs=0.08)
    assert found.naive_leak == pytest.approx(naive[0].naive_leak, abs=0.02)


def test_a_dataset_without_copies_has_nothing_to_hide(registry):
    found = audit(make_split(registry.datasets["breast_cancer"], {}, 0))
    assert (found.copies, found.conflicts, found.leak, found.naive_leak) == (0, 0, 0, 0)
    assert found.anomalies == found.distinct_anomalies == 212


@pytest.fixture
def plugins(write_plugin):
    return load_registry([write_plugin("upsampling", PLUGINS)], installed=False)


def test_copies_made_before_the_split_fall_on_one_side(plugins):
    for seed in range(5):
        split = make_split(plugins.datasets["upsampled"], {}, seed)
        trained = {row.tobytes() for row in split.X_train}
        assert not any(row.tobytes() in trained for row in split.X_test)


@pytest.mark.parametrize("name", [*CORRUPTIONS])
def test_no_parameter_of_the_harness_puts_copies_on_both_sides(registry, name):
    value = 5 if name == "duplicated_anomalies" else 0.2
    split = make_split(registry.datasets["breast_cancer"], {name: value}, 0)
    assert all(audit_of(split, regime).test_in_train == 0 for regime in REGIMES)


def test_multiplying_anomalies_is_for_training_rows_and_is_told(registry):
    split = make_split(registry.datasets["breast_cancer"], {"duplicated_anomalies": 5}, 0)
    plain = make_split(registry.datasets["breast_cancer"], {}, 0)
    assert np.array_equal(split.X_test, plain.X_test)
    assert split.y_train.sum() == 5 * plain.y_train.sum()
    assert audit_of(split, "unsupervised").train_copies > 0.5


def test_only_the_published_protocol_has_a_parameter_that_multiplies_rows(registry):
    word = re.compile("upsampl|oversampl|resampl|bootstrap|repeat|copies")
    having = {name for name, plugin in registry.datasets.items() if any(map(word.search, plugin.defaults))}
    assert having <= {"dte"}
    assert not any(map(word.search, CORRUPTIONS))
