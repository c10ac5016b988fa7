"""The dataset `file`: a person's own table as a split."""

from __future__ import annotations

import os

import numpy as np
import pandas as pd
import pytest

from bench.errors import BenchWarning, DataError
from bench.tables.reading import MOST_ROWS
from bench.trials.split_cache import make_split


@pytest.fixture
def own(registry):
    """A split of a file for some parameters."""
    plugin = registry.datasets["file"]
    return lambda path, seed=0, **params: make_split(
        plugin, {**plugin.defaults, "path": str(path), **params}, seed
    )


def table(rows=200):
    """A table whose first column identifies its rows."""
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "row": rng.permutation(rows),
            "size": np.where(rng.random(rows) < 0.2, np.nan, rng.normal(size=rows)),
            "colour": rng.choice(["red", "blue", "green"], rows),
            "state": np.where(np.arange(rows) % 10, "fine", "broken"),
        }
    )


@pytest.fixture
def file(tmp_path):
    table().to_csv(tmp_path / "mine.csv", index=False)
    return tmp_path / "mine.csv"


def test_a_file_is_split_by_label_and_encoded(own, file):
    split = own(file, label="state", normal="fine", test=0.4, calibration=0.1)
    parts = (split.train, split.calibration, split.test)
    assert [np.bincount(part.y).tolist() for part in parts] == [[90, 10], [18, 2], [72, 8]]
    assert split.shape == (5,)  # row, size and a column for each of three colours
    assert split.scaling == "standard"
    rows = np.concatenate([part.X[:, 0] for part in parts])
    assert sorted(rows) == list(range(200))
    anomalous = np.concatenate([part.X[part.y == 1, 0] for part in parts])
    assert sorted(anomalous) == sorted(table()["row"][::10])


def test_what_encodes_the_rows_is_learnt_from_training_rows(own, file):
    split = own(file, label="state", normal="fine")
    sizes = table().set_index("row")["size"]
    median = np.nanmedian(sizes[split.X_train[:, 0]])
    for part in (split.train, split.calibration, split.test):
        missing = sizes[part.X[:, 0]].isna().to_numpy()
        assert missing.any()
        assert np.allclose(part.X[missing, 1], median)


def test_a_table_of_flags_alone_is_split(own, tmp_path):
    flags = np.random.default_rng(0).random((400, 8)) < 0.4
    pd.DataFrame(flags).assign(y=np.arange(400) % 9 == 0).to_csv(tmp_path / "flags.csv", index=False)
    split = own(tmp_path / "flags.csv", label="y")
    assert set(split.X_train.ravel()) == {0, 1}
    assert split.y_train.sum() == pytest.approx(0.5 * 45, abs=4)


def test_equal_rows_stay_together(own, tmp_path):
    frame = pd.DataFrame({"a": np.arange(300) % 60, "b": "x", "y": (np.arange(300) % 60 < 12).astype(int)})
    frame.to_csv(tmp_path / "copies.csv", index=False)
    split = own(tmp_path / "copies.csv", label="y")
    assert not set(split.X_train[:, 0]) & set(split.X_test[:, 0])


def test_the_seed_moves_the_rows_and_columns_can_be_left_out(own, file):
    params = {"label": "state", "normal": "fine"}
    one, same, other = (own(file, seed, **params) for seed in (1, 1, 2))
    assert np.array_equal(one.X_test, same.X_test)
    assert not np.array_equal(one.X_test, other.X_test)
    assert own(file, drop="size, colour", **params).shape == (1,)
    assert own(file, drop='"size"', **params).shape == (4,)
    assert own(file, scaling="none", **params).scaling == "none"


def test_of_many_rows_a_sample_is_split(own, file):
    with pytest.warns(UserWarning, match="a random sample of 120"):
        split = own(file, label="state", normal="fine", rows=120)
    assert sum(len(part.y) for part in (split.train, split.calibration, split.test)) == 120


def test_anomalies_that_are_all_equal_are_in_every_part(own, tmp_path):
    """Where four columns of 0 and 1 make a row, copies are no leak, and the labelled regimes need some."""
    rows = [f"{i % 2},{i // 2 % 2},{i // 4 % 2},0,fine" for i in range(270)] + ["1,1,1,1,broken"] * 30
    (tmp_path / "binary.csv").write_text("\n".join(["a,b,c,d,state", *rows]))
    split = own(tmp_path / "binary.csv", label="state", normal="fine")
    assert [int(part.y.sum()) for part in (split.train, split.calibration, split.test)] == [15, 6, 9]


