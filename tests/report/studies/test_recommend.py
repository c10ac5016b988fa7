"""The study behind `recommend`, on tables made up so that its answers are known."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from bench.recommend.candidates import CANDIDATES
from bench.recommend.study import FIGURES
from bench.recommend.weighting import normalised_ranks
from bench.report.studies import _choosing
from bench.report.studies._choosing import BUDGETS, JudgedTable, by_labels
from bench.report.studies.recommend import texts

RESULTS = Path(__file__).parents[3] / "results"


def judged(name: str, good: dict[str, float], rows: int = 400, seed: int = 0) -> JudgedTable:
    """A table on which some candidates tell the classes apart, the others know nothing."""
    rng = np.random.default_rng(seed)
    y = (rng.permutation(rows) < rows // 8).astype(np.int8)
    scores = rng.standard_normal((rows, len(CANDIDATES)))
    for candidate, far in good.items():
        scores[:, CANDIDATES.index(candidate)] += far * y
    return JudgedTable(name, normalised_ranks(scores), y)


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
    unsure = "which does not exclude that it is no better"
    assert (f"[{low:.3f}, {high:.3f}], {unsure}" in written["recommend.md"]) == (low <= 0)
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
