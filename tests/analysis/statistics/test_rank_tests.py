from __future__ import annotations

import math
from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_results import DEMSAR
from scipy import stats

from bench.analysis.statistics.rank_tests import (
    blocks_needed,
    critical_difference,
    friedman,
    holm,
    least_p_value,
    signed_rank,
)


@pytest.mark.parametrize(("alpha", "q"), [(0.05, 2.569), (0.1, 2.291)])
def test_the_critical_difference_is_by_demsars_formula_and_table(alpha, q):
    assert critical_difference(4, 14, alpha) == pytest.approx(q * math.sqrt(4 * 5 / (6 * 14)), abs=1e-3)


def test_friedman_is_that_of_scipy():
    values = pd.DataFrame(np.random.default_rng(1).normal(size=(9, 5)))
    found = friedman(values)
    assert found.chi_square == pytest.approx(stats.friedmanchisquare(*values.to_numpy().T).statistic)
    assert friedman(values.iloc[:, :2]) is None
    assert friedman(values * 0) is None


def test_demsars_signed_ranks_of_c45_and_its_tuned_m():
    """R+ = 93 and R- = 12, the zeros split evenly."""
    found = signed_rank((DEMSAR["C4.5+m"] - DEMSAR["C4.5"]).round(3).to_numpy()[:, None])
    zeros = 1.5 * 2
    assert found.balance[0] * (14 * 15 / 2 - zeros) == pytest.approx(93 - 12)
    assert 0.005 < found.p_value[0] < 0.05  # the critical value for 0.05 is 21


@given(st.integers(2, 24), st.integers(0, 10_000))
def test_the_signed_rank_test_is_exactly_that_of_scipy(n, seed):
    differences = np.random.default_rng(seed).normal(size=(n, 3))
    expected = stats.wilcoxon(differences, axis=0, method="exact").pvalue
    assert signed_rank(differences).p_value == pytest.approx(expected)


def test_with_ties_it_is_the_chance_over_all_flips_of_signs():
    differences = np.array([3.0, 1, -1, 1, 2, -2, 0, 3])
    every = stats.PermutationMethod(n_resamples=np.inf)
    expected = stats.wilcoxon(differences, zero_method="zsplit", method=every).pvalue
    assert signed_rank(differences[:, None]).p_value[0] == pytest.approx(expected)


def test_of_many_blocks_it_is_the_normal_approximation_of_scipy():
    differences = np.random.default_rng(2).normal(0.2, 1, size=(80, 4))
    expected = stats.wilcoxon(differences, axis=0, method="asymptotic", correction=False).pvalue
    assert signed_rank(differences).p_value == pytest.approx(expected)


def test_a_missing_difference_is_left_out():
    differences = np.random.default_rng(3).normal(size=(8, 1))
    gap = np.vstack([differences, [[math.nan]]])
    assert signed_rank(gap).p_value == pytest.approx(signed_rank(differences).p_value)


@pytest.mark.parametrize("same", [0.0, math.nan])
def test_where_few_of_many_blocks_differ_it_is_exact(same):
    """Of six that are above 0 the normal approximation would say 0.014, which is less than there can be."""
    of_one_sign = np.concatenate([np.full(100, same), np.arange(1.0, 7)])[:, None]
    assert signed_rank(of_one_sign).p_value[0] == pytest.approx(least_p_value(6))


def test_of_few_that_differ_it_is_the_chance_over_their_flips_of_signs():
    """Ranks 31, 32, ... 39 with signs + - + + + - + + +, beside 30 zeros."""
    differ = np.array([1.0, -2, 3, 4, 5, -6, 7, 8, 9])
    flips = np.array(list(product([-1, 1], repeat=9))) @ np.arange(31, 40)
    expected = (np.abs(flips) >= np.sign(differ) @ np.arange(31, 40)).mean()
    found = signed_rank(np.concatenate([np.zeros(30), differ])[:, None]).p_value[0]
    assert found == pytest.approx(expected)


@pytest.mark.parametrize("n", [1, 4, 9])
def test_the_smallest_p_value_is_that_of_differences_of_one_sign(n):
    assert signed_rank(np.arange(1.0, n + 1)[:, None]).p_value[0] == pytest.approx(least_p_value(n))


@pytest.mark.parametrize("comparisons", [1, 10, 2346])
def test_so_many_blocks_are_just_enough(comparisons):
    needed = blocks_needed(comparisons, 0.05)
    assert least_p_value(needed) * comparisons <= 0.05 < least_p_value(needed - 1) * comparisons


def test_holm_leaves_out_what_was_not_compared():
    assert holm(np.array([0.01, math.nan, 0.04])) == pytest.approx([0.02, math.nan, 0.04], nan_ok=True)


@pytest.mark.parametrize("decimals", [9, 1])
def test_the_family_wise_error_is_held(decimals):
    """Six detectors that are all the same, on 14 datasets of different difficulty; with and without ties."""
    simulations, blocks, detectors = 2000, 14, 6
    random = np.random.default_rng(5)
    values = random.normal(size=(blocks, simulations, 1)) + random.normal(
        size=(blocks, simulations, detectors)
    )
    first, second = map(list, zip(*combinations(range(detectors), 2), strict=True))
    differences = (values[..., first] - values[..., second]).round(decimals)
    p_values = signed_rank(differences.reshape(blocks, -1)).p_value.reshape(simulations, -1)
    error = (holm(p_values) <= 0.05).any(axis=1).mean()
    assert error <= 0.06
    assert error > 0.005  # it would be no feat never to find anything
