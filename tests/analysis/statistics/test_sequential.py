from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.analysis.statistics.sequential import Look, Race, looks, paired_t, run_race

ALPHA, SEEDS = 0.05, 20


def frame(array):
    return pd.DataFrame(array, columns=[f"d{place}" for place in range(array.shape[1])])


def normal(rng, shape):
    return rng.normal(size=shape)


def heavy_tailed(rng, shape):
    return rng.standard_t(3, size=shape)


def of_few_values(rng, shape):
    return rng.normal(size=shape).round()


def skewed_over_seven_datasets(rng, shape):
    return (rng.exponential(size=(*shape, 7)) - 1).mean(axis=-1) * np.sqrt(7)


def error_rate(noise, means, simulations=1000):
    """How often a detector with the highest mean is left out."""
    rng = np.random.default_rng(0)
    spreads = rng.permutation(np.linspace(0.005, 0.05, len(means)))
    best = {f"d{place}" for place in np.flatnonzero(means == means.max())}
    wrong = 0
    for _ in range(simulations):
        values = frame(means + spreads * noise(rng, (SEEDS, len(means))))
        race, _ = run_race(values, ALPHA, looks(SEEDS))
        wrong += not best <= set(race.contenders)
    return wrong / simulations


@pytest.mark.parametrize("noise", [normal, heavy_tailed, of_few_values, skewed_over_seven_datasets])
def test_all_looks_together_keep_the_error_where_all_are_equal(noise):
    assert error_rate(noise, np.full(8, 0.5)) <= 0.06


@pytest.mark.parametrize("noise", [normal, skewed_over_seven_datasets])
@pytest.mark.parametrize(
    "others", [np.full(4, 0.46), np.linspace(0.48, 0.2, 8), np.full(10, 0.44)], ids=["near", "spread", "tied"]
)
def test_the_error_is_kept_where_others_are_worse(noise, others):
    assert error_rate(noise, np.append(np.full(3, 0.5), others), 500) <= 0.06


def test_a_race_needs_fewer_trials_and_mostly_finds_the_same_best():
    rng = np.random.default_rng(0)
    means = np.append([0.89, 0.86, 0.81, 0.76, 0.71, 0.70], np.linspace(0.66, 0.1, 24))
    same, shares = 0, []
    for _ in range(100):
        values = frame(means + 0.03 * rng.normal(size=(SEEDS, len(means))))
        race, used = run_race(values, ALPHA, looks(SEEDS))
        fixed, everything = run_race(values, ALPHA, [Look(SEEDS, 1.0)])
        same += set(race.contenders) == set(fixed.contenders)
        shares.append(used / everything)
    assert same >= 95
    assert np.mean(shares) <= 0.4


@given(st.integers(2, 300))
def test_the_looks_end_with_the_last_seed_and_share_the_error(most):
    found = looks(most)
    assert found[-1].seeds == most
    assert [look.seeds for look in found] == sorted({look.seeds for look in found})
    assert sum(look.share for look in found) == pytest.approx(1)
    assert min(look.share for look in found) > 0


def test_the_t_test_is_that_of_scipy():
    from scipy import stats

    values = np.random.default_rng(0).normal(0.3, 1, size=(12, 5))
    mean, p_value = paired_t(values)
    assert mean == pytest.approx(values.mean(axis=0))
    assert p_value == pytest.approx(stats.ttest_1samp(values, 0).pvalue)


def test_seeds_that_a_detector_lacks_are_left_out_of_its_pairs():
    values = np.random.default_rng(0).normal(0.3, 1, size=(12, 2))
    gaps = np.vstack([values, [[np.nan, 0.1]]])
    assert paired_t(gaps)[1][0] == pytest.approx(paired_t(values)[1][0])
    assert paired_t(gaps[:3])[1].tolist() == [1, 1]


def test_equal_detectors_are_never_told_apart():
    values = frame(np.full((SEEDS, 3), 0.5))
    race, _ = run_race(values, ALPHA, looks(SEEDS))
    assert race.contenders == ["d0", "d1", "d2"]


@pytest.mark.parametrize(("difference", "decided"), [(0.001, False), (0.2, True)])
def test_a_difference_without_spread_counts_by_its_size(difference, decided):
    values = frame(np.column_stack([np.full(8, 0.5), np.full(8, 0.5 + difference)]))
    race, _ = run_race(values, ALPHA, looks(8))
    assert (race.beaten == {"d0": "d1"}) == decided


def test_who_is_beaten_leaves_the_race_and_needs_no_further_values():
    rng = np.random.default_rng(0)
    race = Race(("good", "also", "bad"), ALPHA)
    values = pd.DataFrame(rng.normal([0.9, 0.9, 0.1], 0.01, size=(8, 3)), columns=["good", "also", "bad"])
    race.look(values, 0.5)
    assert race.contenders == ["good", "also"]
    assert race.is_open
    race.look(values[["good", "also"]].add([0.3, 0.0]), 0.5)
    assert race.contenders == ["good"]
    assert not race.is_open
