"""The study behind `recommend`, on tables made up so that its answers are known."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bench.plans.suite import load_suite
from bench.recommend.candidates import CANDIDATES
from bench.recommend.study import FIGURES
from bench.recommend.weighting import normalised_ranks
from bench.report.studies import _choosing
from bench.report.studies._adengine import Plan, planned
from bench.report.studies._choosing import BUDGETS, JudgedTable, by_labels
from bench.report.studies._held_out import left_out_choices, mean_loss
from bench.report.studies.recommend import texts

RESULTS = Path(__file__).parents[3] / "results"
PLAN = ("ecod", "hbos", "knn:n_neighbors=20")


def judged(name: str, good: dict[str, float], rows: int = 400, seed: int = 0) -> JudgedTable:
    """A table on which some candidates tell the classes apart, the others know nothing."""
    rng = np.random.default_rng(seed)
    y = (rng.permutation(rows) < rows // 8).astype(np.int8)
    scores = rng.standard_normal((rows, len(CANDIDATES)))
    for candidate, far in good.items():
        scores[:, CANDIDATES.index(candidate)] += far * y
    ranks = normalised_ranks(scores)
    of_plan = [CANDIDATES.index(each) for each in PLAN]
    return JudgedTable(name, ranks, y, Plan(PLAN, ranks[:, of_plan]))


@pytest.fixture(scope="module")
def found():
    """A study of five tables: hbos and knn with 20 neighbours are good on all, ecod is perfect on one."""
    good = {"hbos": 2.0, "knn:n_neighbors=20": 2.0}
    tables = [judged(f"t{i}", good | ({"ecod": 9.0} if i == 0 else {}), seed=i) for i in range(5)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_choosing, "judged_tables", lambda _: (tables, ("t9",)))
        patch.setattr(_choosing, "DRAWS", 4)
        patch.setattr(_choosing, "TUNING_DRAWS", 1)
        return _choosing.measure(None)


def test_losses_are_measured_against_the_best_candidate_of_each_table(found):
    assert found.candidates.loc["t0"].idxmin() == "ecod"
    assert found.candidates["ecod"]["t0"] == 0
    assert (found.candidates >= 0).all(axis=None)
    assert found.candidates["ecod"]["t1"] > 0.3
    assert found.blind["random"].mean() > found.blind["pair"].mean()


def test_adengine_loses_what_the_detectors_of_its_plan_lose(found):
    assert found.blind["adengine"].tolist() == found.candidates["ecod"].tolist()
    assert found.blind["adengine_all"]["t0"] > 0
    assert found.blind["adengine_all"]["t1"] < found.blind["adengine"]["t1"]
    assert found.plans == {", ".join(PLAN): 5}


@pytest.mark.parametrize(("rows", "columns"), [(40, 3), (400, 19), (400, 20), (5000, 19), (400, 200)])
def test_adengine_is_asked_as_a_user_would_ask_it(rows, columns):
    """It plans by the size alone, and what it plans are detectors that the suite runs."""
    from pyod.utils.ad_engine import ADEngine

    engine, X = ADEngine(), np.random.default_rng(0).lognormal(size=(rows, columns))
    plans = engine.plan(engine.start(X)).plans
    assert list(planned(rows, columns)) == [plan["detector_name"].lower() for plan in plans]
    assert set(planned(rows, columns)) <= set(load_suite("recommend-study").detectors)


def test_without_the_detectors_of_the_plan_adengine_is_left_out(monkeypatch):
    tables = [replace(judged(f"t{i}", {}, seed=i), plan=None) for i in range(3)]
    monkeypatch.setattr(_choosing, "judged_tables", lambda _: (tables, ()))
    monkeypatch.setattr(_choosing, "DRAWS", 1)
    monkeypatch.setattr(_choosing, "TUNING_DRAWS", 1)
    assert "ADEngine" not in texts(SimpleNamespace(environments={}))["recommend.md"]


def test_tables_of_one_source_are_one_voice_and_do_not_choose_for_each_other():
    """thyroid and annthyroid are the same patients: a detector that is good on both is not chosen for one."""
    losses = pd.DataFrame(
        {"a": [0.0, 0.0, 0.3, 0.2], "b": [0.4, 0.4, 0.05, 0.1]},
        ["38_thyroid", "2_annthyroid", "45_wine", "14_glass"],
    )
    assert dict(left_out_choices(losses)) == {
        "38_thyroid": "b", "2_annthyroid": "b", "45_wine": "a", "14_glass": "a",
    }  # fmt: skip
    assert mean_loss(losses["a"]).mean == pytest.approx(0.5 / 3)
    low, high = stats.t.interval(0.95, 2, 0.5 / 3, stats.sem([0.0, 0.3, 0.2]))
    assert mean_loss(losses["a"])[1:] == pytest.approx((low, high))


def test_what_is_chosen_without_labels_is_chosen_on_the_other_tables(found):
    assert found.blind["single"]["t0"] > 0.05  # on the others nothing speaks for ECOD
    assert found.pairs == {"knn:n_neighbors=20 + hbos": 5}
    assert found.blind["pair"].tolist() == found.blind["default"].tolist()


def test_labels_find_the_detector_that_is_perfect_on_one_table(found):
    blind, told = found.blind["default"]["t0"], found.labelled[BUDGETS[-1]]["choice"]["t0"]
    assert told < blind / 2
    assert found.labelled[BUDGETS[-1]]["single"]["t0"] < 0.01


def test_no_label_comes_from_the_rows_on_which_the_loss_is_measured():
    table = judged("t", {"hbos": 2.0})
    for mix in _choosing.MIXES:
        for draw in _choosing._draws(table, 60, mix, 5):
            labelled = draw.y >= 0
            assert labelled.sum() == 60
            assert not (labelled & draw.rest).any()
            assert draw.rest.sum() == pytest.approx(200, abs=1)


def test_tables_with_few_rows_give_what_labels_they_have():
    table = judged("t", {"hbos": 2.0}, rows=60)
    [draw] = _choosing._draws(table, 120, _choosing.USED, 1)
    assert (draw.y >= 0).sum() == (~draw.rest).sum()
    assert set(by_labels(table, 120, draws=2)) == {"choice", "ensemble", "single", "within", "covered"}


def test_an_area_over_some_rows_is_that_of_scikit_learn():
    from sklearn.metrics import roc_auc_score

    table = judged("t", {"hbos": 1.0})
    scores, rows = np.round(table.ranks[:, 6], 1), np.arange(400) % 3 > 0
    assert table.auc(scores, rows) == pytest.approx(roc_auc_score(table.y[rows], scores[rows]))


def test_the_report_holds_the_figures_and_names_what_is_left_out(found, monkeypatch):
    monkeypatch.setattr("bench.report.studies.recommend.measure", lambda _: found)
    written = texts(SimpleNamespace(environments={}))
    figures = json.loads(written["recommend.json"])
    assert figures["tables"] == 5
    assert figures["loss"]["0"] == round(found.blind["pair"].mean(), 3)
    forest = found.blind["isolation_forest"] - found.blind["pair"]
    low, high = stats.t.interval(0.95, 4, forest.mean(), stats.sem(forest))  # each table has its own source
    assert figures["gain"]["0"] == pytest.approx([low, high], abs=0.001)
    gains = next(line for line in written["recommend.md"].splitlines() if line.startswith("| the pair,"))
    assert gains.split("|")[2].strip() == f"{forest.mean():.3f} \\[{low:.3f}, {high:.3f}]"
    assert f"It plans, first what it uses alone: {', '.join(PLAN)} (5)." in written["recommend.md"]
    assert "| t0" in written["recommend.md"]
    assert "Left out, since a candidate failed: t9." in written["recommend.md"]
    assert "-0.000" not in written["recommend.md"]


def test_the_interval_that_is_printed_covers_what_it_says():
    """With 1.96 standard errors it held 90 %."""
    told = (RESULTS / "recommend.md").read_text().partition("held the ROC AUC of the chosen one in ")[2]
    held = [int(share) for share in re.findall(r"(\d+) % with \d+ labels", told)]
    assert len(held) == 3
    assert all(93 <= share <= 97 for share in held)


def test_too_few_tables_make_no_report(monkeypatch):
    monkeypatch.setattr(_choosing, "judged_tables", lambda _: ([judged("t", {})], ()))
    assert texts(SimpleNamespace(environments={})) == {}


def test_the_command_quotes_the_figures_of_the_stored_runs():
    if not (RESULTS / "recommend.json").exists():
        pytest.skip("the study has not been run")
    assert FIGURES.read_text() == (RESULTS / "recommend.json").read_text()
