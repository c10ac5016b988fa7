"""What is equal but for rounding is a tie, wherever detectors are ranked or tested."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bench.analysis.leaderboard import leaderboard
from bench.analysis.placing import placings
from bench.analysis.results import load_suite_results
from bench.analysis.statistics.blocks import Blocks, all_blocks
from bench.analysis.statistics.rank_tests import friedman, signed_rank
from bench.analysis.statistics.standing import judge, standings, summary
from bench.analysis.ties import made_equal, without_rounding
from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.plugins.registry import load_registry
from bench.runs.writing import RunWriter
from bench.trials.environment import Environment
from bench.trials.runner import TrialRunner

FILES = Path(__file__).parents[1] / "files" / "ties"
DUST = 5e-17


@pytest.fixture(scope="module")
def tied(tmp_path_factory):
    """Three detectors whose values are the same, by other seeds, on six datasets."""
    folder = tmp_path_factory.mktemp("tied")
    registry = load_registry([FILES], installed=False)
    selection = Selection(("forth", "back", "shifted"), ("made_*",), ("unsupervised",), (0, 1, 2))
    plan, runner = make_plan(load_suite("quick"), registry, selection), TrialRunner(registry)
    with RunWriter(folder, plan, Environment(cpu="made up"), None) as writer:
        for trial in plan:
            writer.write(runner.run(trial))
    [found] = load_suite_results(folder)
    return found


@pytest.mark.parametrize("metric", ["adjusted_ap", "roc_auc", "f1"])
def test_the_same_values_added_up_in_another_order_are_a_tie(tied, metric):
    [blocks] = all_blocks(tied, "unsupervised", metric)
    assert len(blocks.values) == 6
    [standing] = standings(tied, "unsupervised", metric)
    assert standing.ranks.to_dict() == {"forth": 2, "back": 2, "shifted": 2}
    assert standing.pairs["p"].tolist() == [1.0] * 3
    table = summary(standing, blocks)
    assert table["win_rate"].tolist() == [0.5] * 3
    assert table["rating"].tolist() == [1000] * 3


def test_the_means_of_the_tie_do_differ_in_their_last_bits(tied):
    """Else the tests above would hold by themselves."""
    [blocks] = all_blocks(tied, "unsupervised", "f1")
    apart = (blocks.values["forth"] - blocks.values["shifted"]).abs()
    assert 0 < apart.max() < 1e-15


def test_means_that_were_taken_before_are_a_tie_too():
    means = pd.DataFrame({"a": [0.3] * 6, "b": [0.1 + 0.2] * 6})
    [standing] = judge([Blocks(means, "dataset")])
    assert standing.ranks.to_dict() == {"a": 1.5, "b": 1.5}
    assert standing.pairs["p"].tolist() == [1.0]


def test_a_tie_is_one_on_the_board_and_for_one_detector(tied):
    frame = tied.frame[tied.frame["detector"] != "shifted"]
    board = leaderboard(replace(tied, frame=frame), "unsupervised")
    assert board.loc[["forth", "back"], "rank"].tolist() == [1.5, 1.5]
    [placing] = placings(tied, "forth", {})
    assert placing.kinds["win_rate"].tolist() == [0.5] * 6


def test_differences_that_rounding_has_made_give_no_p_value():
    dust = np.full((6, 1), DUST)
    assert signed_rank(dust).p_value.tolist() == [1.0]
    assert signed_rank(dust).balance.tolist() == [0.0]
    # Sizes that are equal but for rounding share a rank: 3 of 3 and 2 against 1 of the same size.
    rounded = [[0.1, 0.1, 0.1], [0.1 + DUST, 0.1 - 2e-17, -0.1 + 2e-17], [0.3 - 0.2, 0.1, 0.1]]
    found = signed_rank(np.array(rounded))
    exact = signed_rank(np.array([[0.1, 0.1, 0.1], [0.1, 0.1, -0.1], [0.1, 0.1, 0.1]]))
    assert found.p_value.tolist() == exact.p_value.tolist()


def test_friedmans_test_sees_no_difference_in_rounding():
    values = pd.DataFrame({"a": [0.3] * 6, "b": [0.1 + 0.2] * 6, "c": [0.3] * 6})
    assert (values["a"] != values["b"]).all()
    assert friedman(values) is None


def test_what_is_further_apart_is_no_tie():
    assert without_rounding(np.array([1e-10, -1e-10, DUST, np.nan]))[:3].tolist() == [1e-10, -1e-10, 0]
    values = np.array([0.3, 0.1 + 0.2, 0.3 + 1e-10, np.nan, np.inf, 0.3])
    found = made_equal(values)
    assert found[0] == found[1] == found[5] == 0.3
    assert found[2] == values[2]
    assert np.isnan(found[3])
    assert found[4] == np.inf
