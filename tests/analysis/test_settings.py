from __future__ import annotations

import numpy as np
import pytest

from bench.analysis.settings import Varied, compare_pairs


def a_detector(name, default, settings, blocks=12):
    """By default and with settings of these means; all are harder or easier on a block by the same."""
    hardness = np.linspace(-0.1, 0.1, blocks)
    return Varied(name, default + hardness, np.asarray(settings)[None, :] + hardness[:, None])


def test_ranks_count_ties_half_and_the_oracle_is_the_best_of_all():
    each = Varied("knn", np.array([0.5, 0.9]), np.array([[0.4, 0.5, 0.6, 0.7], [0.1, 0.2, 0.3, 0.4]]))
    assert each.beaten.tolist() == [(1 + 0.5) / 4, 1.0]
    assert each.ranks.tolist() == [3.5, 1.0]
    assert each.oracle.tolist() == [0.7, 0.9]


def test_rounding_puts_nobody_ahead():
    each = Varied("knn", np.array([0.3]), np.array([[0.1 + 0.2] * 5]))
    assert each.beaten.tolist() == [0.5]


def test_spread_is_that_of_four_fifths_of_the_settings():
    each = a_detector("knn", 0.5, np.linspace(0.0, 1.0, 11))
    assert each.reach == pytest.approx(0.8)
    assert each.sensitivity == pytest.approx(np.full(12, 0.8))
    # Settings that change places from block to block matter on each, and not on average.
    swapping = Varied("knn", np.full(2, 0.5), np.array([[0.0, 1.0], [1.0, 0.0]]))
    assert swapping.reach == 0
    assert swapping.sensitivity.mean() == pytest.approx(0.8)


def test_pairs_are_closer_than_their_settings_or_not():
    first = a_detector("first", 0.80, [0.6, 0.7, 0.8, 0.9])
    near = a_detector("near", 0.75, [0.6, 0.7, 0.8, 0.9])
    far = a_detector("far", 0.10, [0.05, 0.1, 0.15, 0.2])
    found = compare_pairs([first, near, far])
    assert (found.pairs, found.within, found.told, found.told_within) == (3, 1, 3, 1)
    # Of equal settings each is behind as often as ahead; of far ones it never is.
    assert found.reversed == pytest.approx((0.5 + 0 + 0) / 3)
    assert compare_pairs([first, far]).reversed == 0
