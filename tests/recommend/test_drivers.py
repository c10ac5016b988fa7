"""Which columns drive a row's score."""

from __future__ import annotations

import numpy as np

from bench.recommend.drivers import name_drivers, rows_to_explain, with_typical_values

COLUMNS = ("amount", "age", "colour", "colour")


def test_the_column_that_makes_a_row_suspicious_is_named_first():
    X = np.random.default_rng(0).uniform(-1, 1, (200, 4))
    X[3, 0], X[7, 2:] = 9, [0, 5]

    def score(rows):
        return np.abs(rows).sum(axis=1)

    scores = score(X)
    explained = rows_to_explain(scores, COLUMNS)
    drivers = name_drivers(scores[explained], score(with_typical_values(X, explained, COLUMNS)), COLUMNS)
    named = dict(zip(explained.tolist(), drivers, strict=True))
    assert next(iter(named)) == 3
    assert named[3][0] == "amount"
    assert named[7][0] == "colour"


def test_a_row_that_no_column_lowers_has_no_driver():
    assert name_drivers(np.array([1.0]), np.array([1.0, 2.0, 1.5]), COLUMNS) == [[]]
