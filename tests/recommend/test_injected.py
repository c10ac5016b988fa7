"""Synthetic anomalies made from a table's own rows."""

from __future__ import annotations

import numpy as np
import pytest

from bench.recommend.injected import fraction_found, injected

COLUMNS = ("amount", "age", "colour", "colour")


@pytest.fixture(name="X")
def rows():
    rng = np.random.default_rng(0)
    colour = np.eye(2)[(rng.random(200) < 0.2).astype(int)]
    amount = rng.standard_normal(200)
    return np.column_stack([amount, amount + 0.1 * rng.standard_normal(200), colour])


def test_synthetic_anomalies_are_finite_and_the_same_for_a_seed(X):
    made, again = injected(X, COLUMNS, seed=4), injected(X, COLUMNS, seed=4)
    assert list(made) == ["local", "global", "dependency", "cluster"]
    for kind, rows in made.items():
        assert np.isfinite(rows).all()
        assert rows.shape[1] == X.shape[1]
        assert (rows == again[kind]).all()


def test_a_text_keeps_one_of_its_values_in_synthetic_rows(X):
    for rows in injected(X, COLUMNS, seed=0).values():
        assert set(map(tuple, rows[:, 2:])) <= {(0.0, 1.0), (1.0, 0.0)}


def test_dependency_breaks_the_correlation_of_columns_and_no_column_by_itself(X):
    rows = injected(X, COLUMNS, seed=0)["dependency"]
    assert np.isin(rows[:, 0], X[:, 0]).all()
    assert abs(np.corrcoef(rows[:, :2].T)[0, 1]) < 0.4
    assert np.corrcoef(X[:, :2].T)[0, 1] > 0.9


def test_a_local_anomaly_is_moved_in_a_few_columns_only():
    wide = np.random.default_rng(0).standard_normal((50, 12))
    made = injected(wide, [f"c{i}" for i in range(12)], seed=0)["local"]
    moved = np.array([min((row != other).sum() for other in wide) for row in made])
    assert (moved == 3).all()


def test_there_are_none_where_no_column_has_numbers():
    assert injected(np.eye(2).repeat(10, axis=0), ("a", "a"), seed=0) == {}


def test_the_fraction_found_counts_rows_above_the_highest_twentieth():
    assert fraction_found(np.arange(100.0), np.array([0.0, 50.0, 99.0, 200.0])) == 0.5
