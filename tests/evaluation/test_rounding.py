"""When two arrays of scores are the same but for rounding."""

from __future__ import annotations

import numpy as np
import pytest

from bench.evaluation.rounding import difference, equal


@pytest.mark.parametrize("scale", [1.0, 1e-300, 1.7e308])
def test_scores_are_compared_by_their_range_whatever_it_is(scale):
    """That of the last is infinite: no difference is above a fraction of it."""
    one = np.array([-1.0, 0.0, 1.0]) * scale
    assert equal(one, one + np.array([1e-7, -1e-7, 0]) * scale)
    other = np.array([-1.0, 1.0, 0.0]) * scale
    assert not equal(one, other)
    assert difference(one, other) == pytest.approx(0.5)


def test_of_equal_scores_the_difference_is_as_it_is():
    assert difference(np.zeros(3), np.array([0.0, 0.25, 0.0])) == 0.25
