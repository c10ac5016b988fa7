from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from bench.analysis.leaderboard import leaderboard
from bench.analysis.results import MISSING, SuiteResults
from bench.report.leaderboard import balance, notes
from bench.report.studies import study_texts

TABLES = [f"made_{i}" for i in range(8)]


def values_of():
    """By label: the neighbours' settings spread around a default in their middle, those of bins hardly."""
    found = {"knn": 0.55, "hbos": 0.6, "mad": 0.1}
    found |= {f"knn:n_neighbors={k}": i / 5 for i, k in enumerate((1, 2, 3, 7, 20, 50))}
    return found | {f"hbos:n_bins={k}": 0.6 - 0.01 * k for k in range(1, 7)}


def results(tables=TABLES, name="settings", status=lambda label, table: "ok"):
    rng = np.random.default_rng(0)
    rows = [
        {"detector": label, "dataset": table, "seed": 0, "regime": "one-class", "reason": "",
         "status": status(label, table), "contamination": 0.1,
         "ranking.adjusted_ap": value + hard, "ranking.roc_auc": (value + hard + 1) / 2}
        for table, hard in zip(tables, 0.05 * rng.normal(size=len(tables)), strict=True)
        for label, value in values_of().items()
    ]  # fmt: skip
    settings = frozenset(label for label in values_of() if ":" in label)
    return SuiteResults(name, "Made up", "native", pd.DataFrame(rows), {}, {}, frozenset(), settings)


def rows_of(text):
    lines = [line for line in text.splitlines() if line.startswith("|") and not line.startswith("|:")]
    return [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in lines]


@pytest.fixture(scope="module")
def text():
    [(name, text)] = study_texts(results()).items()
    assert name == "settings.md"
    return text


def test_the_distribution_over_settings_stands_beside_the_default(text):
    header, hbos, knn, *_ = rows_of(text)
    hard = 0.05 * np.random.default_rng(0).normal(size=8)
    found = dict(zip(header, knn, strict=True))
    assert found["settings"] == "6"
    assert float(found["default"]) == pytest.approx(0.55 + hard.mean(), abs=6e-4)
    assert float(found["median"]) == pytest.approx(0.5 + hard.mean(), abs=6e-4)
    assert float(found["90 %"]) - float(found["10 %"]) == pytest.approx(0.8, abs=2e-3)
    assert float(found["oracle setting"]) == pytest.approx(1 + hard.mean(), abs=6e-4)
    assert found["rank of the default"] == "4.0 of 7"  # three settings are better on each table
    assert found["sensitivity"].startswith("0.800")
    assert dict(zip(header, hbos, strict=True))["rank of the default"] == "1.0 of 7"


def test_three_sentences_say_what_the_figures_come_to(text):
    parameters, defaults, rankings = [line[2:] for line in text.splitlines() if line.startswith("- ")]
    assert "of 2 detectors, from 0.040 (hbos) to 0.800 (knn)" in parameters
    assert "ahead of 75 % [75 %, 75 %]" in defaults  # of all of one's settings, of half of the other's
    assert "over 8 datasets it is above the median setting for 2 of 2 detectors" in defaults
    assert "of 1 pairs of detectors 1 (100 %) differ by default by less" in rankings
    assert "1 of them among the 1 that a test tells apart" in rankings
    assert rankings.endswith("is reversed in 50 % of cases.")  # half of the neighbours' are above all others


def test_what_failed_counts_as_nothing_and_is_counted():
    def status(label, table):
        return "failed" if label == "hbos:n_bins=1" and table in TABLES[:3] else "ok"

    header, *rows = rows_of(study_texts(results(status=status))["settings.md"])[:3]
    assert header[-1] == "failed"
    assert {row[0]: row[-1] for row in rows} == {"hbos": "3", "knn": "0"}
    lowest = {row[0]: float(row[header.index("10 %")]) for row in rows}
    assert lowest["hbos"] < 0.5


def test_a_table_that_a_setting_has_not_been_run_on_is_left_out_and_nothing_failed_there():
    def status(label, table):
        return MISSING if (label, table) == ("hbos:n_bins=1", TABLES[0]) else "ok"

    text = study_texts(results(status=status))["settings.md"]
    assert "over 7 datasets" in text
    assert {row[-1] for row in rows_of(text)[1:3]} == {"0"}


def test_any_suite_with_settings_has_the_study_and_none_without():
    assert set(study_texts(results(name="mine"))) == {"settings-mine.md"}
    assert study_texts(replace(results(), settings=frozenset())) == {}
    assert study_texts(results(TABLES[:4])) == {}


def test_settings_stand_on_no_board():
    made = results()
    assert set(leaderboard(made, "one-class").dropna(subset="rank").index) == {"knn", "hbos", "mad"}
    assert balance(made, "one-class") == []
    assert any("12 settings" in note for note in notes(made))
