from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from bench.analysis.results import MISSING, SuiteResults
from bench.errors import BenchError
from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.report.reproduction import NOT, REPRODUCED, WITHIN, PublishedFigure
from bench.report.studies.dte import (
    COUNTED_AS_CHANCE,
    FILE,
    compare,
    is_chance,
    our_name,
    published_dataset,
    published_figures,
    texts,
)
from bench.trials.runner import TrialRunner

ROOT = Path(__file__).parents[3]
SHARED = ROOT.parent / "shared"
# One of ADBench's smallest files: 223 rows, so the study draws it with replacement.
WBC = ROOT / "tests" / "files"
SEEDS = (0, 1, 2, 3, 6)


def trial(seed, auc=0.9, *, detector="ecod", dataset="dte:6_cardio", status="ok", reason=""):
    metrics = {f"ranking.{name}": auc for name in ("roc_auc", "average_precision", "precision_at_n")}
    return {"detector": detector, "dataset": dataset, "seed": seed, "status": status, "reason": reason,
            **(metrics if status == "ok" else {})}  # fmt: skip


def verdicts(trials, *figures, suite="dte-one-class"):
    results = SuiteResults(suite, "", "native", pd.DataFrame(trials), {}, {})
    return compare(results, [PublishedFigure(*figure) for figure in figures])


def cardio(mean, std=0.0, metric="aucroc", detector="ecod"):
    return metric, "cardio", detector, mean, std


@pytest.mark.parametrize(
    ("published", "std", "verdict", "difference"),
    [
        (90.0, 0.0, REPRODUCED, 0.0),
        (90.01, 0.0, REPRODUCED, -0.01),
        (90.02, 0.0, NOT, -0.02),
        (90.02, 0.5, WITHIN, -0.02),
        (89.5, 0.5, WITHIN, 0.5),
        (89.49, 0.5, NOT, 0.51),
        (50.0, 0.1, NOT, 40.0),
    ],
)
def test_the_verdict_is_by_hundredths_of_a_point_and_then_by_the_published_spread(
    published, std, verdict, difference
):
    [found] = verdicts([trial(seed) for seed in SEEDS], cardio(published, std))
    assert (found.verdict, found.difference, found.ours) == (verdict, difference, 90.0)
    assert COUNTED_AS_CHANCE not in found.reason


def test_ours_is_the_mean_over_the_seeds_of_the_publication():
    trials = [trial(seed, auc=seed / 10) for seed in (0, 1, 2, 3, 4, 6)]
    [found] = verdicts(trials, cardio(24.0))
    assert (found.ours, found.seeds) == (24.0, 5)
    trials = [{**each, "dataset": "dte:6_cardio,protocol=unsupervised"} for each in trials]
    trials += [{**each, "detector": "knn:n_neighbors=32"} for each in trials]
    ecod, knn = verdicts(trials, cardio(24.0), cardio(20.0, detector="knn"), suite="dte-unsupervised")
    assert (ecod.ours, knn.ours, knn.verdict) == (24.0, 20.0, REPRODUCED)


def test_fewer_seeds_than_published_are_counted():
    [found] = verdicts([trial(0)], cardio(90.0))
    assert (found.seeds, found.verdict) == (1, REPRODUCED)


def test_a_figure_of_non_finite_scores_is_named_for_each_metric():
    trials = [trial(seed) for seed in SEEDS]
    auc, f1 = verdicts(trials, cardio(50.0), cardio(0.0, metric="f1_oracle_k"))
    assert (auc.verdict, auc.reason) == (NOT, f"published value {COUNTED_AS_CHANCE}")
    assert (f1.verdict, f1.reason) == (NOT, f"published ROC AUC {COUNTED_AS_CHANCE}")


@pytest.mark.parametrize(
    ("status", "given", "reason"),
    [
        ("failed", "non-finite scores", "ours failed: non-finite scores"),
        ("timeout", "it took more than 60 s", "ours timeout: it took more than 60 s"),
        (MISSING, "", "not run yet"),
    ],
)
def test_a_trial_that_did_not_end_well_is_not_reproduced_and_says_why(status, given, reason):
    trials = [trial(0), trial(1, status=status, reason=given)]
    [found] = verdicts(trials, cardio(90.0))
    assert (found.ours, found.difference, found.verdict, found.reason) == (None, None, NOT, reason)


def test_trials_that_are_not_of_the_protocol_do_not_count():
    others = [trial(0, detector="knn:n_neighbors=9"), trial(0, dataset="dte:6_cardio,protocol=unsupervised")]
    assert not verdicts(others, cardio(90.0), cardio(90.0, detector="knn"))
    assert not verdicts([trial(0)], ("aucroc", "wine", "ecod", 90.0, 0.0))


