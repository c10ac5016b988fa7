"""The study of scales: what each adds, by detector, on the same tables."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from bench.analysis.results import SuiteResults
from bench.report.studies import study_texts

TABLES = [f"made:table_{i}" for i in range(12)]
GAINS = {"knn:scaling=rank": 0.2, "knn:scaling=whiten": -0.1, "isolation_forest:scaling=rank": 0.0}
USUAL = {"knn": 0.5, "isolation_forest": 0.4, "ecod": 0.3}


def results(tables=TABLES, left_out=()):
    hard = 0.05 * np.random.default_rng(0).normal(size=len(tables))
    rows = []
    for table, shift in zip(tables, hard, strict=True):
        values = USUAL | {name: USUAL[name.partition(":")[0]] + gain for name, gain in GAINS.items()}
        rows += [
            {"detector": name, "dataset": table, "seed": 0, "regime": "one-class", "reason": "",
             "status": "failed" if (name, table) in left_out else "ok", "contamination": 0.1,
             "ranking.adjusted_ap": value + shift, "ranking.roc_auc": (value + shift + 1) / 2}
            for name, value in values.items()
        ]  # fmt: skip
    return SuiteResults("scaling", "Made up", "native", pd.DataFrame(rows), {}, {})


def tables_of(text):
    parts = []
    for section in text.split("\n## ")[1:]:
        lines = [line for line in section.splitlines() if line.startswith("|") and not line.startswith("|:")]
        head, *rows = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in lines]
        parts.append({row[0]: dict(zip(head, row, strict=True)) for row in rows})
    return parts


@pytest.fixture(scope="module")
def tables():
    [(name, text)] = study_texts(results()).items()
    assert name == "scaling.md"
    return tables_of(text)


def test_each_scale_stands_beside_the_usual_one(tables):
    adjusted_ap, roc_auc, _ = tables
    assert list(adjusted_ap) == ["knn", "isolation_forest"]  # ecod was run on one scale alone
    mean = 0.5 + (0.05 * np.random.default_rng(0).normal(size=12)).mean()
    assert float(adjusted_ap["knn"]["standard"]) == pytest.approx(mean, abs=6e-4)
    assert float(adjusted_ap["knn"]["rank"].split()[0]) == pytest.approx(0.2, abs=6e-4)
    assert float(roc_auc["knn"]["whiten"].split()[0]) == pytest.approx(-0.05, abs=6e-4)
    assert adjusted_ap["knn"]["minmax"] == "–"


def test_the_pair_is_compared_on_each_scale_that_both_read(tables):
    pair = tables[2]
    assert list(pair) == ["standard", "rank"]
    assert float(pair["standard"]["adjusted AP"].split()[0]) == pytest.approx(0.1, abs=6e-4)
    assert float(pair["rank"]["adjusted AP"].split()[0]) == pytest.approx(0.3, abs=6e-4)
    assert pair["rank"]["ahead on"] == "12 of 12"


def test_each_collection_has_a_section_of_its_own():
    mine, others = results(), results(tables=[f"others:table_{i}" for i in range(6)])
    text = study_texts(replace(mine, frame=pd.concat([mine.frame, others.frame])))["scaling.md"]
    assert "## `made_0`" not in text
    found = [line for line in text.splitlines() if line.startswith("## ") and "ROC AUC" in line]
    assert found == [
        "## `made`, one-class: ROC AUC on 12 tables",
        "## `others`, one-class: ROC AUC on 6 tables",
    ]


def test_a_failure_counts_as_nothing_found():
    [text] = study_texts(results(left_out={("knn:scaling=rank", "made:table_3")})).values()
    found = float(tables_of(text)[0]["knn"]["rank"].split()[0])
    lost = 0.7 + 0.05 * np.random.default_rng(0).normal(size=12)[3]
    assert found == pytest.approx(0.2 - lost / 12, abs=6e-4)


def test_of_few_tables_nothing_is_said():
    assert study_texts(results(tables=TABLES[:3])) == {}
