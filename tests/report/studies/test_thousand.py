from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from odd_results import TABLES, results
from scipy.stats import wilcoxon

from bench.analysis.tree import known_tables
from bench.data.oddbench import odd_tables
from bench.report.studies import _pairs, _sizes, study_texts, thousand


def rows_of(text):
    lines = [line for line in text.splitlines() if line.startswith("|") and not line.startswith("|:")]
    return [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in lines]


@pytest.fixture(scope="module")
def text():
    return study_texts(results())["thousand.md"]


@pytest.fixture(scope="module")
def made(text):
    return rows_of(text)


def test_more_tables_tell_more(made):
    header, *nested = made[:4]
    assert header[:4] == ["tables", "not told from the best, adjusted AP", "knn less isolation_forest", "p"]
    assert [row[0] for row in nested] == ["28", "56", "60"]
    told = [int(row[4].split(" of ")[0]) for row in nested]
    assert told == sorted(told, reverse=True)
    frame = results().frame
    wide = frame.groupby(["dataset", "detector"])["ranking.roc_auc"].mean().unstack()
    gaps = wide["knn"] - wide["isolation_forest"]
    shown = nested[-1][5].split()[0]
    assert float(shown) == pytest.approx(gaps.mean(), abs=5e-4)
    assert float(nested[-1][6]) == pytest.approx(wilcoxon(gaps, method="approx").pvalue, rel=0.1)


def test_the_tables_of_a_row_are_among_those_of_the_next():
    blocks = thousand._over_tables(results(), "one-class", "roc_auc")
    few, more = (set(thousand.sample(blocks, size).values.index) for size in (28, 56))
    assert few < more
    assert len(few) == 28


def test_the_first_tables_by_name_are_those_that_a_limit_leaves(made):
    at = next(place for place, row in enumerate(made) if row[0] == "training rows")
    rows = {row[0]: dict(zip(made[at], row, strict=True)) for row in made[at + 1 : at + 6]}
    frame = results().frame
    wide = frame.groupby(["dataset", "detector"])["ranking.roc_auc"].mean().unstack()
    clean = sorted((each for each in odd_tables().values() if each.is_clean), key=lambda each: each.name)
    for limit, row in rows.items():
        first = [each.name for each in clean if each.train <= int(limit)][: thousand.FIRST]
        here = [f"oddbench:{name},rows=10000" for name in first]
        gaps = (wide["knn"] - wide["iforest"]).reindex(here).dropna()
        assert row["tables"] == f"{len(gaps)} of {len(first)}"
        assert float(row["knn less iforest"].split()[0]) == pytest.approx(gaps.mean(), abs=6e-4)
        assert row["ahead on"] == str((gaps > 0).sum())
        assert (row["forest less its figure"], row["mean absolute"]) == ("+0.010", "0.010")
    assert len({row["tables"] for row in rows.values()}) > 1


def test_kinds_are_those_of_the_tables(made):
    by_columns = [row for row in made if row[0] == "columns"]
    counts = {row[1].rsplit(" (", 1)[0]: int(row[1].rsplit("(", 1)[1].rstrip(")")) for row in by_columns[:3]}
    expected = {
        "up to 5": sum(table.columns <= 5 for table in TABLES),
        "6 to 20": sum(6 <= table.columns <= 20 for table in TABLES),
        "more than 20": sum(table.columns > 20 for table in TABLES),
    }
    assert counts == expected
    assert all("knn" in row[2] for row in by_columns[:3])


def test_pairs_are_judged_by_what_matters_in_practice():
    made, rng = results(), np.random.default_rng(1)
    knn = made.frame[made.frame["detector"] == "knn"]

    def behind(name, by, spread):
        less = {f"ranking.{metric}": knn[f"ranking.{metric}"] - by - spread * rng.normal(size=len(knn))
                for metric in _pairs.METRICS}  # fmt: skip
        return knn.assign(detector=name, **less)

    frame = pd.concat([knn, behind("twin", 0.001, 0), behind("open", 0.01, 0.04), behind("worse", 0.1, 0.04)])
    names, gaps = _pairs.all_pairs(replace(made, frame=frame), "one-class")
    assert names[0] == "knn"
    found = {tuple(row[:2]): row[2:] for row in _pairs.pair_rows(names, gaps)}
    verdicts = {other: found["knn", other][1::2] for other in names[1:]}
    assert verdicts == {"twin": ["equal"] * 2, "open": ["open"] * 2, "worse": ["better"] * 2}
    assert all(
        "of 6 pairs one is better in 3; equal: 1; open: 2." in line for line in _pairs.pair_counts(gaps)
    )


def test_choosing_by_size_is_judged_beside_one_detector_for_all(text, made):
    rows = {row[0]: row[1:] for row in made if len(row) == 3}
    wide = results().frame.groupby(["dataset", "detector"])["ranking.roc_auc"].mean().unstack()
    behind = (wide.max(axis="columns") - wide["isolation_forest"]).mean()
    assert float(rows["isolation_forest on every table"][0].split()[0]) == pytest.approx(behind, abs=6e-4)
    assert "By ROC AUC: the tree is not shown to be any better than the single detector" in text
    few = known_tables(results(TABLES[:40]), "one-class", "roc_auc")
    assert list(_sizes.tree_parts({"ROC AUC": few})) == []


def test_ours_stand_beside_the_figures_of_the_files(made):
    figures = {row[0]: row[1] for row in made[-6:]}
    assert figures["tables"] == str(sum(max(table.train, table.test) <= 10000 for table in TABLES))
    assert figures["mean difference"] == "+0.010"
    assert figures["mean absolute difference"] == "0.010"


def test_a_table_of_which_a_sample_was_used_has_no_published_figure():
    small = [table for table in TABLES if max(table.train, table.test) <= 600]
    compared = thousand.published_figures(results(rows=600))
    assert {label.split(":")[1].split(",")[0] for label in compared.index} == {table.name for table in small}


def test_too_few_tables_say_nothing():
    assert study_texts(results(TABLES[:3])) == {}