def test_names_are_those_of_the_table():
    assert published_dataset("dte:22_magic.gamma,protocol=unsupervised") == "magic.gamma"
    assert published_dataset("dte:7_Cardiotocography") == "cardiotocography"
    names = ["IForest", "FeatureBagging", "DeepSVDD", "KNN"]
    assert [our_name(each) for each in names] == ["isolation_forest", "feature_bagging", "deep_svdd", "knn"]


@pytest.mark.parametrize("suite", ["dte-one-class", "dte-unsupervised"])
def test_the_builtin_table_has_each_detector_of_the_suite_on_27_datasets(suite):
    figures = published_figures(suite)
    assert {figure.detector for figure in figures} == {
        text.partition(":")[0] for text in load_suite(suite).detectors
    }
    assert len({figure.dataset for figure in figures}) == 27
    aucs = [figure for figure in figures if figure.metric == "aucroc"]
    assert {(figure.dataset, figure.detector) for figure in aucs if is_chance(figure)} == {
        (dataset, detector) for dataset in ("mnist", "optdigits") for detector in ("ecod", "copod")
    }


def test_the_builtin_table_is_the_published_one():
    source = SHARED / "published" / "dte2023.csv"
    if not source.is_file():
        pytest.skip("the published table does not lie beside the project")
    with source.open(newline="") as whole, FILE.open(newline="") as part:
        published = [tuple(row.values()) for row in csv.DictReader(whole)]
        assert set(map(tuple, map(dict.values, csv.DictReader(part)))) <= set(published)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a,b\n1,2\n", "is no published table: it has no column setting, metric"),
        ("setting,metric,dataset,detector,mean_percent,std_percent\n" + "one-class,aucroc,a,ECOD,x,0\n",
         "cannot read the published table .*could not convert string to float: 'x'"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_published_table_is_named(tmp_path, content, message):
    file = tmp_path / "mine.csv"
    file.write_text(content)
    with pytest.raises(BenchError, match=message):
        published_figures("dte-one-class", file)
    with pytest.raises(BenchError, match="cannot read the published table"):
        published_figures("dte-one-class", tmp_path / "none.csv")


def test_the_file_holds_every_figure_and_names_what_is_not_reproduced():
    results = SuiteResults("dte-one-class", "A title", "native", pd.DataFrame([trial(0)]), {}, {})
    figures = [PublishedFigure(*cardio(50.0)), PublishedFigure(*cardio(90.0, metric="aucpr"))]
    [(name, text)] = texts(results, figures).items()
    assert name == "dte-one-class.md"
    _, missed, figures = text.split("\n## ")
    assert COUNTED_AS_CHANCE in missed
    assert [cell.strip() for cell in figures.splitlines()[-1].split("|")][1:-1] == [
        "cardio", "ecod", "50.00 ± 0.00", "90.00", "90.00 ± 0.00", "90.00", "–", "–",
    ]  # fmt: skip


def ours(registry, suite, file, detector, seeds):
    """The rows that running a detector of a suite on one file gives."""
    plan = make_plan(load_suite(suite), registry, Selection(seeds=seeds))
    runner = TrialRunner(registry)
    for each in plan:
        if each.detector.name == detector and published_dataset(each.dataset.label) == file:
            record = runner.run(each).record
            figures = {f"ranking.{name}": value for name, value in record.metrics["ranking"].items()}
            yield {"detector": each.detector.label, "dataset": each.dataset.label, "seed": each.seed,
                   "status": record.status, "reason": record.reason, **figures}  # fmt: skip


def reproduced(registry, suite, file, detector, seeds):
    rows = list(ours(registry, suite, file, detector, seeds))
    figures = [
        figure for figure in published_figures(suite) if (figure.dataset, figure.detector) == (file, detector)
    ]
    return [(found.published.metric, found.verdict) for found in verdicts(rows, *figures, suite=suite)]


@pytest.mark.parametrize("detector", ["ecod", "copod", "hbos", "knn", "lof", "ocsvm"])
@pytest.mark.parametrize("suite", ["dte-one-class", "dte-unsupervised"])
def test_a_small_table_is_reproduced_to_the_digit_by_the_seeds_of_the_publication(
    registry, monkeypatch, suite, detector
):
    monkeypatch.setenv("BENCH_DATA_DIR", str(WBC))
    found = dict(reproduced(registry, suite, "wbc", detector, load_suite(suite).seeds))
    assert found["aucroc"] == REPRODUCED


@pytest.mark.parametrize("detector", ["ecod", "copod", "hbos", "knn", "lof", "ocsvm"])
def test_a_table_of_more_than_1000_rows_is_reproduced_to_the_digit(registry, monkeypatch, detector):
    folder = SHARED / "data" / "adbench"
    if not (folder / "6_cardio.npz").is_file():
        pytest.skip("ADBench's files do not lie beside the project")
    monkeypatch.setenv("BENCH_DATA_DIR", str(folder))
    assert dict(reproduced(registry, "dte-one-class", "cardio", detector, (0,)))["aucroc"] == REPRODUCED
