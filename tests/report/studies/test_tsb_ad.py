"""TSB-AD's published figures beside ours."""

from __future__ import annotations

import pandas as pd
import pytest

from bench.analysis.results import MISSING, SuiteResults
from bench.errors import BenchError
from bench.plans.suite import load_suite
from bench.report.reproduction import NOT, REPRODUCED, WITHIN_OURS, PublishedFigure
from bench.report.studies import tsb_ad
from bench.report.studies.tsb_ad import (
    DETECTORS,
    ELSEWHERE,
    ITS_SCALING,
    ITS_SEED,
    OWN_CODE,
    compare,
    published_figures,
    texts,
)

DRAWN = "isolation_forest:max_features=1,n_estimators=200"
SERIES = "001_NAB_id_1_Facility_tr_1007_1st_2014"


def trial(seed, vus, *, detector="point_lof", status="ok", reason=""):
    return {"detector": detector, "dataset": f"tsb_ad:{SERIES}", "seed": seed, "status": status,
            "reason": reason, **({"ranking.vus_pr": vus} if status == "ok" else {})}  # fmt: skip


def verdict_of(published, *trials):
    results = SuiteResults("tsb-ad-u", "", "native", pd.DataFrame(trials), {}, {})
    [found] = compare(results, [PublishedFigure("vus_pr", SERIES, trials[0]["detector"], published, None)])
    return found


@pytest.mark.parametrize(
    ("published", "verdict", "is_open"),
    [(13.8, REPRODUCED, False), (14.7, REPRODUCED, False), (14.9, NOT, True), (12.7, NOT, True)],
)
def test_without_a_spread_the_figures_may_differ_by_a_hundredth(published, verdict, is_open):
    found = verdict_of(published, trial(0, 0.138))
    assert (found.verdict, found.is_open) == (verdict, is_open)


@pytest.mark.parametrize(("published", "verdict"), [(20.0, WITHIN_OURS), (14.05, REPRODUCED), (26.0, NOT)])
def test_what_is_drawn_at_random_may_lie_within_our_range_over_seeds(published, verdict):
    found = verdict_of(
        published, *(trial(s, vus, detector=DRAWN) for s, vus in enumerate((0.12, 0.14, 0.16)))
    )
    assert (found.ours, found.verdict) == (14.0, verdict)


def test_of_what_is_drawn_at_random_one_seed_says_little():
    found = verdict_of(13.5, trial(0, 0.138, detector=DRAWN))
    assert (found.verdict, found.reason) == (NOT, "one seed says little of it; run it with --seeds 10")


@pytest.mark.parametrize(
    ("status", "reason", "said", "is_open"),
    [("timeout", "took 9 s", "ours timeout: took 9 s", False), (MISSING, "", "not run yet", True)],
)
def test_a_trial_that_did_not_end_well_says_why(status, reason, said, is_open):
    found = verdict_of(10.0, trial(0, 0.1), trial(1, None, status=status, reason=reason))
    assert (found.ours, found.verdict, found.reason, found.is_open) == (None, NOT, said, is_open)


def test_the_figures_that_come_along_are_of_the_series_that_can_be_rebuilt():
    figures = published_figures("tsb-ad-u")
    assert len({figure.dataset for figure in figures}) == 33
    assert {figure.detector for figure in figures} == set(DETECTORS.values())
    [found] = [f.value for f in figures if (f.dataset, f.detector) == (SERIES, DETECTORS["Sub-KNN"])]
    assert found == pytest.approx(13.5482)


def test_a_folder_of_published_tables_is_read(tmp_path):
    (tmp_path / "uni_mergedTable_VUS-PR.csv").write_text("file,LOF,CNN\n1.csv,0.25,0.5\n")
    [found] = published_figures("tsb-ad-u", tmp_path)
    assert found == ("vus_pr", "1", "point_lof", 25.0, None)
    (tmp_path / "other.csv").write_text("name,LOF\n1,0.25\n")
    with pytest.raises(BenchError, match="is no table of TSB-AD: it has no column 'file'"):
        published_figures("tsb-ad-u", tmp_path / "other.csv")


def test_the_suite_runs_what_the_table_has():
    assert set(load_suite("tsb-ad-u").detectors) == set(DETECTORS.values())


@pytest.fixture
def own_code(monkeypatch, tmp_path):
    """Figures by TSB-AD's own code, as fractions."""

    def own_code(name, *figures):
        file = tmp_path / "own.csv"
        lines = [f"{SERIES},{name},{figure}" for figure in figures]
        file.write_text("\n".join(["file,detector,vus_pr", *lines]) + "\n")
        monkeypatch.setattr(tsb_ad, "OWN_CODE", file)
        tsb_ad._own_code.cache_clear()

    yield own_code
    tsb_ad._own_code.cache_clear()


@pytest.mark.parametrize(
    ("name", "figures", "reason"),
    [
        ("LOF", [0.3425], f"its own code gives 34.25 here: {ITS_SCALING}"),
        ("LOF", [0.3493], f"its own code gives 34.93 here, not the published figure either: {ELSEWHERE}"),
        ("KMeansAD", [0.33, 0.36], f"its own code gives 33.00 to 36.00 over seeds here: {ITS_SCALING}"),
        ("IForest", [0.3421], f"its own code gives 34.21 here: {ITS_SEED}"),
    ],
)
def test_a_difference_has_a_reason_where_its_own_code_was_run_here(own_code, name, figures, reason):
    own_code(name, *figures)
    detector = DETECTORS[name]
    trials = [trial(seed, vus, detector=detector) for seed, vus in enumerate((0.2, 0.2001))]
    found = verdict_of(34.21, *trials)
    assert (found.verdict, found.reason, found.is_open) == (NOT, reason, False)
    assert verdict_of(20.0, *trials).reason == ""


def test_each_figure_by_its_own_code_is_of_a_published_cell():
    known = {(figure.dataset, figure.detector) for figure in published_figures("tsb-ad-u")}
    assert OWN_CODE.is_file()
    assert tsb_ad._own_code().keys() <= known


def test_the_file_counts_verdicts_and_shows_each_figure():
    results = SuiteResults("tsb-ad-u", "Title", "native", pd.DataFrame([trial(0, 0.138)]), {}, {})
    figures = [PublishedFigure("vus_pr", SERIES, "point_lof", 13.87, None)]
    [(name, text)] = texts(results, figures).items()
    assert name == "tsb-ad-u.md"
    assert "13.87" in text
    assert "13.80" in text
