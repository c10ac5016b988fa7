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
        index = np.arange(start, start + size)
        sample.add(pd.DataFrame({"index": index}, index=index))
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


def labelled(labels, most, sizes=None):
    sample, start = RowSample(most, label="state"), 0
    for size in sizes or [len(labels)]:
        rows = np.arange(start, start + size)
        sample.add(pd.DataFrame({"index": rows, "state": np.asarray(labels)[rows]}, index=rows))
        start += size
    return sample.frame()


def test_rare_labels_are_all_in_the_sample():
    """Six anomalies of 400 000 rows, where a uniform sample of 50 000 would hold one."""
    state = np.zeros(400_000, int)
    state[[5, 90_001, 170_000, 250_000, 333_333, 399_999]] = 1
    frame = labelled(state, 50_000)
    assert len(frame) == 50_000
    assert frame["state"].sum() == 6
    assert frame["index"].is_monotonic_increasing


@settings(max_examples=30)
@given(st.lists(st.integers(0, 40), min_size=1, max_size=12), st.integers(2, 200), st.integers(10, 300))
def test_a_sample_with_labels_depends_on_the_rows_and_not_on_the_chunks(sizes, most, every):
    state = np.where(np.arange(sum(sizes)) % every, "fine", "broken")
    frame = labelled(state, most, sizes)
    assert len(frame) == min(most, len(state))
    pd.testing.assert_frame_equal(frame, labelled(state, most))


@pytest.mark.parametrize(
    ("rare", "kept"),
    [
        (80, 80),  # 0.8 % of the rows: 8 % of the sample
        (500, 100),  # 5 % of the rows: no more than a tenth of the sample
        (3000, pytest.approx(300, abs=60)),  # frequent enough: as many as come
    ],
)
def test_rare_labels_take_a_tenth_of_the_sample_at_most(rare, kept):
    state = np.repeat(["fine", "worn", "broken"], [10_000 - rare, rare // 2, rare - rare // 2])
    frame = labelled(state, 1000)
    assert len(frame) == 1000
    assert (frame["state"] != "fine").sum() == kept


def test_a_column_of_many_values_is_no_label():
    frame = labelled(np.arange(3000) % 600, 300)
    pd.testing.assert_series_equal(frame["index"], sampled([3000], 300)["index"])


def test_each_row_is_as_likely_as_any_other():
    counts = np.zeros(24)
    for seed in range(300):
        counts[sampled([2, 14, 8], 6, seed).index] += 1
    # Each is expected in a quarter of the samples, within 4 standard deviations of a binomial.
    assert np.abs(counts - 75).max() < 4 * np.sqrt(300 * 0.25 * 0.75)
