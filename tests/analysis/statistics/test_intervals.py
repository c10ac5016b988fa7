from __future__ import annotations

import math

import numpy as np
import pytest

from bench.analysis.statistics.intervals import in_practice, mean_interval, student_interval


@pytest.mark.parametrize("n", [6, 20])
@pytest.mark.parametrize("law", ["normal", "exponential"])
def test_bootstrap_intervals_cover(n, law):
    random = np.random.default_rng(7)
    mean = {"normal": 0.0, "exponential": 1.0}[law]
    intervals = [mean_interval(getattr(random, law)(size=n)) for _ in range(600)]
    covered = np.mean([low <= mean <= high for low, high in intervals])
    # 600 intervals give the share to about 0.02. Skew costs every interval without a model some of it.
    assert covered >= (0.92 if law == "normal" else 0.85)
    assert covered < 0.99


def test_students_interval_covers_as_it_says_for_three_seeds():
    random = np.random.default_rng(8)
    intervals = [student_interval(random.normal(size=3)) for _ in range(1000)]
    assert np.mean([low <= 0 <= high for low, high in intervals]) == pytest.approx(0.95, abs=0.02)


def test_too_few_blocks_have_no_interval():
    assert all(map(math.isnan, mean_interval(np.array([1.0, 2, 3]))))
    assert all(map(math.isnan, student_interval(np.array([1.0]))))


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (-0.01, 0.01, "equal"),
        (0.002, 0.008, "equal"),  # different for certain, and by nothing that matters
        (0.011, 0.3, "better"),
        (-0.3, -0.011, "worse"),
        (0.005, 0.03, "open"),
        (-0.2, 0.2, "open"),
        (math.nan, math.nan, "open"),
    ],
)
def test_what_differs_by_less_than_matters_is_equal_in_practice(low, high, said):
    assert in_practice(low, high) == said
