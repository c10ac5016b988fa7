from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.preprocessing import StandardScaler

from bench.splits.scaling import Standard


@settings(max_examples=200, deadline=None)
@given(arrays(np.float64, st.tuples(st.integers(1, 40), st.integers(1, 5)),
              elements=st.floats(-1e9, 1e9, allow_subnormal=False)))  # fmt: skip
def test_it_is_that_of_scikit_learn_to_the_last_bit(X):
    theirs, ours = StandardScaler().fit(X), Standard(X)
    np.testing.assert_array_equal(ours.transform(X + 1), theirs.transform(X + 1))
    np.testing.assert_array_equal(ours.inverse_transform(X), theirs.inverse_transform(X))


@pytest.mark.parametrize("offset", [0.0, 1e8])
def test_rows_far_from_the_origin_are_scaled_alike(offset):
    X = offset + np.random.default_rng(0).normal(size=(3000, 7))
    np.testing.assert_array_equal(Standard(X).transform(X), StandardScaler().fit_transform(X))


def test_a_constant_column_keeps_its_scale():
    X = np.column_stack([np.full(10, 0.1), np.arange(10.0)])
    np.testing.assert_allclose(Standard(X).transform(X)[:, 0], 0, atol=1e-15)
    assert Standard(X).scale[0] == 1
