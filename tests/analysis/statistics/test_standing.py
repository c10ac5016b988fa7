from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
import scikit_posthocs
from made_up_results import DEMSAR, FOURTEEN, on, suite_results

from bench.analysis.statistics.blocks import Blocks, all_blocks, coverage
from bench.analysis.statistics.rank_tests import (
    critical_difference,
    iman_davenport,
    least_p_value,
    pairs,
)
from bench.analysis.statistics.standing import judge, standings, summary
from bench.analysis.wins import differences


def test_the_ranks_and_tests_of_demsar_come_out():
    [standing] = standings(suite_results(on(FOURTEEN)), "unsupervised")
    assert {k: round(v, 3) for k, v in standing.ranks.items()} == {
        "C4.5+m+cf": 1.964, "C4.5+m": 2.0, "C4.5+cf": 2.893, "C4.5": 3.143
    }  # fmt: skip
    # Demsar does not correct for ties, of which there are three pairs and four of a kind.
    ties = 1 - (3 * (2**3 - 2) + (4**3 - 4)) / (14 * (4**3 - 4))
    assert standing.friedman.chi_square * ties == pytest.approx(9.28, abs=0.005)
    assert iman_davenport(9.28, 14, 4) == pytest.approx(3.69, abs=0.005)
    assert standing.friedman.p_value < 0.05
    assert standing.critical_difference == pytest.approx(1.25, abs=0.005)


def test_pairs_after_holm_are_those_of_scikit_posthocs():
    values = pd.DataFrame(
        np.random.default_rng(4).normal(size=(15, 5)) + np.arange(5) / 2, columns=[*"abcde"]
    )
    [standing] = judge([Blocks(values, "dataset")])
    melted = values.melt(var_name="detector", value_name="f1")
    expected = scikit_posthocs.posthoc_wilcoxon(melted, "f1", "detector", method="exact", p_adjust="holm")
    assert len(standing.pairs) == 10
    for (better, worse), p_value in standing.pairs["p_holm"].items():
        assert p_value == pytest.approx(expected.loc[better, worse])


def test_nemenyis_test_is_that_of_scikit_posthocs():
    """A difference of mean ranks beyond the critical one has a p-value below alpha, and no other has."""
    [standing] = judge([Blocks(DEMSAR, "dataset")])
    p_values = scikit_posthocs.posthoc_nemenyi_friedman(DEMSAR)
    for first, second in combinations(DEMSAR, 2):
        apart = abs(standing.ranks[first] - standing.ranks[second])
        assert (apart > critical_difference(4, 14, 0.1)) == (p_values.loc[first, second] < 0.1)


def test_a_real_difference_is_found_among_many_detectors():
    random = np.random.default_rng(6)
    values = pd.DataFrame(random.normal(size=(40, 8)) + 2 * (np.arange(8) == 3)).add_prefix("d")
    [standing] = judge([Blocks(values, "dataset")])
    assert standing.best == "d3"
    assert len(standing.wins("d3")) == 7
    assert standing.top_group == ["d3"]


def test_variants_of_one_dataset_are_tested_over_seeds():
    results = suite_results(on(["bumps", "bumps:noise=0.1"]), seeds=12, noise=0.0001)
    found = standings(results, "unsupervised")
    assert [(each.blocks.unit, each.blocks.dataset, len(each.blocks.values)) for each in found] == [
        ("seed", "bumps", 12), ("seed", "bumps:noise=0.1", 12)
    ]  # fmt: skip
    assert found[0].comparisons == 12  # the pairs of both are corrected together
    assert found[0].top_group == ["C4.5+m+cf"]
    assert found[1].top_group == ["C4.5"]


def test_few_seeds_tell_nothing_apart_and_it_is_said_how_many_would():
    [standing] = standings(suite_results(on(["bumps"]), seeds=3), "unsupervised")
    assert not standing.can_tell
    assert standing.needed == 8
    assert len(standing.top_group) == 4


