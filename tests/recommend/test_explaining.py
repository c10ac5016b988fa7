"""What columns contribute to scores: it adds up, and it names the columns that were made strange."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from bench import Pipeline
from bench.recommend.explaining import REFERENCES, Explainer, in_words, largest

COLUMNS = ("amount", "age", "colour", "colour")
# Of different kinds: by column, by distance, by density, by trees, by covariance, by ranks.
DETECTORS = ("ecod", "hbos", "isolation_forest", "knn", "lof:n_neighbors=50", "mahalanobis", "pca",
             "rank_mean:of=hbos+knn:n_neighbors=20")  # fmt: skip
PLANTED = 30


def explained(score, X, columns=COLUMNS):
    references = np.random.default_rng(1).uniform(-1, 1, (REFERENCES, X.shape[1]))
    explainer = Explainer(columns, references)
    return explainer, explainer.contributions(score, X)


def test_of_a_sum_each_column_contributes_its_own_part_and_those_of_one_source_theirs_together():
    def score(rows):
        return rows @ [1.0, 10.0, 100.0, 1000.0]

    X = np.arange(8.0).reshape(2, 4)
    explainer, found = explained(score, X)
    own = (X - explainer.references.mean(axis=0)) * [1.0, 10.0, 100.0, 1000.0]
    assert found == pytest.approx(np.column_stack([own[:, 0], own[:, 1], own[:, 2] + own[:, 3]]))


def test_a_column_counts_though_another_alone_would_do_and_though_it_is_strange_with_another_only():
    X = np.array([[9.0, 9.0, 0.0, 0.0]])
    _, either = explained(lambda rows: rows.max(axis=1), X)
    _, both = explained(lambda rows: rows[:, :2].min(axis=1), X)
    for found in (either, both):
        assert found[0, :2].min() > 3
        assert abs(found[0, 2]) < 1


def test_what_is_said_of_a_row_does_not_depend_on_the_rows_explained_with_it(monkeypatch):
    def score(rows):
        return np.abs(rows).max(axis=1)

    X = np.random.default_rng(0).normal(size=(7, 4))
    _, together = explained(score, X)
    _, alone = explained(score, X[3:4])
    assert np.array_equal(together[3:4], alone)
    monkeypatch.setattr("bench.recommend.explaining.MOST_VALUES", 1)
    assert np.array_equal(explained(score, X)[1], together)


def test_no_rows_have_no_contributions():
    assert explained(lambda rows: rows[:, 0], np.empty((0, 4)))[1].shape == (0, 3)


def test_words_name_the_largest_contributions_and_no_small_or_negative_ones():
    sources = ["amount", "age", "colour", "shop", "rate"]
    named = largest(np.array([0.05, 4.21, -3.0, 0.5, 1.0]), sources)
    assert list(named) == ["age", "rate", "shop"]
    assert in_words(named) == "age 4.21, rate 1, shop 0.5"
    assert largest(np.array([-1.0, 0.0, 0.0, 0.0, 0.0]), sources) == {}


@pytest.fixture(scope="module")
def numbers():
    """Rows of ten columns that depend on three hidden ones; planted rows, what they were, which columns are
    strange in them.
    """
    rng = np.random.default_rng(0)
    X = rng.normal(size=(430, 3)) @ rng.normal(size=(3, 10)) + 0.5 * rng.normal(size=(430, 10))
    normal, rows = X[:PLANTED], X[PLANTED:]
    strange = rng.permuted(np.tile(np.arange(10) < 2, (PLANTED, 1)), axis=1)
    away = rng.choice([-1, 1], normal.shape) * rng.uniform(4, 8, normal.shape) * X.std(axis=0)
    return rows, np.where(strange, away, normal), normal, strange


@pytest.mark.parametrize("name", DETECTORS)
def test_putting_the_named_columns_back_undoes_more_than_as_many_others(name, numbers):
    rows, planted, before, strange = numbers
    model = Pipeline(name).fit(rows)
    named = top_two(model.explain(planted).to_numpy())
    others = top_two(np.random.default_rng(0).random(named.shape) - named)
    assert (named & strange).sum() / strange.sum() > 0.9
    scores, undone, not_undone = (
        model.score(each)
        for each in (planted, np.where(named, before, planted), np.where(others, before, planted))
    )
    assert np.mean(scores - undone) > 4 * abs(np.mean(scores - not_undone))


def top_two(values):
    """A mask of the two highest values of each row."""
    return values.argsort(axis=1).argsort(axis=1) >= values.shape[1] - 2


@pytest.mark.parametrize("name", DETECTORS)
@pytest.mark.parametrize(
    ("column", "value"),
    [("amount", 9.0), ("when", pd.Timestamp("2024-03-12 22:30")), ("country", "ch")],
)
@pytest.mark.filterwarnings("ignore:of the dates")
def test_texts_and_dates_are_named_by_their_column(name, column, value):
    """A large number, a strange hour, and a rare text, each of the latter two encoded as several columns."""
    rng = np.random.default_rng(0)
    n = 400
    days = pd.Timestamp("2024-03-04") + pd.to_timedelta(24 * rng.integers(0, 30, n), "h")
    frame = pd.DataFrame(
        {
            "amount": rng.normal(size=n),
            "country": rng.choice(["at", "de", "fr", "ch"], n, p=[0.3, 0.3, 0.39, 0.01]),
            "when": days + pd.to_timedelta(rng.normal(10, 1, n).round(2), "h"),
            "shop": rng.choice([f"s{i}" for i in range(30)], n),
        }
    )
    usual = {"amount": 0.1, "country": "de", "when": pd.Timestamp("2024-03-12 10:00"), "shop": "s3"}
    found = Pipeline(name).fit(frame).explain(pd.DataFrame([usual | {column: value}]))
    assert list(found) == ["amount", "country", "shop", "when"]
    assert found.iloc[0].idxmax() == column
