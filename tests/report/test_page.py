"""The page as it is written; tests/browser looks at it in a browser."""

from __future__ import annotations

import html
import json
import math
import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import reference_runs
from hypothesis import given
from hypothesis import strategies as st

from bench.analysis.cells import fraction, number, with_spread
from bench.report import write_report
from bench.report.page import page_section, rendering
from bench.report.page.content import suite_part
from bench.report.page.figures import answering, curves, difficulty, drawing, figures
from bench.report.page.figures.costs import pareto_front
from bench.report.page.rendering import render_page, render_suite
from bench.report.page.tables import make_table
from bench.report.page.view import RegimeView
from bench.trials.trial import Named


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    return reference_runs.load(tmp_path_factory.mktemp("read"), "article", "core", "dte-one-class")


@pytest.fixture(scope="module")
def core(loaded):
    return next(each for each in loaded if each.name == "core")


@pytest.fixture(scope="module")
def folder(loaded, tmp_path_factory):
    """The page's folder, made of committed runs."""
    results = tmp_path_factory.mktemp("results")
    return next(file for file in write_report(loaded, results) if file.name == "index.html").parent


def test_the_page_is_the_same_whenever_it_is_made_and_not_large(folder, loaded, tmp_path, monkeypatch):
    monkeypatch.setenv("BENCH_CACHE_DIR", str(tmp_path / "empty"))
    again = next(file for file in write_report(loaded, tmp_path) if file.name == "index.html").parent
    files = sorted(file.name for file in folder.iterdir())
    assert files == ["index.html", "page.css", "page.js", "plotly.min.js", "tables.css", "tables.js"]
    for name in files:
        assert (folder / name).read_bytes() == (again / name).read_bytes(), name
    assert sum(file.stat().st_size for file in folder.iterdir()) < 8_000_000


def test_the_page_names_every_regime_and_what_did_not_end_well(folder, core):
    text = (folder / "index.html").read_text()
    for regime in core.regimes():
        assert f'id="core-{regime}-board"' in text
    reasons = core.frame[core.frame["status"] != "ok"]["reason"].unique()
    assert len(reasons) > 1
    for reason in reasons:
        assert html.escape(reason, quote=False) in text


def test_every_picture_is_one_that_plotly_accepts(loaded):
    graph_objects = pytest.importorskip("plotly.graph_objects")
    seen = set()
    for results in loaded:
        for regime in results.regimes():
            view = RegimeView(results, regime)
            for figure in [*answering(view), *figures(view)]:
                graph_objects.Figure(figure.data, figure.layout)  # refuses what it does not know
                assert len(figure.title) > 10
                assert len(figure.description) > 40
                assert figure.name not in seen
                assert re.fullmatch(r"[a-zA-Z][\w-]*", figure.name)
                for axis in ("xaxis", "yaxis"):
                    assert figure.layout[axis]["title"]["text"]
                json.dumps([figure.data, figure.layout], allow_nan=False)
                seen.add(figure.name)
    assert {name.split("-")[0] for name in seen} == {
        "leaders",
        "kinds",
        "heatmap",
        "cost",
        "roc",
        "precision",
    }


def test_what_comes_from_data_ends_no_element(loaded):
    [article] = [each for each in loaded if each.name == "article"]
    hostile = "</script><script>alert(1)</script>"
    frame = article.frame.assign(detector=article.frame["detector"].replace("isolation_forest", hostile))

    text = render_page([page_section(replace(article, frame=frame), [], {})], {})
    assert hostile not in text
    assert "&lt;/script&gt;" in text
    assert text.count("<script") == 3 + text.count('<script type="application/json">')


def test_cells_of_the_page_keep_their_numbers_and_words_have_none():
    cells = [with_spread(0.4321, 0.02), fraction(20, 21), number(math.nan), "7 up"]
    table = make_table("name", "caption", (["a"], [[cell] for cell in cells]), [""] * 4)
    assert [(row[0].text, row[0].value) for row in table.rows] == [
        ("0.43 ± 0.02", 0.43),
        ("20/21", 20),
        ("–", None),
        ("7 up", None),
    ]


def test_the_pareto_front_holds_those_that_nothing_cheaper_reaches():
    seconds = pd.Series({"slow": 9.0, "best": 3.0, "cheap": 1.0, "worse": 2.0, "tied": 3.0})
    quality = pd.Series({"slow": 0.8, "best": 0.9, "cheap": 0.5, "worse": 0.4, "tied": 0.7})
    assert pareto_front(seconds, quality) == ["cheap", "best"]


