"""What choices lose where training rows are normal, on tables made up so that the answers are known."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from odd_results import results, rows_of_table
from scipy import stats

from bench.plugins.registry import load_registry
from bench.recommend.study import NORMAL_ROWS, load_normal_figures
from bench.report.studies import _normal_rows as normal_rows
from bench.report.studies import study_texts
from bench.spec import Spec

RESULTS = Path(__file__).parents[3] / "results"
# What is the best on average in the made-up results.
BEST = "iforest"
# As records name the default of `recommend`.
DEFAULT = 'rank_mean:of="hbos+knn:n_neighbors=20"'


def with_default(made, value=0.999):
    """As the results, with the default of `recommend` and figures that no detector has."""
    knn = made.frame[made.frame["detector"] == "knn"]
    return replace(
        made, frame=pd.concat([made.frame, knn.assign(detector=DEFAULT, **{"ranking.roc_auc": value})])
    )


@pytest.fixture(scope="module")
def found():
    return normal_rows.measure(with_default(results()), "roc_auc")


@pytest.fixture(scope="module")
def losses():
    frame = results().frame
    wide = frame.groupby(["dataset", "detector"])["ranking.roc_auc"].mean().unstack()
    return wide.rsub(wide.max(axis=1), axis=0)


def test_ways_lose_what_the_detectors_lose_that_they_choose(found, losses):
    """ADEngine plans kNN where rows and columns are few, PyOD's isolation forest elsewhere."""
    sizes = {name: rows_of_table(name) for name in losses.index}
    small = np.array([sizes[name].columns < 20 and sizes[name].train < 5000 for name in losses.index])
    assert 0 < small.sum() < len(small)
    expected = {
        "single": losses[BEST],
        "isolation_forest": losses["isolation_forest"],
        "adengine": losses["knn"].where(small, losses["iforest"]),
        "random": losses.mean(axis=1),
    }
    for way, own in expected.items():
        assert found.ways[way].reindex(own.index).to_numpy() == pytest.approx(own.to_numpy()), way
    assert dict(found.chosen) == {BEST: len(losses)}


def test_the_default_is_held_against_the_choice_and_is_none_itself(found):
    assert DEFAULT not in found.detectors
    assert found.ways["default"].mean() < 0
    without = normal_rows.measure(results(), "roc_auc")
    assert "default" not in without.ways
    pd.testing.assert_frame_equal(without.ways, found.ways.drop(columns="default"))


def test_a_choice_does_not_rest_on_tables_of_its_own_source():
    """One source's tables speak for another detector, by so much that it is the best on average over all."""
    made = results()
    frame, first = made.frame.copy(), made.frame["dataset"].iloc[0]
    own = (frame["dataset"] == first) & (frame["detector"] == BEST)
    frame.loc[own, "ranking.roc_auc"] = -50.0
    found = normal_rows.measure(replace(made, frame=frame), "roc_auc")
    assert found.ranking().index[0] != BEST
    assert found.chosen[BEST] == 1
    assert found.ways["single"][first] == found.detectors[BEST][first] > 50


def test_the_figures_are_those_of_the_page(losses):
    texts = study_texts(with_default(results()))
    figures, page = json.loads(texts["recommend-normal.json"]), texts["recommend-normal.md"]
    own = losses[BEST]  # each table has a source of its own
    low, high = stats.t.interval(0.95, len(own) - 1, own.mean(), stats.sem(own))
    assert figures["loss"] == pytest.approx(own.mean(), abs=6e-4)
    assert figures["interval"] == pytest.approx([low, high], abs=6e-4)
    assert next(iter(figures["ranking"])) == BEST
    assert list(figures["ranking"].values()) == sorted(figures["ranking"].values())
    assert (figures["tables"], figures["sources"]) == (60, 60)
    less = losses["isolation_forest"] - own
    low, high = stats.t.interval(0.95, len(own) - 1, less.mean(), stats.sem(less))
    gains = page.partition("## Less lost than by others")[2].partition("## The ranking")[0]
    assert f" {less.mean():.3f} \\[{low:.3f}, {high:.3f}] |" in gains
    assert "`recommend` and `fit` choose the first" in page


def test_rows_that_may_be_anomalous_say_nothing_of_normal_ones():
    made = results()
    assert normal_rows.texts(replace(made, frame=made.frame.assign(regime="unsupervised"))) == {}


def test_the_command_quotes_the_figures_of_the_stored_runs():
    assert NORMAL_ROWS.read_text() == (RESULTS / "recommend-normal.json").read_text()


def test_what_may_be_chosen_is_there():
    registry = load_registry(installed=False)
    for name in load_normal_figures().ranking:
        registry.detector(Spec.parse(name))
