from __future__ import annotations

import pytest
from timing_cells import cells_of, fake

from bench.timing.growth import exponent, growth


def test_exponents_are_those_of_the_largest_feature_count(registry):
    cells = cells_of(registry, "knn", rows=(100, 200, 400), features=(2, 5))
    # Fitting grows with the square of the rows at 5 features, and not at 2; scoring a row is always as dear.
    timings = [fake(cell, fit=cell.rows**2 / 1e4 if cell.features == 5 else 1.0, score=3.0) for cell in cells]
    [found] = growth(timings)
    assert (found.features, found.rows) == (5, (100, 200, 400))
    assert (found.fit, found.score) == pytest.approx((2.0, 1.0))


def test_one_size_has_no_exponent():
    assert exponent([100], [1.0]) is None
    assert exponent([], []) is None
    assert exponent([100, 200], [1.0, 8.0]) == pytest.approx(3.0)