def test_a_failure_ranks_worst_and_may_be_left_out():
    best = on(FOURTEEN).assign(best=1.0)
    results = suite_results(best, seeds=2, failures={("best", name) for name in FOURTEEN[:7]})
    [worst] = judge(all_blocks(results, "unsupervised"))
    [without] = judge(all_blocks(results, "unsupervised", failures="left out"))
    assert worst.ranks["best"] == pytest.approx((7 * 5 + 6 * 1 + 2) / 14, abs=0.2)
    assert worst.best == "C4.5+m+cf"
    assert "best" not in without.complete_ranks  # it has no value on half of the datasets
    assert len(without.wins("best")) == 0
    assert without.ranks["best"] < 1.5
    assert worst.ranks["best"] > 3
    assert coverage(results, "unsupervised").loc["best"].tolist() == [14, 28]
    table = summary(worst, all_blocks(results, "unsupervised", failures="zero")[0])
    ahead = on(FOURTEEN)["C4.5+m+cf"].mean() - 0.5  # it has 1 on half of the datasets, and 0 on the others
    assert table.loc["best", "behind"] == pytest.approx(ahead, abs=0.02)


def test_of_a_detector_that_never_ends_well_nothing_is_said_without_its_failures():
    failures = {("C4.5", name) for name in FOURTEEN}
    [without] = judge(
        all_blocks(suite_results(on(FOURTEEN), failures=failures), "unsupervised", failures="left out")
    )
    assert "C4.5" not in [*without.order, *without.top_group]


def test_a_detector_with_fewer_datasets_is_compared_on_those_it_has():
    values = on(FOURTEEN).assign(mine=lambda table: table["C4.5"] + 0.01)
    values.loc[FOURTEEN[:2], "mine"] = math.nan
    found = pairs(differences(values.to_numpy(float)), values.columns)
    assert found.loc[("mine", "C4.5"), "blocks"] == 12
    assert found.loc[("mine", "C4.5"), "p"] == pytest.approx(least_p_value(12))
    [standing] = judge([Blocks(values, "dataset")])
    assert "mine" not in standing.complete_ranks
    # Against each other, the share of the datasets which both have, on which that one is ahead.
    rest = values.iloc[2:]
    ahead = [((rest[name] > rest["mine"]) + (rest[name] == rest["mine"]) / 2).mean() for name in DEMSAR]
    assert standing.ranks["mine"] == pytest.approx(1 + sum(ahead))


def test_without_a_detector_that_has_every_dataset_the_win_rate_decides():
    """As where curves and tables are in one suite, and no detector takes both."""
    curves, tables = np.full((6, 1), 0.9), np.full((6, 1), 0.8)
    values = pd.DataFrame(np.nan, range(12), ["a", "b", "c", "d"])
    values.iloc[:6, :2] = np.hstack([curves, curves - 0.1])
    values.iloc[6:, 2:] = np.hstack([tables - 0.1, tables])
    [standing] = judge([Blocks(values, "dataset")])
    assert standing.order == ["a", "d", "b", "c"]
    assert math.isnan(standing.pairs.loc[("a", "c"), "p_holm"])
    assert list(summary(standing, standing.blocks).index) == standing.order


def test_a_slow_detector_with_fewer_seeds_counts_by_those_it_has():
    results = suite_results(on(FOURTEEN), seeds=3, left_out={("C4.5", 1), ("C4.5", 2)})
    [standing] = standings(results, "unsupervised")
    assert standing.ranks["C4.5"] == pytest.approx(3.143, abs=0.001)


def test_what_is_out_of_competition_is_not_compared():
    results = suite_results(on(FOURTEEN).assign(optimum=1.0), references=("optimum",))
    [standing] = standings(results, "unsupervised")
    assert "optimum" not in standing.blocks.values


def test_one_detector_alone_has_no_standing():
    assert standings(suite_results(on(FOURTEEN)[["C4.5"]]), "unsupervised") == []
