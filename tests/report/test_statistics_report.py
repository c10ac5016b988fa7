from __future__ import annotations

import csv
import io
import math
import re
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from bench.analysis.results import SuiteResults
from bench.report.statistics import csv as pairs_csv
from bench.report.statistics import diagrams, judge_all, section, some_of

EVIL = "<img src=x onerror=alert(1)> $a$"
DETECTORS = ("knn", "lof", EVIL, "last")
FIGURE = "figures/critical-difference-made-unsupervised-f1.svg"


def results(datasets, *, seeds=1, fails=()):
    """The detectors are the better, the further to the front; one that fails does so on the first dataset."""
    random = np.random.default_rng(0)
    rows = [
        {"detector": detector, "dataset": dataset, "seed": seed, "regime": "unsupervised", "reason": "",
         "status": "failed" if detector in fails and dataset == datasets[0] else "ok",
         **dict.fromkeys(("native.f1", "ranking.adjusted_ap"),
                         math.nan if detector in fails and dataset == datasets[0]
                         else 0.9 - place / 10 + random.normal() / 100),
         "ranking.roc_auc": 0.5}
        for place, detector in enumerate(DETECTORS)
        for dataset in datasets
        for seed in range(seeds)
    ]  # fmt: skip
    return SuiteResults("made", "Made up", "native", pd.DataFrame(rows), {}, {})


def texts(of):
    judged = judge_all(of)
    return {"section": section(of, judged), "pairs": pairs_csv(judged), **diagrams(judged)}


@pytest.fixture(scope="module")
def over_datasets():
    return texts(results([f"data_{i}" for i in range(12)], fails=("knn",)))


def rows_of(text, first):
    return [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in text.splitlines()
        if line.startswith(f"| {first}")
    ]


def test_the_same_results_give_the_same_bytes(over_datasets):
    assert texts(results([f"data_{i}" for i in range(12)], fails=("knn",))) == over_datasets


def test_the_table_says_who_is_not_told_from_the_best(over_datasets):
    by_headline, _ = over_datasets["section"].split("### unsupervised, by ROC AUC")
    assert "12 datasets, 12 of them independent; 4 detectors. " in by_headline
    # What is behind by itself, and what is left of it after correction: few datasets, not equal detectors.
    assert "3 of 3 are behind knn before correction for 6 pairs (p ≤ 0.05 each), 0 after. " in by_headline
    assert re.search(r"With 12 datasets it takes a difference of about 0\.0[1-3]; a smaller", by_headline)
    assert "Friedman's chi-square" in by_headline
    [knn, *_] = rows_of(by_headline, "knn")
    assert (knn[0], knn[-1]) == ("knn ●", "11/12")
    assert rows_of(by_headline, "lof")[0][5:8] == ["open", "2", "0"]
    # Its one failure keeps knn from being significantly better than anyone.
    assert rows_of(by_headline, "last")[0][5:8] == ["worse", "0", "2"]
    assert "Without what did not end `ok`" in by_headline
    assert "not to be told from the best are knn." in by_headline


def test_many_names_are_told_by_those_that_are_missing():
    assert some_of(["a", "b", "c"], ["b"]) == "b"
    assert some_of(["a", "b", "c"], ["a", "c"]) == "all but b"
    assert some_of(["a", "b"], ["a", "b"]) == "all"


def test_all_pairs_are_in_a_file(over_datasets):
    rows = [r for r in csv.DictReader(io.StringIO(over_datasets["pairs"])) if r["metric"] == "f1"]
    assert len(rows) == 6
    [pair] = [row for row in rows if {row["better"], row["worse"]} == {"lof", "last"}]
    assert (pair["better"], pair["unit"], pair["blocks"]) == ("lof", "dataset", "12")
    assert float(pair["p"]) == pytest.approx(2**-11, rel=1e-4)
    assert float(pair["p"]) < float(pair["p_holm"]) < 0.05


def test_the_diagram_has_a_title_and_says_in_words_what_it_shows(over_datasets):
    root = ElementTree.fromstring(over_datasets[FIGURE])
    space = "{http://www.w3.org/2000/svg}"
    assert root.get("role") == "img"
    assert root.find(f"{space}title").text == "made, unsupervised: mean ranks by F1"
    assert "the critical difference is" in root.find(f"{space}desc").text
    written = [element.text for element in root.iter(f"{space}text")]
    assert any(text.startswith("mean rank over 12 datasets, lower is better") for text in written)
    assert any(EVIL in text for text in written)
    assert not list(root.iter(f"{space}img"))


def test_names_from_data_are_no_markup(over_datasets):
    assert "<img" not in over_datasets["section"]


def test_few_datasets_are_said_to_say_nothing_of_others():
    found = texts(results(["bumps", "bumps:noise=0.1"], seeds=3))
    assert set(found) == {"section", "pairs"}
    text = found["section"]
    assert "which says nothing of other datasets" in text
    assert (
        "With 3 seeds no difference can be significant, however large, among 12 pairs; that takes 9" in text
    )
    assert rows_of(text, "bumps ")[0] == ["bumps", "3", "knn", "4/4", "all"]
