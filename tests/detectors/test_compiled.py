"""The compiled detectors score as the library's do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from bench import Train
from bench.errors import BenchError

COMPILED = {
    "cd": {},
    "cof": {},
    "copod": {},
    "ecod": {},
    "inne": {},
    "lmdd": {"n_iter": 5},
    "loci": {},
    "lscp": {"local_region_size": 20},
    "rod": {},
    "sod": {},
    "sos": {},
}
DATA = Path(__file__).parents[3] / "shared" / "data" / "adbench"
ROWS = {"loci": 45, "lscp": 60, "rod": 90}
MANY_COLUMNS = 12  # all triples and regressions of more take the library too long here


def scores(registry, name, X_train, X_test, **params):
    detector = registry.detectors[name].create({**registry.detectors[name].defaults, **params})
    detector.fit(Train(X_train, 3))
    return np.concatenate([detector.score(X_train), detector.score(X_test), [detector.threshold]])


def assert_equal(registry, name, X_train, X_test):
    params = COMPILED[name]
    quick = scores(registry, name, X_train, X_test, **params)
    library = scores(registry, name, X_train, X_test, implementation="library", **params)
    np.testing.assert_allclose(quick, library, rtol=1e-6, atol=1e-9)


def whole_numbers_with_copies(rng):
    X = rng.integers(0, 4, (120, 5)).astype(float)
    return np.concatenate([X, X[:20]])


def copies(rng):
    X = rng.normal(size=(120, 5))
    return np.concatenate([X, X[:20]])


def dependent_columns(rng):
    X = rng.normal(size=(150, 4))
    return np.column_stack([X, X[:, 0] + X[:, 1], np.zeros(150)])


def many_columns(rng):
    return rng.normal(size=(120, 150))


def two_columns(rng):
    return rng.normal(size=(120, 2))


MADE = [whole_numbers_with_copies, copies, dependent_columns, many_columns, two_columns]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("make", MADE)
@pytest.mark.parametrize("name", COMPILED)
def test_the_scores_are_those_of_the_library(name, make, registry):
    if (name, make) == ("lmdd", whole_numbers_with_copies):
        pytest.skip("differences of exactly zero are rounding errors of either sign in the library")
    X = make(np.random.default_rng(0))
    if name == "rod":
        X = X[:, :6]
    assert_equal(registry, name, X[: len(X) * 2 // 3], X[len(X) * 2 // 3 :])


@pytest.mark.skipif(not DATA.is_dir(), reason="the files of ADBench are not beside the repository")
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", COMPILED)
def test_they_are_on_real_tables(name, registry):
    for file in sorted(DATA.glob("*.npz")):
        X = np.load(file, allow_pickle=False)["X"].astype(float)
        X = StandardScaler().fit_transform(
            X[np.random.default_rng(0).permutation(len(X))[: ROWS.get(name, 120)]]
        )
        if name not in ("cd", "rod") or X.shape[1] <= MANY_COLUMNS:
            assert_equal(registry, name, X[: len(X) * 2 // 3], X[len(X) * 2 // 3 :])


@pytest.mark.parametrize(("alpha", "k"), [(0.5, 3), (0.3, 1)])
def test_loci_ends_its_scan_at_the_radius_at_which_the_library_does(alpha, k, registry):
    rng = np.random.default_rng(0)
    clusters = [rng.normal(0, 0.1, (30, 3)), rng.normal(2, 1, (60, 3)), rng.uniform(-4, 6, (10, 3))]
    X = np.concatenate(clusters)
    params = {"alpha": alpha, "k": k}
    quick = scores(registry, "loci", X, X[:1], **params)
    library = scores(registry, "loci", X, X[:1], implementation="library", **params)
    assert np.count_nonzero(library > k) > 10, "the scan ends early for many rows"
    np.testing.assert_allclose(quick, library, rtol=1e-12)


def test_suod_is_the_one_that_plans_its_jobs(registry, monkeypatch):
    from suod.models import base

    def plan_and_restore(*arguments, plan=base.build_cost_predictor, **options):
        state = np.random.get_state()
        plan(*arguments, **options)
        np.random.set_state(state)

    X = np.random.default_rng(0).normal(size=(60, 4))
    plain = scores(registry, "suod", X[:40], X[40:])
    monkeypatch.setattr(base, "build_cost_predictor", plan_and_restore)
    planned = scores(registry, "suod", X[:40], X[40:], bps_flag=True)
    assert (plain == planned).all()


def test_the_other_measures_of_lmdd_are_the_librarys(registry):
    X = np.random.default_rng(0).normal(size=(80, 3))
    variances = scores(registry, "lmdd", X[:50], X[50:], dis_measure="var", n_iter=2)
    library = scores(registry, "lmdd", X[:50], X[50:], dis_measure="var", n_iter=2, implementation="library")
    assert (variances == library).all()


def test_an_unknown_implementation_is_refused(registry):
    with pytest.raises(BenchError, match="implementation"):
        scores(registry, "cof", np.eye(9), np.eye(9), implementation="quick")


@pytest.mark.parametrize("name", sorted(COMPILED))
def test_fitted_again_it_knows_the_new_rows_alone(registry, name):
    first, second = np.random.default_rng(0).normal(size=(2, 40, 4)) + np.array([0, 3])[:, None, None]
    plugin = registry.detectors[name]
    once, twice = (plugin.create({**plugin.defaults, **COMPILED[name]}) for _ in range(2))
    twice.fit(Train(first, 3))
    twice.score(first)
    for detector in (once, twice):
        detector.fit(Train(second, 3))
    np.testing.assert_allclose(twice.score(second), once.score(second), rtol=1e-9)