@given(
    st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=2, max_size=300).filter(
        lambda rows: len({label for _, label in rows}) == 2
    )
)
def test_a_thinned_curve_keeps_its_ends_and_its_area(rows):
    from sklearn.metrics import roc_curve

    x, y, _ = roc_curve([label for _, label in rows], [s for s, _ in rows], drop_intermediate=False)
    kept = curves.thinned(x, y, 1000)
    assert np.trapezoid(y[kept], x[kept]) == pytest.approx(np.trapezoid(y, x))
    few = curves.thinned(x, y, 20)
    assert len(few) <= 20
    assert (x[few[0]], y[few[0]], x[few[-1]], y[few[-1]]) == (x[0], y[0], x[-1], y[-1])
    assert np.trapezoid(y[few], x[few]) == pytest.approx(np.trapezoid(y, x), abs=0.06)


def test_a_run_whose_scores_were_dropped_has_no_curves(loaded):
    [dte] = [each for each in loaded if each.name == "dte-one-class"]
    assert curves.figures(RegimeView(dte, "one-class")) == []


def with_variants(core, **variants):
    """Results with these variants of "bumps", by their parameters."""

    rows = []
    for label, params in variants.items():
        for detector, f1 in (("bayes_optimal", 1.0), ("knn", 0.5), ("lof", 0.4)):
            record = SimpleNamespace(dataset=Named("bumps", label, params), scores=None)
            row = {
                "detector": detector,
                "dataset": label,
                "regime": "unsupervised",
                "seed": 0,
                "status": "ok",
            }
            rows.append({**row, "status": "ok", "native.f1": f1, "ranking.roc_auc": f1, "record": record})
    return replace(core, frame=pd.DataFrame(rows), references=frozenset({"bayes_optimal"}))


def test_variants_that_differ_in_one_number_are_a_curve_with_the_best_possible(core):
    swept = with_variants(core, a={"noise": 0.2, "shape": "x"}, b={"noise": 0.01, "shape": "x"},
                          c={"noise": 0.05, "shape": "x"})  # fmt: skip
    [f1, _] = difficulty.figures(RegimeView(swept, "unsupervised"))
    assert f1.data[0]["name"] == "bayes_optimal (best possible)"
    assert f1.data[0]["line"]["dash"] == "dash"
    assert f1.data[1]["x"] == [0.01, 0.05, 0.2]
    assert f1.layout["xaxis"]["type"] == "log"
    assert "knn goes from 0.50 to 0.50" in f1.description


@pytest.mark.parametrize(
    "variants",
    [
        {"a": {"noise": 1}, "b": {"noise": 2}},
        {"a": {"noise": 1, "rows": 1}, "b": {"noise": 2, "rows": 1}, "c": {"noise": 1, "rows": 2}},
        {"a": {"shape": "x"}, "b": {"shape": "y"}, "c": {"shape": "z"}},
    ],
    ids=["two points", "two parameters", "words"],
)
def test_other_variants_are_no_curve(core, variants):
    assert difficulty.figures(RegimeView(with_variants(core, **variants), "unsupervised")) == []


def test_names_are_shown_as_they_are():
    assert drawing.safe("<b>a & b</b>") == "&lt;b&gt;a &amp; b&lt;/b&gt;"
    assert drawing.axis_labels(["bumps", "bumps:a=1,b=<2"]) == ["bumps", "bumps:<br>a=1,<br>b=&lt;2"]
    assert drawing.axis_labels(["real:4_a,rows=9", "real:5_b,rows=9"]) == ["4_a", "5_b"]


@pytest.mark.parametrize("datasets", [1, 3])
def test_where_nothing_ended_ok_there_is_a_page_without_pictures(core, datasets):
    frame = core.frame[core.frame["detector"] == "constant_score"]
    frame = frame[frame["dataset"].isin(frame["dataset"].unique()[:datasets])]
    failed = replace(core, frame=frame)
    assert set(failed.frame["status"]) == {"failed"}
    part = suite_part(failed, [], {})
    assert [regime.figures for regime in part.regimes] == [[]] * len(part.regimes)
    assert "constant scores" in render_suite(part)


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("candidates of `recommend` on tables", "candidates of <code>recommend</code> on tables"),
        ("`<b>` & <i>", "`&lt;b&gt;` &amp; &lt;i&gt;"),
        ("no `end", "no `end"),
        ("\x1b[31mred", "\\x1b[31mred"),
    ],
)
def test_words_in_code_quotes_are_code_and_nothing_else_is_markup(title, shown):
    assert str(rendering._coded(title)) == shown
