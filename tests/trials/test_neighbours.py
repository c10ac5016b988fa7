"""Exact neighbours among many rows: the same as scikit-learn's, whatever the rows are like."""

import numpy as np
import pytest
from sklearn.neighbors import LocalOutlierFactor, NearestNeighbors, _base

from bench.trials import neighbours
from bench.trials.nearest_rows import nearest_rows

COLUMNS = 20


def gaussian(rng, n):
    return rng.normal(size=(n, COLUMNS))


def repeated(rng, n):
    return gaussian(rng, n // 4)[rng.integers(0, n // 4, n)]


def far_from_the_origin(rng, n):
    return 1e6 + gaussian(rng, n)


def in_two_clusters(rng, n):
    return gaussian(rng, n) + 30 * (np.arange(n) % 2)[:, None]


def few_values(rng, n):
    return rng.integers(0, 2, size=(n, COLUMNS)).astype(float)


def one_huge_row(rng, n):
    rows = gaussian(rng, n)
    rows[n // 2] *= 1e5
    return rows


KINDS = (gaussian, repeated, far_from_the_origin, in_two_clusters, few_values, one_huge_row)


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def by_definition(X, Y, k):
    """Distances from differences in double precision, ascending."""
    return np.sort(np.sqrt(((X[:, None] - Y[None]) ** 2).sum(axis=2)), axis=1)[:, :k]


@pytest.mark.parametrize("make", KINDS)
@pytest.mark.parametrize("k", [1, 6])
def test_distances_and_indices_are_those_of_the_definition(make, k, rng):
    X, others = make(rng, 1300), make(rng, 700)
    for queries in (X, others):
        distances, indices = nearest_rows(queries, X, k)
        assert distances == pytest.approx(by_definition(queries, X, k), rel=1e-12, abs=0)
        between = np.sqrt(((queries[:, None] - X[indices]) ** 2).sum(axis=2))
        assert between == pytest.approx(distances, rel=1e-12, abs=0)
        assert all(len(set(row)) == k for row in indices)


def test_a_row_is_its_own_nearest(rng):
    distances, indices = nearest_rows(X := gaussian(rng, 1100), X, 3)
    assert (distances[:, 0] == 0).all()
    assert (indices[:, 0] == np.arange(1100)).all()


def test_rows_that_single_precision_cannot_tell_apart_are_left_to_the_library(rng):
    apart = gaussian(rng, 3000) + 1e5 * (np.arange(3000) % 2)[:, None]
    assert nearest_rows(apart, apart, 5) is None
    assert nearest_rows(apart[:9].copy(), apart, 5) is None
    for size in (0.0, 1e13):
        rows = size * gaussian(rng, 100)
        assert nearest_rows(rows, rows, 5) is None


@pytest.fixture
def many(monkeypatch):
    """1 000 rows are many, and scikit-learn searches as it is made to only within the test."""
    monkeypatch.setattr(neighbours, "MANY", 1000)
    monkeypatch.setattr(_base, "ArgKmin", _base.ArgKmin)
    neighbours._replace.cache_clear()
    yield 1000
    neighbours._replace.cache_clear()


def test_scikit_learns_search_among_many_rows_is_the_quick_one(many, rng, monkeypatch):
    asked = []
    quick = "bench.trials.nearest_rows.nearest_rows"
    monkeypatch.setattr(quick, lambda *given: asked.append(len(given[1])) or nearest_rows(*given))
    X, others = gaussian(rng, many), gaussian(rng, 50)

    def search():
        model = NearestNeighbors(n_neighbors=5).fit(X)
        factors = LocalOutlierFactor(novelty=True).fit(X).score_samples(others)
        return *model.kneighbors(), *model.kneighbors(others), factors

    expected = search()
    neighbours.quicken_searches(many - 1)
    search()
    assert asked == []
    neighbours.quicken_searches(many)
    for found, value in zip(search(), expected, strict=True):
        assert found == pytest.approx(value, rel=1e-6, abs=1e-6)
    assert set(asked) == {many}
    asked.clear()
    NearestNeighbors(n_neighbors=5).fit(X[:-1]).kneighbors()
    NearestNeighbors(n_neighbors=5, metric="manhattan", algorithm="brute").fit(X).kneighbors()
    NearestNeighbors(n_neighbors=5).fit(X.astype(np.float32)).kneighbors()
    assert asked == []


def test_detectors_are_given_the_quick_search(many, rng):
    from bench import load_detector

    X = gaussian(rng, many)
    detector = load_detector("knn").fit(X)
    assert _base.ArgKmin.__module__ == neighbours.__name__
    assert detector.score(X[:5]) == pytest.approx(by_definition(X[:5], X, 5)[:, -1], rel=1e-12)
