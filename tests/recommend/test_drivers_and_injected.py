"""Which columns drive a score, and made-up anomalies."""

from __future__ import annotations

import numpy as np
import pytest

from bench.recommend.drivers import name_drivers, rows_to_explain, with_typical_values
from bench.recommend.injected import injected, share_seen

COLUMNS = ("amount", "age", "colour", "colour")


@pytest.fixture(name="X")
def rows():
    rng = np.random.default_rng(0)
    colour = np.eye(2)[(rng.random(200) < 0.2).astype(int)]
    amount = rng.standard_normal(200)
    return np.column_stack([amount, amount + 0.1 * rng.standard_normal(200), colour])


def test_the_column_that_makes_a_row_suspicious_is_named_first(X):
    X[3, 0], X[7, 2:] = 9, [0, 5]

    def score(rows):
        return np.abs(rows).sum(axis=1)

    scores = score(X)
    places = rows_to_explain(scores, COLUMNS)
    drivers = name_drivers(scores[places], score(with_typical_values(X, places, COLUMNS)), COLUMNS)
    named = dict(zip(places.tolist(), drivers, strict=True))
    assert next(iter(named)) == 3
    assert named[3][0] == "amount"
    assert named[7][0] == "colour"


def test_a_row_that_no_column_lowers_has_no_driver():
    assert name_drivers(np.array([1.0]), np.array([1.0, 2.0, 1.5]), COLUMNS) == [[]]


def test_made_up_anomalies_are_finite_and_the_same_for_a_seed(X):
    made, again = injected(X, COLUMNS, seed=4), injected(X, COLUMNS, seed=4)
    assert list(made) == ["local", "global", "dependency", "cluster"]
    for kind, rows in made.items():
        assert np.isfinite(rows).all()
        assert rows.shape[1] == X.shape[1]
        assert (rows == again[kind]).all()


def test_a_text_keeps_one_of_its_values_in_made_up_rows(X):
    for rows in injected(X, COLUMNS, seed=0).values():
        assert set(map(tuple, rows[:, 2:])) <= {(0.0, 1.0), (1.0, 0.0)}


def test_dependency_breaks_what_columns_have_in_common_and_no_column_by_itself(X):
    rows = injected(X, COLUMNS, seed=0)["dependency"]
    assert np.isin(rows[:, 0], X[:, 0]).all()
    assert abs(np.corrcoef(rows[:, :2].T)[0, 1]) < 0.4
    assert np.corrcoef(X[:, :2].T)[0, 1] > 0.9


def test_a_local_anomaly_is_moved_in_a_few_columns_only():
    wide = np.random.default_rng(0).standard_normal((50, 12))
    made = injected(wide, [f"c{i}" for i in range(12)], seed=0)["local"]
    moved = np.array([min((row != other).sum() for other in wide) for row in made])
    assert (moved == 3).all()


def test_nothing_is_made_up_where_no_column_holds_numbers():
    assert injected(np.eye(2).repeat(10, axis=0), ("a", "a"), seed=0) == {}


def test_the_share_seen_counts_rows_above_the_highest_twentieth():
    assert share_seen(np.arange(100.0), np.array([0.0, 50.0, 99.0, 200.0])) == 0.5
