from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from bench.analysis.results import load_suite_results
from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.report.studies.regimes import (
    best_possible,
    blind_choice,
    by_detector,
    by_level,
    competing,
    markdown,
    same_levels,
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
def made(tmp_path, registry):
    """Results on the datasets with such names, and those that are no file's if none are given."""
    return lambda *names: made_up(tmp_path, registry, names)


@pytest.fixture
def results(made):
    return made("breast_cancer", "digits")


def made_up(folder, registry, names):
    plan = make_plan(load_suite("regimes"), registry, Selection(tuple(AUC), None, None, (0, 1)))
    with RunWriter(folder, plan, describe("0", 1), None) as writer:
        for trial in plan:
            if trial.dataset.name in names or not names:
                share = trial.dataset.params.get("labelled_anomalies", 0)
                auc = (
                    AUC[trial.detector.name][trial.regime]
                    + share
                    + 0.1 * (trial.dataset.name == "breast_cancer")
                )
                metrics = {"ranking": {"roc_auc": auc + (trial.seed - 0.5) / 100}}
                record = Record.of(trial, "ok", metrics=metrics)
                writer.write(Outcome(record, np.array([0.0, 1.0]), np.array([0, 1], dtype=np.int8)))
    [found] = load_suite_results(folder)
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


def test_each_column_of_a_table_is_of_the_same_detectors_and_datasets(results):
    """knn has no figure on digits at one level: digits is left out for ecod and for all levels, too."""
    levels = competing(by_level(results), ["random_score"])
    levels.loc[("knn", "digits:anomaly=8"), "one-class"] = np.nan
    without, with_labels = same_levels(levels)
    assert list(without.columns) == ["unsupervised", "one-class"]
    assert set(without.index) == {("knn", "breast_cancer"), ("ecod", "breast_cancer")}
    assert list(with_labels.columns)[-1] == "supervised"
    assert set(with_labels.index) == {("random_forest", name) for name in DATASETS}
    assert not any(part.isna().any(axis=None) for part in (without, with_labels))


def test_a_dataset_that_is_left_out_is_named(results):
    frame = results.frame
    failed = (frame["detector"] == "knn") & frame["dataset"].str.startswith("digits")
    text = markdown(replace(results, frame=frame.assign(status=frame["status"].mask(failed, "failed"))))
    assert "2 detectors, 1 datasets, 1 of them independent; not all ended `ok` on digits:anomaly=8." in text
    assert "1 detectors, 2 datasets, 2 of them independent." in text


def test_tables_of_one_family_are_datasets_and_those_of_one_source_are_one_observation(results):
    """On breast_cancer and what has its rows the figure is 0.7, on seven other sources 0.6."""
    of = {"adbench:4_breastw": "breast_cancer"}
    of |= {f"adbench:{name}": "digits" for name in ("12_fault", "14_glass", "29_Pima", "45_wine")}
    copies = []
    for name, copied in of.items():
        rows = results.frame[results.frame["dataset"].str.startswith(copied)]
        share = rows["dataset"].str.extract("(,?labelled_anomalies=.*)")[0].fillna("").str.lstrip(",")
        copies.append(rows.assign(dataset=(f"{name},rows=1000," + share).str.rstrip(",")))
    made = replace(results, frame=pd.concat([results.frame, *copies], ignore_index=True))
    text = markdown(made)
    assert "2 detectors, 7 datasets, 6 of them independent." in text
    [interval] = {line.partition("|")[2].split("|")[1].strip() for line in text.splitlines()
                  if line.startswith("| ecod") and "[" in line}  # fmt: skip
    mean, low, high = (float(part.strip("[],\\")) for part in interval.split())
    assert mean == pytest.approx(0.6 + 0.1 / 6, abs=0.0006)
    assert low < mean < high
    assert "| adbench:29_Pima,rows=1000 |" in " ".join(text.split())


def test_what_is_gained_is_the_difference_on_the_same_datasets(results):
    text = markdown(results)
    gained = text.partition("less *unsupervised*, on the same dataset.")[2]
    assert [line.split("|")[2].strip() for line in gained.splitlines()[4:7]] == ["+0.200", "0.000", "+0.100"]
    assert gained.splitlines()[6].startswith("| mean of these")


def test_other_detectors_are_compared_apart(results):
    last = markdown(results).partition("## From one table to the next")[2]
    assert "other detectors" in last
    # 0.8 supervised, and what is chosen blind of knn and ecod: 0.6 unsupervised, 0.7 one-class.
    assert [cell.strip() for cell in last.splitlines()[-1].split("|")[2:4]] == ["+0.200", "+0.100"]
