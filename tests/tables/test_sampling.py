from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.tables.sampling import RowSample


def sampled(sizes, most, seed=0):
    sample, start = RowSample(most, seed), 0
    for size in sizes:
        sample.add(pd.DataFrame({"index": np.arange(start, start + size)}))
        start += size
    return sample.frame()


@settings(max_examples=30)
@given(st.lists(st.integers(0, 40), min_size=1, max_size=12), st.integers(1, 60))
def test_a_sample_depends_on_the_rows_and_not_on_the_chunks(sizes, most):
    frame = sampled(sizes, most)
    assert len(frame) == min(most, sum(sizes))
    assert frame["index"].tolist() == frame.index.tolist() == sorted(set(frame.index))
    pd.testing.assert_frame_equal(frame, sampled([sum(sizes)], most))


@pytest.mark.parametrize("seed", [0, 1, 42])
def test_a_sample_has_nothing_to_do_with_how_the_table_was_drawn(seed):
    rare = np.random.default_rng(seed).random(100_000) < 0.01
    sample = RowSample(1000)
    sample.add(pd.DataFrame({"rare": rare}))
    assert 0.0 < sample.frame()["rare"].mean() < 0.02


def test_each_row_is_as_likely_as_any_other():
    counts = np.zeros(24)
    for seed in range(300):
        counts[sampled([2, 14, 8], 6, seed).index] += 1
    # Each is expected in a quarter of the samples, within 4 standard deviations of a binomial.
    assert np.abs(counts - 75).max() < 4 * np.sqrt(300 * 0.25 * 0.75)
