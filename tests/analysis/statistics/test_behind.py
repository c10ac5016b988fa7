from __future__ import annotations

import numpy as np
import pytest
from made_up_scores import TRUTHS, blocks, covers

from bench.analysis.statistics.behind import all_gaps, behind_best


@pytest.mark.parametrize("truth", TRUTHS)
@pytest.mark.parametrize("law", ["normal", "skewed", "ties"])
def test_all_intervals_together_hold_the_distance_to_the_true_best(law, truth):
    """Pointwise intervals to the one that is best on these blocks do so in half the cases."""
    rng = np.random.default_rng(3)
    means = TRUTHS[truth](5)
    covered = np.mean([covers(behind_best(blocks(law, rng, 12, means)), means) for _ in range(300)])
    assert covered >= 0.92  # 0.95 less two standard errors


def test_for_two_detectors_it_is_students_interval():
    from scipy import stats

    gap = np.random.default_rng(1).normal(0.5, 1.0, size=9)
    found = behind_best(np.column_stack([gap, np.zeros(9)]))
    low, high = stats.t.interval(0.95, 8, gap.mean(), stats.sem(gap))
    assert found.mean.tolist() == pytest.approx([max(0, -gap.mean()), max(0, gap.mean())])
    assert found.low[1] == pytest.approx(max(0, low), abs=0.08)
    assert found.high[1] == pytest.approx(high, abs=0.08)


def test_one_that_is_far_ahead_is_the_best_and_the_others_are_behind():
    rng = np.random.default_rng(2)
    found = behind_best(np.array([0.9, 0.5, 0.45, 0.1]) + 0.03 * rng.normal(size=(20, 4)))
    assert found.low[0] == found.high[0] == found.mean[0] == 0
    assert (found.low[1:] > 0.3).all()
    assert found.low[1] < 0.4 < found.high[1]
    assert found.high[3] < 0.9


def test_equal_columns_and_a_column_without_spread_have_intervals():
    values = np.random.default_rng(5).normal(size=(10, 1)).repeat(3, axis=1) - [0.0, 0.0, 0.3]
    found = behind_best(values)
    assert found.mean == pytest.approx([0, 0, 0.3])
    assert found.low == pytest.approx([0, 0, 0.3])
    assert found.high == pytest.approx([0, 0, 0.3])


def test_too_few_blocks_and_one_detector_have_no_interval():
    assert np.isnan(behind_best(np.eye(4)).low).all()
    alone = behind_best(np.ones((9, 1)))
    assert alone.mean.tolist() == [0]
    assert np.isnan(alone.high).all()


def test_the_intervals_of_all_pairs_hold_together():
    rng = np.random.default_rng(4)
    means = np.array([0.0, 0.0, 0.5, 1.0])
    truth = means[:, None] - means
    held = [
        ((found.low <= truth) & (truth <= found.high)).all()
        for found in (all_gaps(means + rng.normal(size=(12, 4))) for _ in range(200))
    ]
    assert 0.91 <= np.mean(held) < 1  # 0.95 less more than two standard errors


def test_gaps_are_seen_from_both_sides():
    found = all_gaps(np.array([0.9, 0.5]) + 0.03 * np.random.default_rng(2).normal(size=(20, 2)))
    assert 0.3 < found.low[0, 1] < found.mean[0, 1] < found.high[0, 1] < 0.5
    assert found.low[1, 0] == -found.high[0, 1]
    assert np.isnan(all_gaps(np.eye(4)).low).all()