def test_of_many_rows_the_rare_anomalies_are_kept(own, tmp_path):
    """A uniform sample of 2 000 of 8 000 rows would hold one or two of the six."""
    frame = table(8000).assign(state="fine")
    frame.loc[[7, 1500, 3000, 5000, 6000, 7999], "state"] = "broken"
    frame.to_csv(tmp_path / "rare.csv", index=False)
    with pytest.warns(UserWarning, match="a random sample of 2,000 of them is used, which holds rare values"):
        split = own(tmp_path / "rare.csv", label="state", normal="fine", rows=2000)
    parts = (split.train, split.calibration, split.test)
    assert sum(len(part.y) for part in parts) == 2000
    assert [int(part.y.sum()) for part in parts] == [3, 1, 2]


def test_by_default_as_many_rows_are_used_as_are_read(registry):
    assert registry.datasets["file"].defaults["rows"] == MOST_ROWS


def test_the_fingerprint_is_that_of_the_content(registry, file, tmp_path):
    fingerprint = registry.datasets["file"].fingerprint
    first = fingerprint(path=str(file), label="state")
    copy = tmp_path / "copy.csv"
    copy.write_bytes(file.read_bytes())
    assert fingerprint(path=str(copy)) == first
    file.write_text(file.read_text().replace("red", "rot"))
    os.utime(file, ns=(1, 1))  # a clock too coarse to tell the two apart is not what is tested
    assert fingerprint(path=str(file)) != first


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({}, "it needs the column of labels: label=COLUMN"),
        ({"label": "stat"}, "did you mean 'state'"),
        ({"label": "state"}, "say which value is normal"),
        ({"label": "state", "normal": "good"}, "no row has the label 'good'"),
        ({"label": "size"}, "different values, so it is not a label"),
        ({"label": "state", "normal": "fine", "drop": "sise"}, "did you mean 'size'"),
        ({"label": "state", "normal": "fine", "drop": "state"}, "unknown column 'state'"),
        ({"label": "state", "normal": "fine", "test": 0.9}, "together at most 1"),
    ],
)
def test_what_cannot_be_done_with_a_file_is_said(own, file, params, message):
    with pytest.raises(DataError, match=message):
        own(file, **params)


def test_a_file_is_read_as_the_parameters_say(own, file, tmp_path):
    odd = tmp_path / "odd.csv"
    table().to_csv(odd, sep="^", decimal=",", header=False, index=False, encoding="utf-16-le")
    names = [str(number) for number in range(1, table().shape[1] + 1)]
    label = names[list(table().columns).index("state")]
    signs = {"sep": "^", "decimal": ",", "encoding": "utf-16-le", "header": False}
    split = own(odd, label=label, normal="fine", **signs)
    assert (split.X_train == own(file, label="state", normal="fine").X_train).all()


def test_rows_without_a_label_are_left_out(own, file):
    frame = table()
    frame.loc[frame.index[5:9], "state"] = None
    frame.to_csv(file, index=False)
    with pytest.warns(BenchWarning, match="4 of 200 rows have no label in column 'state' and are left out"):
        split = own(file, label="state", normal="fine")
    assert sum(len(part.y) for part in (split.train, split.calibration, split.test)) == 196


@pytest.mark.parametrize("name", ["gone.csv", "folder"])
def test_a_file_that_is_not_there_is_named(registry, tmp_path, name):
    (tmp_path / "folder").mkdir()
    with pytest.raises(DataError, match=f"{name}' cannot be read"):
        registry.datasets["file"].fingerprint(path=str(tmp_path / name))


def test_too_few_anomalies_are_said(own, tmp_path):
    frame = table(40).assign(state=np.where(np.arange(40) == 3, "broken", "fine"))
    frame.to_csv(tmp_path / "few.csv", index=False)
    with pytest.raises(DataError, match="anomal"):
        own(tmp_path / "few.csv", label="state", normal="fine")


def test_a_table_whose_columns_are_all_constant_is_refused_in_a_sentence(own, tmp_path):
    path = tmp_path / "constant.csv"
    path.write_text("a,b,y\n" + "".join(f"1,2,{int(i % 9 == 0)}\n" for i in range(60)))
    with pytest.raises(DataError, match="no column distinguishes the rows"):
        own(path, label="y")
