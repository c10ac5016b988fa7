"""The forests that are grown here are scikit-learn's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import ks_2samp
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.metrics import r2_score
from sklearn.preprocessing import StandardScaler

from bench import Train
from detectors._forests import GrownForestClassifier, GrownForestRegressor
from detectors._tree_splits import SURELY_CONVEX

DATA = Path(__file__).parents[3] / "shared" / "data" / "adbench"
TABLES = sorted(DATA.glob("*.npz"))


def assert_same_trees(forest, library):
    for tree, other in zip(forest.estimators_, library.estimators_, strict=True):
        assert tree.get_params() == other.get_params()
        state, expected = tree.tree_.__getstate__(), other.tree_.__getstate__()
        assert (state["max_depth"], state["node_count"]) == (expected["max_depth"], expected["node_count"])
        for name in expected["nodes"].dtype.names:
            np.testing.assert_array_equal(state["nodes"][name], expected["nodes"][name], err_msg=name)
        np.testing.assert_array_equal(state["values"], expected["values"])


def assert_same_classifiers(X, y, trees=5, **params):
    given = {"n_estimators": trees, "random_state": 3, **params}
    forest = GrownForestClassifier(**given).fit(X, y)
    library = RandomForestClassifier(**given).fit(X, y)
    assert_same_trees(forest, library)
    assert forest.get_params() == library.get_params()
    np.testing.assert_array_equal(forest.classes_, library.classes_)
    np.testing.assert_array_equal(forest.predict_proba(X + 0.1), library.predict_proba(X + 0.1))
    np.testing.assert_array_equal(forest.feature_importances_, library.feature_importances_)


def continuous(rng):
    return rng.normal(size=(300, 8))


def whole_numbers(rng):
    return np.round(rng.normal(size=(400, 6)) * 2)


def constant_columns(rng):
    X = rng.normal(size=(200, 9))
    X[:, ::2] = 1.0
    X[:, 1] = X[:, 1] > 0
    return X


def constant_in_parts(rng):
    X = np.round(rng.normal(size=(300, 12)))
    X[X[:, 0] > 0, 1:6] = 0.0
    return X


def nearly_equal(rng):
    return 1 + rng.integers(0, 40, (200, 4)) * 0.6e-7


def copies(rng):
    X = rng.normal(size=(150, 5))
    return np.concatenate([X, X])


def one_column(rng):
    return rng.normal(size=(100, 1))


MADE = [continuous, whole_numbers, constant_columns, constant_in_parts, nearly_equal, copies, one_column]


@pytest.mark.parametrize("max_features", ["sqrt", 1, None])
@pytest.mark.parametrize("make", MADE)
def test_trees_for_two_classes_are_those_of_the_library(make, max_features):
    rng = np.random.default_rng(1)
    X = make(rng)
    y = (rng.random(len(X)) < 0.15) | (X[:, 0] > np.quantile(X[:, 0], 0.95))
    assert_same_classifiers(X, y, trees=20, max_features=max_features)


@pytest.mark.parametrize("rows", [SURELY_CONVEX - 500, SURELY_CONVEX * 2])
def test_they_are_where_all_places_are_looked_at(rows):
    rng = np.random.default_rng(2)
    X = rng.normal(size=(rows, 3))
    assert_same_classifiers(X, rng.random(rows) < 0.1, trees=3)


@pytest.mark.skipif(not TABLES, reason=f"{DATA} is not there")
@pytest.mark.parametrize("table", TABLES, ids=lambda path: path.stem)
def test_they_are_on_real_tables(table):
    data = np.load(table)
    rows = np.random.default_rng(0).permutation(len(data["X"]))[:1000]
    X = StandardScaler().fit_transform(data["X"][rows].astype(float))
    assert_same_classifiers(X, data["y"][rows] == 1, trees=2, max_features=min(100, X.shape[1]))


@pytest.mark.parametrize("params", [{"max_depth": 3}, {"bootstrap": False}, {"class_weight": "balanced"}])
def test_what_is_not_covered_is_left_to_the_library(params):
    rng = np.random.default_rng(3)
    X = rng.normal(size=(100, 4))
    assert_same_classifiers(X, X[:, 1] > 0.5, **params)


def test_rows_with_gaps_and_of_one_or_three_classes_are_left_to_the_library():
    rng = np.random.default_rng(4)
    X = rng.normal(size=(60, 3))
    assert_same_classifiers(X, np.zeros(60, dtype=bool))
    assert_same_classifiers(X, rng.integers(0, 3, 60))
    X[::7, 1] = np.nan
    assert_same_classifiers(X, X[:, 0] > 0)


def regression(rng, rows):
    X = rng.normal(size=(rows, 6))
    return X, X[:, 0] ** 2 + np.abs(X[:, 1]) + 0.3 * rng.normal(size=rows)


def test_a_forest_for_numbers_predicts_as_the_librarys_but_where_splits_are_as_good():
    X, y = regression(np.random.default_rng(5), 400)
    given = {"n_estimators": 30, "random_state": 6}
    forest, library = (kind(**given).fit(X, y) for kind in (GrownForestRegressor, RandomForestRegressor))
    for tree, other in zip(forest.estimators_, library.estimators_, strict=True):
        np.testing.assert_array_equal(tree.tree_.threshold[0], other.tree_.threshold[0])
        assert tree.tree_.value[0, 0, 0] == pytest.approx(other.tree_.value[0, 0, 0], rel=1e-12)
        assert tree.tree_.node_count == other.tree_.node_count
    with_another_seed = RandomForestRegressor(30, random_state=7).fit(X, y)
    apart = np.abs(forest.predict(X) - library.predict(X)).mean()
    assert apart < np.abs(with_another_seed.predict(X) - library.predict(X)).mean() / 5


def test_forests_for_numbers_have_the_librarys_distribution():
    X, y = regression(np.random.default_rng(8), 300)
    found = [
        [r2_score(y[200:], kind(8, random_state=seed + 30 * i).fit(X[:200], y[:200]).predict(X[200:]))
         for seed in range(30)]
        for i, kind in enumerate((GrownForestRegressor, RandomForestRegressor))
    ]  # fmt: skip
    assert ks_2samp(*found).pvalue > 0.001


@pytest.mark.filterwarnings("ignore")
@pytest.mark.skipif(not TABLES, reason=f"{DATA} is not there")
@pytest.mark.parametrize("table", TABLES, ids=lambda path: path.stem)
def test_suod_scores_as_the_library_does(table, registry, capfd):
    X = np.load(table)["X"].astype(float)
    X = StandardScaler().fit_transform(X[np.random.default_rng(0).permutation(len(X))[:200], :60])
    suod = registry.detectors["suod"]
    scores = []
    for params in ({}, {"implementation": "library"}):
        detector = suod.create({**suod.defaults, **params})
        detector.fit(Train(X[: len(X) * 2 // 3], 1))
        scores.append(detector.score(X[len(X) * 2 // 3 :]))
    assert np.corrcoef(scores)[0, 1] > 0.999
