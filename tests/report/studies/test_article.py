from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bench.analysis.results import load_suite_results
from bench.errors import BenchError
from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.report.reproduction import NOT, REPRODUCED, WITHIN_OURS, PublishedFigure
from bench.report.studies.article import (
    Figure,
    classification_report,
    compare,
    printed_figures,
    texts,
    with_ours,
)
from bench.trials.runner import TrialRunner

REFERENCE = Path(__file__).parents[3] / "results" / "runs" / "reference-article"


@pytest.fixture
def results(tmp_path):
    shutil.copytree(REFERENCE, tmp_path / "runs" / REFERENCE.name)
    [found] = load_suite_results(tmp_path)
    return found


@pytest.fixture(scope="module")
def printed():
    return printed_figures("article")


@pytest.mark.parametrize(
    ("ours", "verdict"),
    [
        ((0.43, 0.43), "equal"),
        ((0.40, 0.45), "inside"),
        ((0.43, 0.45), "inside"),
        ((0.44, 0.45), "outside"),
        ((), "not run"),
    ],
)
def test_verdicts_on_a_printed_figure(ours, verdict):
    printed = PublishedFigure("f1-score", "anomaly", "knn", 0.43, None)
    assert Figure(printed, ours).verdict == verdict


def test_the_reference_reproduces_the_article(results, printed):
    verdicts = {}
    for figure in with_ours(results, printed):
        verdicts.setdefault(figure.printed.detector, set()).add(figure.verdict)
        assert len(figure.ours) >= 10
    assert verdicts["one_class_svm"] == {"equal"}
    for detector in ("isolation_forest", "random_forest", "autoencoder_histogram_forest"):
        assert verdicts[detector] <= {"equal", "inside"}


def test_figures_are_compared_by_the_range_over_our_seeds(results, printed):
    found = {}
    for each in compare(results, printed):
        found.setdefault(each.published.detector, set()).add(each.verdict)
        assert each.seeds >= 10
        assert bool(each.reason) == (each.verdict == NOT)
    assert found["one_class_svm"] == {REPRODUCED}
    assert found["random_forest"] <= {REPRODUCED, WITHIN_OURS}
    assert texts(results, printed).keys() == {"article.md"}


def test_the_detector_without_randomness_gives_each_figure_that_the_article_prints(registry, printed):
    suite = load_suite("article")
    selection = Selection(detectors=("one_class_svm",), regimes=("unsupervised",), seeds=(0,))
    [trial] = make_plan(suite, registry, selection)
    outcome = TrialRunner(registry).run(trial)
    predicted = outcome.scores > outcome.record.thresholds["native"]
    ours = {(row, name): round(v, 2) for row, name, v in classification_report(outcome.labels, predicted)}
    theirs = {(each.dataset, each.metric): each.value for each in printed if each.detector == "one_class_svm"}
    assert len(theirs) == 13
    assert {each: ours[each] for each in theirs} == theirs


def test_printed_figures_of_ones_own_are_read_from_a_file(results, tmp_path):
    mine = tmp_path / "mine.csv"
    mine.write_text("detector,row,figure,printed\none_class_svm,anomaly,f1-score,0.01\n")
    [found] = compare(results, printed_figures("article", mine))
    assert (found.published.value, found.verdict) == (0.01, NOT)
    mine.write_text("detector,row,figure,printed\none_class_svm,anomaly,recall,0.01\n")
    with pytest.raises(BenchError, match=r"has no anomaly f1-score of one_class_svm"):
        printed_figures("article", mine)
