"""ADBench's own protocol, beside ours: the same rows as its seeds give, copies and all."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.model_selection import train_test_split

from bench.plans.suite import load_suite
from bench.spec import Spec
from bench.trials.split_cache import make_split


@pytest.fixture
def save(tmp_path, monkeypatch):
    """Write a table of so many rows, each of them numbered; every fifth one is anomalous."""
    monkeypatch.setenv("BENCH_DATA_DIR", str(tmp_path))

    def write(rows):
        X = np.column_stack([np.arange(rows), np.arange(rows) ** 2 % 97]).astype(float)
        y = (np.arange(rows) % 5 == 4).astype(int)
        np.savez(tmp_path / "1_table.npz", X=X, y=y)
        return X, y

    return write


@pytest.fixture
def split(registry):
    def make(seed=1):
        plugin, params = registry.dataset(Spec.parse("adbench_protocol:1_table"))
        return make_split(plugin, params, seed)

    return make


@pytest.mark.parametrize(("rows", "drawn"), [(120, 1000), (1500, 1500), (10_400, 10_000)])
@pytest.mark.parametrize("seed", [1, 3])
def test_the_rows_are_those_of_the_global_generator_with_the_seed(save, split, rows, drawn, seed):
    """What the published code does: it seeds NumPy, draws rows where needed, and then splits."""
    X, y = save(rows)
    np.random.seed(seed)
    if rows != drawn:
        chosen = np.random.choice(np.arange(rows), drawn, replace=rows < drawn)
        X, y = X[chosen], y[chosen]
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, shuffle=True, stratify=y)
    low, width = X_train.min(axis=0), np.ptp(X_train, axis=0)
    found = split(seed)
    assert len(found.X_train) + len(found.X_test) == drawn
    assert found.X_train == pytest.approx((X_train - low) / width)
    assert found.X_test == pytest.approx((X_test - low) / width)
    assert found.y_train.tolist() == y_train.tolist()
    assert found.y_test.tolist() == y_test.tolist()


def test_copies_of_a_row_are_trained_on_and_tested_on(save, split):
    save(120)
    found = split()
    trained = set(map(tuple, found.X_train.tolist()))
    assert all(tuple(row) in trained for row in found.X_test.tolist()[:20])
    assert len(trained) < 0.2 * len(found.X_train)


def test_the_suite_has_the_seeds_of_adbench_and_no_regime_that_it_has_not():
    suite = load_suite("adbench-protocol")
    assert suite.seeds == (1, 2, 3)
    assert {regime for grid in suite.grids for regime in grid.regimes} == {
        "unsupervised",
        "semi-supervised",
        "supervised",
    }
    assert "own protocol" in suite.title
