"""The permutation test, against an enumeration of all permutations."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from bench.entries.tuning import ALPHA, MOST, drop, p_value, seeds_needed


def exact(stated, others):
    """The p-value by going through every choice of which figures are the stated ones."""
    choices = []
    for a, b in zip(stated, others, strict=True):
        together = [*a, *b]
        total = sum(together)
        choices.append(
            [
                sum(chosen) / len(a) - (total - sum(chosen)) / len(b)
                for chosen in itertools.combinations(together, len(a))
            ]
        )
    found = [sum(each) for each in itertools.product(*choices)]
    observed = sum(np.mean(a) - np.mean(b) for a, b in zip(stated, others, strict=True))
    return np.mean(np.array(found) >= observed - 1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_the_p_value_is_that_of_all_permutations(seed):
    rng = np.random.default_rng(seed)
    stated = [rng.normal(0.3, size=2), rng.normal(0.3, size=1)]
    others = [rng.normal(size=4), rng.normal(size=5)]
    assert p_value(stated, others, rng) == pytest.approx(exact(stated, others), abs=0.01)


def test_figures_that_do_not_rest_on_the_seed_have_a_p_value_of_one():
    same = [np.full(3, 0.7)] * 4
    assert p_value(same, same, np.random.default_rng(0)) == 1
    assert drop(same, same) == 0


def test_the_mean_drop_is_over_datasets():
    assert drop([np.array([1.0]), np.array([0.5, 0.7])], [np.array([0.0]), np.array([0.6])]) == 0.5


@pytest.mark.parametrize("stated", [[1, 1, 1], [3] * 6, [1] * 6, [10, 10]])
def test_so_many_seeds_can_show_it(stated):
    others = seeds_needed(stated)
    assert others < MOST
    fewest = 1 / math.prod(math.comb(seeds + others, seeds) for seeds in stated)
    assert fewest <= ALPHA / 2
    best = [np.ones(seeds) for seeds in stated]
    rest = [np.zeros(others)] * len(stated)
    assert p_value(best, rest, np.random.default_rng(0)) <= ALPHA


def test_no_more_seeds_are_asked_for_than_anybody_waits_for():
    assert seeds_needed([1]) == MOST


def test_honest_figures_are_seldom_refused():
    """The test is exact: p is at most 0.1 in about a tenth of all cases."""
    rng = np.random.default_rng(0)
    found = [p_value([rng.gamma(2, size=2)] * 1, [rng.gamma(2, size=6)], rng) <= 0.1 for _ in range(300)]
    assert np.mean(found) < 0.15
