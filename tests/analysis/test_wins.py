"""Ranks and win rates, also where detectors were given different seeds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from made_up_results import on, suite_results

from bench.analysis.leaderboard import leaderboard
from bench.analysis.placing import placings
from bench.analysis.statistics.standing import standings
from bench.analysis.wins import all_won, differences, mean_ranks, win_rates, won
from bench.cli.rank import place_line
from bench.report.leaderboard import board_cells

DATASETS = [f"dataset_{i}" for i in range(6)]


@given(arrays(float, st.tuples(st.integers(1, 6), st.integers(1, 5)), elements=st.integers(0, 3).map(float)))
def test_where_all_have_all_blocks_the_mean_rank_is_that_of_pandas(values):
    table = pd.DataFrame(values)
    wins = all_won(values)
    expected = table.rank(axis="columns", ascending=False).mean()
    assert mean_ranks(wins, table.columns).to_numpy() == pytest.approx(expected.to_numpy())
    assert wins == pytest.approx(won(differences(values)).sum(axis=0))


def test_a_pair_is_compared_where_both_have_a_value():
    values = np.array([[3.0, 2.0, 1.0], [1.0, 2.0, np.nan], [1.0, 2.0, np.nan]])
    wins, names = all_won(values), pd.Index(["a", "b", "c"])
    assert wins == pytest.approx(won(differences(values)).sum(axis=0))
    # a is ahead of b in one block of three, and of c in the only one.
    assert win_rates(wins, names).to_list() == pytest.approx([(1 / 3 + 1) / 2, (2 / 3 + 1) / 2, 0])
    assert mean_ranks(wins, names).to_dict() == pytest.approx({"a": 1 + 2 / 3, "b": 1 + 1 / 3, "c": 3})


@pytest.fixture
def with_equals():
    """Four detectors, two of which give the same scores everywhere and are ahead."""
    levels = pd.DataFrame({"bad": [0.5], "one": [0.9], "same": [0.9], "worst": [0.4]})
    return suite_results(on(DATASETS, pd.concat([levels] * len(DATASETS))))


def test_equals_share_a_place(with_equals):
    [standing] = standings(with_equals, "unsupervised")
    names = ["one", "same", "bad", "worst"]
    assert [standing.place(name) for name in names] == [1, 1, 3, 4]
    [placing] = placings(with_equals, "same", {})
    assert placing.places["place"].to_list() == [1]
    assert "place 1 of 4, shared with 1 other, mean rank 1.5" in place_line(standing, "same")
    assert ": place 3 of 4, mean rank 3.0" in place_line(standing, "bad")
    rows = board_cells(leaderboard(with_equals, "unsupervised"))[1]
    assert [str(row[0]) for row in rows if row[1] in names] == ["1", "1", "3", "4"]


@pytest.fixture
def with_a_slow_one():
    """Two detectors on three seeds, and a slow one, in the middle of them, on the seed where all do badly."""
    levels = pd.DataFrame({"good": [0.9], "slow": [0.8], "bad": [0.7]})
    results = suite_results(
        on(DATASETS, pd.concat([levels] * len(DATASETS))), seeds=3, left_out={("slow", 1), ("slow", 2)}
    )
    frame = results.frame
    frame.loc[frame["seed"] == 0, ["ranking.adjusted_ap", "native.f1"]] -= 0.5
    return results


def test_a_slow_detector_is_ranked_among_what_others_reached_with_its_seeds(with_a_slow_one):
    board = leaderboard(with_a_slow_one, "unsupervised")
    # In the middle where all three are; the mean over blocks of unequal fields would have put bad at 2.3.
    assert board["rank"].to_dict() == {"good": 1, "slow": 2, "bad": 3}
    assert board["fewer_seeds"].to_dict() == {"good": False, "slow": True, "bad": False}


def test_the_tests_compare_a_slow_detector_on_its_seeds(with_a_slow_one):
    """Its mean over the one bad seed, 0.3, is below that of the worse one over all three, 0.53."""
    [standing] = standings(with_a_slow_one, "unsupervised")
    assert standing.ranks.to_dict() == {"good": 1, "slow": 2, "bad": 3}
    assert ("slow", "bad") in standing.pairs.index
    behind = standing.blocks.ahead_by("good").mean()
    assert behind.to_dict() == pytest.approx({"good": 0, "slow": 0.1, "bad": 0.2})
