from __future__ import annotations

import math

import numpy as np
import pytest

from bench.analysis.results import load_suite_results
from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.report.studies.regimes import (
    best_possible,
    blind_choice,
    by_detector,
    by_level,
    clean_train_gain,
    competing,
    markdown,
)
from bench.runs.writing import RunWriter
from bench.trials.environment import describe
from bench.trials.record import Outcome, Record

DATASETS = ("breast_cancer", "digits:anomaly=8")
# ROC AUC by detector: unsupervised, one-class, by share of labels, supervised; plus 0.1 on the first dataset.
AUC = {
    "knn": {"unsupervised": 0.5, "one-class": 0.7},
    "ecod": {"unsupervised": 0.6, "one-class": 0.6},
    "random_forest": {"semi-supervised": 0.4, "supervised": 0.8},
    "random_score": dict.fromkeys(("unsupervised", "one-class", "semi-supervised", "supervised"), 0.3),
}


@pytest.fixture
def results(tmp_path, registry):
    plan = make_plan(load_suite("regimes"), registry, Selection(tuple(AUC), None, None, (0, 1)))
    with RunWriter(tmp_path, plan, describe("0", 1), None) as writer:
        for trial in plan:
            if trial.dataset.name in ("breast_cancer", "digits"):
                share = trial.dataset.params.get("labelled_anomalies", 0)
                auc = (
                    AUC[trial.detector.name][trial.regime]
                    + share
                    + 0.1 * (trial.dataset.name == "breast_cancer")
                )
                metrics = {"ranking": {"roc_auc": auc + (trial.seed - 0.5) / 100}}
                record = Record.of(trial, "ok", metrics=metrics)
                writer.write(Outcome(record, np.array([0.0, 1.0]), np.array([0, 1], dtype=np.int8)))
    [found] = load_suite_results(tmp_path)
    return found


def test_levels_are_in_the_order_in_which_more_is_told(results):
    levels = by_level(results)
    assert list(levels.columns) == ["unsupervised", "one-class", "1 % labelled", "5 % labelled",
                                    "10 % labelled", "25 % labelled", "supervised"]  # fmt: skip
    assert set(levels.index.unique("dataset")) == set(DATASETS)
    assert levels.loc[("random_forest", "digits:anomaly=8"), "25 % labelled"] == pytest.approx(0.65)


def test_a_detector_has_a_mean_where_it_was_run_on_every_dataset(results):
    means = by_detector(by_level(results).drop(("knn", "digits:anomaly=8")))
    assert math.isnan(means.loc["knn", "unsupervised"])
    assert means.loc["ecod", "unsupervised"] == pytest.approx(0.65)


def test_no_dataset_chooses_its_own_winner(results):
    levels = by_level(results)
    # knn wins on breast_cancer alone, ecod on digits alone: each stands for the other dataset.
    levels.loc[("knn", "breast_cancer"), "unsupervised"] = 0.95
    chosen = blind_choice(levels)
    assert chosen.loc["digits:anomaly=8", "unsupervised"] == pytest.approx(0.5)
    assert chosen.loc["breast_cancer", "unsupervised"] == pytest.approx(0.7)
    assert chosen.loc["breast_cancer", "supervised"] == pytest.approx(0.9)


def test_what_is_out_of_competition_stands_for_nothing_but_what_is_possible(results):
    levels = by_level(results)
    levels.loc["random_score"] = 1.0
    assert "random_score" not in by_detector(competing(levels, ["random_score"])).index
    assert best_possible(levels, ["random_score"]).to_dict() == dict.fromkeys(DATASETS, 1.0)


def test_a_clean_train_set_gains_for_the_same_detector_and_dataset(results):
    gain = clean_train_gain(by_level(results))
    assert gain.loc["knn"].tolist() == pytest.approx([0.2, 0.2])
    assert gain.loc["ecod"].tolist() == pytest.approx([0, 0])
    assert "random_forest" not in gain.index


def test_the_table_says_what_is_gained(results):
    text = markdown(results)
    assert "| knn          | +0.200 |" in text
    assert "25 % labelled" in text
