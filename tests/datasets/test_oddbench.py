"""A table of OddBench: its own split, samples of large ones, and what cannot be read."""

from __future__ import annotations

import numpy as np
import pytest

from bench.errors import BenchError, DataError
from bench.plans.selection import choose_datasets
from bench.plugins.registry import load_registry


@pytest.fixture
def put(tmp_path, monkeypatch):
    """Write a table into the data folder, and make its split: normal rows are below 0, anomalies above."""
    folder = tmp_path / "oddbench"
    folder.mkdir()
    monkeypatch.setenv("BENCH_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("BENCH_CACHE_DIR", str(tmp_path / "cache"))
    make = load_registry([], installed=False).datasets["oddbench"].make

    def write(train=300, normals=400, anomalies=100, **changes):
        y = np.repeat([0, 1], [normals, anomalies])
        arrays = {
            "train": -1.0 - np.arange(train)[:, None],
            "train_labels": np.zeros(train, dtype=int),
            "test": np.where(y == 1, 1.0 + np.arange(len(y)), -1000.0 - np.arange(len(y)))[:, None],
            "test_labels": y,
        }
        arrays = {name: value for name, value in {**arrays, **changes}.items() if value is not None}
        np.savez(folder / "Mine.npz", **arrays)
        return lambda seed=0, **params: make(
            np.random.default_rng(seed), table="Mine", **{"scaling": "none", **params}
        )

    return write


def test_a_table_has_the_split_of_its_file(put):
    split = put()()
    assert split.X_train.ravel().tolist() == [-1.0 - i for i in range(300)]
    assert not split.y_train.any()
    assert ((split.X_test.ravel() > 0) == split.y_test).all()
    assert split.y_test.tolist() == [0] * 400 + [1] * 100


def test_of_more_rows_a_sample_is_taken_with_the_share_of_anomalies(put):
    make = put()
    split = make(rows=50)
    assert (len(split.X_train), len(split.X_test), int(split.y_test.sum())) == (50, 50, 10)
    assert ((split.X_test.ravel() > 0) == split.y_test).all()
    assert len(np.unique(split.X_test)) == 50
    assert (make(rows=50).X_train == split.X_train).all()
    assert set(make(1, rows=50).X_train.ravel()) != set(split.X_train.ravel())
    assert len(make(rows=1000).X_test) == 500


def test_a_rare_anomaly_is_never_left_out(put):
    assert put(anomalies=1)(rows=20).y_test.sum() == 1


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"test_labels": None}, "has no array test_labels"),
        ({"test": np.array([object()])}, "cannot be read"),
        ({"train_labels": np.ones(300, dtype=int)}, "anomalies among its training rows"),
        ({"test": np.zeros((3, 1))}, "label"),
    ],
)
def test_what_is_no_such_table_is_said(put, changes, what):
    with pytest.raises(DataError, match=what):
        put(**changes)()


def test_a_pattern_needs_tables_that_are_here(tmp_path, monkeypatch):
    monkeypatch.setenv("BENCH_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("BENCH_CACHE_DIR", str(tmp_path / "cache"))
    with pytest.raises(BenchError, match=r"data pull oddbench:\*"):
        choose_datasets(["oddbench:*"], load_registry([], installed=False))
