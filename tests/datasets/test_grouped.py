"""Rows that belong together stay on one side of a split."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.errors import DataError
from bench.splits.grouping import equal_rows
from bench.splits.split import Split
from bench.trials.split_cache import make_split

ADBENCH = Path(__file__).parents[3] / "shared" / "data" / "adbench"


def split(X, y, seed=0, **options):
    return Split.stratified(X, y, np.random.default_rng(seed), **options)


def parts(made):
    return [part for part in (made.train, made.calibration, made.test) if part is not None]


def sides(made):
    """The parts in which each distinct row lies."""
    found = {}
    for i, part in enumerate(parts(made)):
        for row in part.X.tolist():
            found.setdefault(tuple(row), set()).add(i)
    return found


def contents(made):
    """All rows with their labels, in an order of their own."""
    return sorted(
        (*row, label)
        for part in parts(made)
        for row, label in zip(part.X.tolist(), part.y.tolist(), strict=True)
    )


@given(
    sizes=st.lists(st.integers(1, 12), min_size=8, max_size=40),
    anomalies=st.integers(3, 5),
    seed=st.integers(0, 20),
)
def test_equal_rows_are_on_one_side_and_no_row_is_lost(sizes, anomalies, seed):
    X = np.repeat(np.arange(len(sizes), dtype=float), sizes)[:, None]
    y = (X[:, 0] < anomalies).astype(int)
    made = split(X, y, seed)
    assert all(len(where) == 1 for where in sides(made).values())
    assert contents(made) == sorted(zip(X[:, 0], y.tolist(), strict=True))


@pytest.mark.parametrize("duplicates", ["group", "drop", "keep"])
@pytest.mark.parametrize("shares", [(0.3, 0.2), (0.5, 0.0), (0.15, 0.35)])
@given(rows=st.integers(10, 200), seed=st.integers(0, 9))
def test_distinct_rows_are_split_as_they_always_were(duplicates, shares, rows, seed):
    """Stored results stay valid: the parts, row for row, of the protocol before there were groups."""
    X, y = np.random.default_rng(seed).normal(size=(rows, 2)), np.arange(rows) % 5 == 0
    *class_rngs, order_rng = np.random.default_rng(seed).spawn(3)
    by_class = []
    for value, rng in enumerate(class_rngs):
        places = rng.permutation(np.flatnonzero(y == value))
        ends = [round(len(places) * shares[0]), round(len(places) * sum(shares))]
        by_class.append(np.split(places, ends))
    test, calibration, train = (order_rng.permutation(np.concatenate(p)) for p in zip(*by_class, strict=True))
    if not y[test].any():
        return
    made = split(X, y, seed, test=shares[0], calibration=shares[1], duplicates=duplicates)
    assert np.array_equal(made.X_train, X[train])
    assert np.array_equal(made.X_test, X[test])
    assert np.array_equal(made.y_test, y[test])
    assert np.array_equal(made.X_calibration, X[calibration]) if shares[1] else made.X_calibration is None


def test_the_shares_are_met_where_groups_are_small():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 400, size=(4000, 1)).astype(float)
    y = X[:, 0] < 40
    for seed in range(5):
        made = split(X, y, seed)
        assert len(made.y_test) == pytest.approx(1200, abs=30)
        assert len(made.y_calibration) == pytest.approx(800, abs=30)
        for part in parts(made):
            assert part.y.mean() == pytest.approx(y.mean(), abs=0.02)


def test_more_anomalies_leave_the_normal_rows_where_they_are():
    rng = np.random.default_rng(0)
    normal = rng.integers(0, 50, size=(300, 1)).astype(float)
    few, many = (split(np.concatenate([normal, -1.0 - np.arange(n)[:, None]]), np.repeat([0, 1], [300, n]))
                 for n in (20, 60))  # fmt: skip
    for one, other in zip(parts(few), parts(many), strict=True):
        assert np.array_equal(np.sort(one.X[one.y == 0], axis=0), np.sort(other.X[other.y == 0], axis=0))


def test_a_row_that_is_most_anomalies_is_trained_on_and_the_rest_are_tested_on():
    """One attack, 90 times, and ten others: what is tested is whether the others are found."""
    X = np.concatenate([np.arange(400), np.full(90, -1), -2 - np.arange(10)])[:, None].astype(float)
    y = np.repeat([0, 1], [400, 100])
    for seed in range(10):
        made = split(X, y, seed)
        assert [int(part.y.sum()) for part in parts(made)] == [95, 2, 3]
        assert -1 in made.X_train


@pytest.mark.parametrize("copies", [[600], [200, 200, 200], [300, 150, 100, 50]])
def test_each_part_has_its_share_of_the_distinct_rows(copies):
    """Training once held nothing but the copies of one row, and a test part next to nothing else."""
    X = np.concatenate([np.arange(450), 450 + np.repeat(np.arange(len(copies)), copies)])[:, None] * 1.0
    y = (X[:, 0] < 50).astype(int)
    for seed in range(5):
        made = split(X, y, seed)
        distinct = [len(np.unique(part.X[part.y == 0])) for part in parts(made)]
        assert distinct == [pytest.approx(share * 400, abs=3) for share in (0.5, 0.2, 0.3)]
        assert [int(part.y.sum()) for part in parts(made)] == [25, 10, 15]


def test_where_copies_are_many_each_part_has_about_its_share_of_the_rows():
    X = np.repeat(np.arange(120.0), np.r_[np.ones(100, int), np.full(20, 45)])[:, None]
    y = X[:, 0] < 20
    for seed in range(5):
        rows = [np.sum(part.y == 0) for part in parts(split(X, y, seed))]
        assert np.abs(rows - 980 * np.array([0.5, 0.2, 0.3])).max() <= 45


def test_different_seeds_hold_back_different_groups():
    X = np.repeat(np.arange(40.0), 30)[:, None]
    tested = {frozenset(split(X, X[:, 0] < 10, seed).X_test[:, 0]) for seed in range(6)}
    assert len(tested) == 6


@pytest.mark.parametrize("copies", [[30], [29, 1]])
def test_a_class_of_fewer_distinct_rows_than_parts_is_split_row_by_row(copies):
    X = np.concatenate([np.arange(270), -1 - np.repeat(np.arange(len(copies)), copies)])[:, None] * 1.0
    made = split(X, X[:, 0] < 0)
    assert [int(part.y.sum()) for part in parts(made)] == [15, 6, 9]
    machine = np.where(X[:, 0] < 0, -1, X[:, 0])  # known groups are never parted
    assert split(X, X[:, 0] < 0, groups=machine).y_train.sum() == 0


def test_no_part_that_can_have_an_anomaly_is_without():
    """Of four distinct anomalies one is copied: it is trained on, and every part has another."""
    X = np.concatenate([np.arange(300), np.full(97, -1), [-2, -3, -4]])[:, None] * 1.0
    for seed in range(10):
        made = split(X, X[:, 0] < 0, seed, test=0.1, calibration=0.4)
        assert all(part.y.any() for part in parts(made))


@pytest.mark.parametrize("copies", [[50, 50], [34, 33, 33], [100], [97, 1, 1, 1]])
def test_the_test_part_gets_an_anomaly_however_few_differ(copies):
    X = np.concatenate([np.arange(300), -1 - np.repeat(np.arange(len(copies)), copies)])[:, None].astype(
        float
    )
    y = np.repeat([0, 1], [300, 100])
    for seed in range(10):
        assert split(X, y, seed, test=0.1, calibration=0.4).y_test.any()


def test_equal_rows_with_both_labels_stay_together_with_their_labels():
    X = np.repeat(np.arange(100.0), 3)[:, None]
    y = np.zeros(300)
    y[::3] = np.arange(100) % 2  # of every second triple one row is anomalous
    y[:60] = 1
    made = split(X, y)
    assert all(len(where) == 1 for where in sides(made).values())
    assert contents(made) == sorted(zip(X[:, 0], y.tolist(), strict=True))


def test_known_groups_take_the_place_of_equality():
    rng = np.random.default_rng(0)
    patient = rng.integers(0, 40, 400)
    X = np.column_stack([rng.normal(size=400), patient])
    made = split(X, patient < 10, groups=[f"patient {number}" for number in patient])
    where = {}
    for i, part in enumerate(parts(made)):
        for number in part.X[:, 1]:
            where.setdefault(number, set()).add(i)
    assert len(where) == 40
    assert all(len(each) == 1 for each in where.values())


def test_known_groups_are_those_of_the_rows_that_are_left():
    X = np.repeat(np.arange(60.0), 2)[:, None]
    machine = np.repeat(np.arange(30), 4)
    made = split(X, machine < 10, groups=machine, duplicates="drop")
    assert sum(len(part.y) for part in parts(made)) == 60
    for first in range(0, 60, 2):
        assert sides(made)[first,] == sides(made)[first + 1,]


def test_drop_keeps_one_of_equal_rows_for_each_label():
    X = np.repeat(np.arange(50.0), 4)[:, None]
    y = np.repeat(np.arange(50) < 10, 4).astype(int)
    y[0] = 0  # the first row has both labels
    assert contents(split(X, y, duplicates="drop")) == [
        (0.0, 0),
        (0.0, 1),
        *((i, int(i < 10)) for i in range(1, 50)),
    ]


def test_keep_takes_each_copy_for_a_row_of_its_own():
    X = np.repeat(np.arange(50.0), 10)[:, None]
    made = split(X, X[:, 0] < 10, duplicates="keep")
    assert all(len(where) > 1 for where in sides(made).values())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"duplicates": "remove"}, "unknown duplicates='remove'; use one of: group, drop, keep"),
        ({"groups": [1, 2]}, r"groups has the shape \(2,\); it must be \(30,\)"),
    ],
)
def test_what_is_no_choice_is_refused(options, words):
    with pytest.raises(DataError, match=words):
        split(np.arange(30.0)[:, None], np.arange(30) < 9, **options)


@given(st.lists(st.lists(st.sampled_from([0.0, -0.0, 1.0, -1.0, 1e308]), min_size=3, max_size=3), min_size=1))
def test_equal_rows_are_found_and_no_others(rows):
    expected = [next(j for j, other in enumerate(rows) if other == row) for row in rows]
    assert equal_rows(np.array(rows)).tolist() == expected


def test_rows_that_differ_in_the_last_bit_are_not_equal():
    X = np.array([[1.0, 2.0], [1.0, np.nextafter(2.0, 3.0)], [2.0, 1.0], [1.0, 2.0]])
    assert equal_rows(X).tolist() == [0, 1, 2, 0]


@pytest.fixture
def data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("BENCH_DATA_DIR", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("duplicates", "rows", "shared"), [("group", 200, 0), ("drop", 50, 0), ("keep", 200, 1)]
)
def test_a_file_says_what_becomes_of_its_copies(registry, data_folder, duplicates, rows, shared):
    X = np.repeat(np.arange(50.0), 4)[:, None]
    np.savez(data_folder / "copies.npz", X=X, y=X[:, 0] < 10)
    made = make_split(registry.datasets["adbench"], {"file": "copies", "duplicates": duplicates}, 0)
    assert sum(len(part.y) for part in parts(made)) == rows
    assert bool(set(made.X_train[:, 0]) & set(made.X_test[:, 0])) == bool(shared)


@pytest.mark.skipif(not ADBENCH.is_dir(), reason="ADBench's files are not beside the project")
@pytest.mark.parametrize("file", ["4_breastw", "38_thyroid", "47_yeast"])
def test_no_test_row_of_a_real_table_is_trained_on(registry, monkeypatch, file):
    monkeypatch.setenv("BENCH_DATA_DIR", str(ADBENCH))
    made = make_split(registry.datasets["adbench"], {"file": file}, 0)
    trained = {row.tobytes() for row in made.X_train}
    assert not any(row.tobytes() in trained for row in made.X_test)
    rows = sum(len(part.y) for part in parts(made))
    assert len(made.y_test) == pytest.approx(0.3 * rows, rel=0.05)
