"""The page of a recommendation: what it says, and that nothing in the file becomes a part of it."""

from __future__ import annotations

import re
import time

import numpy as np
import own_page
import pytest

from bench.recommend import recommending
from bench.recommend.choosing import Evidence
from bench.recommend.learning import FEWEST, label_curve
from bench.recommend.page import write_page
from bench.recommend.recommending import recommend
from bench.recommend.scoring import Scores
from bench.recommend.table import load_table


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Writes the page of a hostile table, with labels or without; candidates are distances."""

    def score_rows(names, X, scored, **_):
        weights = np.random.default_rng(0).random((len(names), X.shape[1]))
        return Scores({name: np.abs(scored) @ w for name, w in zip(names, weights, strict=True)})

    def explain_rows(_name, _X, explained, explainer, **_):
        return explainer.contributions(lambda rows: np.abs(rows).sum(axis=1), explained)

    monkeypatch.setattr(recommending, "score_rows", score_rows)
    monkeypatch.setattr(recommending, "explain_rows", explain_rows)
    file = own_page.write_table(tmp_path)

    def write(label):
        table = load_table(file, drop=[] if label else ["label"], label="label" if label else None)
        found = recommend(table, started=time.monotonic(), seconds=60, seed=0)
        page = tmp_path / "pages" / "page.html"
        page.parent.mkdir(exist_ok=True)
        write_page(found, page, budget=0.01, written={"the scores": tmp_path / "my scores.csv"},
                   commands=["python -m bench fit x"], code="model = 1 < 2")  # fmt: skip
        return found, page.read_text(encoding="utf-8")

    return write


def test_the_verdict_the_rows_and_the_scores_are_there_without_labels(written):
    found, page = written(label=False)
    assert "Use the mean rank of hbos and knn:n_neighbors=20, which lost least where there are no" in page
    first = f"{found.table.rows[found.explained[0]]:,}"
    assert f"look first at row {first}, where " in page
    assert f'<tr><td class="number">{first}</td>' in page
    assert page.count("<svg ") == 1
    assert re.search(r"\d+ of 300 rows score above", page)
    assert 'href="../my%20scores.csv">my scores.csv<' in page
    assert "<details" not in page
    addresses = set(re.findall(r"\w+://[\w./]+", page))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


def test_labels_add_what_they_say_of_the_candidates_and_what_fewer_would_have_given(written):
    _, page = written(label=True)
    assert re.search(r"whose ROC AUC is \d\.\d\d by your labels \(95 % interval", page)
    assert page.count("<svg ") == 3
    assert "What so many labels would have given" in page
    assert "<td>anomaly</td>" in page


def test_nothing_in_the_table_is_markup(written):
    _, page = written(label=True)
    assert own_page.HOSTILE not in page
    assert own_page.HOSTILE.replace("<", "&lt;").replace(">", "&gt;") in page
    assert "<b>" not in page
    assert "\x1b" not in page


def test_the_same_recommendation_gives_the_same_page(written):
    assert written(label=True)[1] == written(label=True)[1]


def evidence(n, rng):
    y = (np.arange(n) % 4 == 0).astype(np.int8)
    good = np.clip(0.35 + 0.3 * y + 0.1 * rng.normal(size=n), 0.01, 0.99)
    names = ("hbos", "knn:n_neighbors=20", "pca")
    return Evidence(np.column_stack([*rng.random((2, n)), good]), y, np.ones(n), names)


def test_a_curve_rises_where_labels_find_a_better_candidate():
    found = label_curve(evidence(200, np.random.default_rng(0)))
    assert found.labels[0] == 0
    assert found.labels[-1] == 100
    assert found.auc[0] == pytest.approx(0.5, abs=0.1)
    assert found.auc[-1] > 0.9
    assert ((found.low <= found.auc) & (found.auc <= found.high)).all()


def test_of_too_few_labels_there_is_no_curve():
    assert label_curve(evidence(4 * FEWEST - 4, np.random.default_rng(0))) is None
