"""R-graph finds the optimum that the library's search is for, and scores as it does where there is one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn.preprocessing import StandardScaler

from bench import Train

DATA = Path(__file__).parents[3] / "shared" / "data" / "adbench"
# Where several combinations of rows are as good, which the library finds depends on the order of the rows:
# its scores of the same table in two orders have rank correlations from 0.977 on.
ONE_OPTIMUM = ("12_fault", "19_landsat", "27_PageBlocks", "29_Pima", "38_thyroid", "45_wine", "47_yeast")
SEVERAL = ("14_glass", "21_Lymphography", "42_WBC", "4_breastw")


def scores(registry, X_train, X_test, **params):
    plugin = registry.detectors["rgraph"]
    detector = plugin.create({**plugin.defaults, **params})
    detector.fit(Train(X_train, 3))
    return np.concatenate([detector.score(X_test), [detector.threshold]])


def both(registry, X, **params):
    cut = len(X) * 2 // 3
    quick = scores(registry, X[:cut], X[cut:], **params)
    return quick, scores(registry, X[:cut], X[cut:], implementation="library", **params)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "params",
    [{}, {"gamma": 10.0, "n_nonzero": 4}, {"gamma": 2.0, "gamma_nz": False}, {"preprocessing": False},
     {"transition_steps": 3, "blocksize_test_data": 7}, {"algorithm": "lasso_cd"}, {"gamma": 1e5}],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("columns", [2, 5, 60])
def test_the_scores_are_those_of_the_library(registry, columns, params):
    quick, library = both(registry, np.random.default_rng(0).normal(size=(66, columns)), **params)
    np.testing.assert_allclose(quick, library, rtol=1e-6, atol=1e-9)


@pytest.mark.skipif(not DATA.is_dir(), reason="the files of ADBench are not beside the repository")
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ONE_OPTIMUM + SEVERAL)
def test_they_are_on_real_tables(registry, name):
    X = np.load(DATA / f"{name}.npz", allow_pickle=False)["X"].astype(float)
    X = StandardScaler().fit_transform(X[np.random.default_rng(0).permutation(len(X))[:120]])
    quick, library = both(registry, X)
    if name in ONE_OPTIMUM:
        np.testing.assert_allclose(quick, library, rtol=1e-6, atol=1e-9)
    else:
        assert spearmanr(quick, library)[0] > 0.97


def made(kind):
    rng = np.random.default_rng(1)
    if kind == "copies":
        X = rng.normal(size=(80, 4))
        return np.concatenate([X, X[:30]])
    if kind == "whole numbers":
        return rng.integers(0, 3, (90, 4)).astype(float)
    if kind == "dependent columns":
        X = rng.normal(size=(90, 3))
        return np.column_stack([X, X.sum(axis=1), np.zeros(90)])
    return np.exp(-(np.linspace(-3, 3, 64) ** 2) / rng.uniform(0.5, 1, (70, 1)))  # curves that are alike


@pytest.mark.parametrize("kind", ["copies", "whole numbers", "dependent columns", "curves"])
def test_no_other_combination_is_better(kind):
    from detectors._self_representation import Representations

    X = made(kind)
    found = Representations(X, gamma=50.0, relative=True, largest=10, steps=10)
    for i, (active, shares, size) in enumerate(zip(found.active, found.shares, found.sizes, strict=True)):
        has_share = shares[:size] != 0
        active, shares = active[:size][has_share], shares[:size][has_share]
        # A row of zeros is made of nothing, at no penalty.
        correlations = X @ (X[i] - shares @ X[active]) / max(found.penalties[i], 1e-300)
        assert i not in active
        # At the optimum of the lasso what has a share is at the bound, and nothing else is beyond it.
        np.testing.assert_allclose(correlations[active], np.sign(shares), atol=1e-5)
        assert np.abs(np.delete(correlations, i)).max() <= 1 + 1e-5


def test_rows_that_are_scored_together_are_in_one_graph(registry):
    from detectors._self_representation import Representations

    X = np.random.default_rng(2).normal(size=(50, 3))
    options = {"gamma": 50.0, "relative": True, "largest": 10, "steps": 10}
    at_once = Representations(X, **options).visits()
    np.testing.assert_allclose(Representations(X[:42], **options).visits_with(X[42:]), at_once[42:])
