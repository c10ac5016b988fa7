"""What a person sees who runs detectors on a file of their own."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer

from bench.api import _choosing as options
from bench.api._own_data import OwnData
from bench.errors import BenchError


def tumours():
    """A table as people have it: text, missing values, labels in words."""
    data = load_breast_cancer(as_frame=True)
    rng = np.random.default_rng(0)
    frame = data.data.iloc[:, :6].mask(rng.random((569, 6)) < 0.05)
    frame["ward"] = rng.choice(["north", "south", None], 569)
    return frame.assign(diagnosis=np.where(data.target == 0, "malignant", "benign"))


def run(cli, *arguments):
    return cli("run", "--detectors", "knn,isolation_forest", "--seeds", "1", "--jobs", "1", *arguments)


def test_a_file_with_text_and_gaps_gets_a_leaderboard(cli, tmp_path):
    name = "my, data [1] (new).csv"
    tumours().to_csv(tmp_path / name, index=False)
    own = ("--data", name, "--label", "diagnosis", "--normal", "benign", "--drop", "mean area, mean texture")
    process = run(cli, *own)
    assert process.returncode == 0, process.stderr
    # Once, whatever the number of seeds and of detectors.
    [said] = process.stderr.splitlines()
    assert "318 empty cells in 'ward' (205), 'mean radius' (32), " in said
    assert "an empty number becomes its column's median, an empty text counts as a value of its own" in said
    assert "569 rows, 212 of them anomalous (37.3%); 7 columns" in process.stdout
    assert "unsupervised" in process.stdout
    assert "one-class" in process.stdout
    board = (tmp_path / "results" / "leaderboard.md").read_text()
    assert "my, data \\[1] (new).csv, labels from the column diagnosis" in board
    [file] = (tmp_path / "results" / "runs").glob("*/trials.jsonl")
    records = [json.loads(line) for line in file.read_text().splitlines()]
    assert len(records) == 4
    assert {record["status"] for record in records} == {"ok"}
    assert {record["contamination"] for record in records} == {0.1}
    assert {record["rows"]["columns"] for record in records} == {4 + 3}
    assert all(record["metrics"]["ranking"]["roc_auc"] > 0.6 for record in records)
    again = run(cli, *own)
    assert "0 trials to run, 4 of 4 trials finished before" in again.stdout


def series_table(rows=600):
    """A sine measured each minute, which stands still for 20 minutes after 400."""
    minutes = np.arange(rows)
    load = np.sin(2 * np.pi * minutes / 24) + 0.05 * np.random.default_rng(0).standard_normal(rows)
    stuck = (minutes >= 400) & (minutes < 420)
    times = pd.Timestamp("2026-01-01") + pd.to_timedelta(minutes, unit="min")
    return pd.DataFrame({"when": times, "load": np.where(stuck, 0.2, load), "bad": stuck.astype(int)})


def test_a_file_with_a_column_of_time_is_a_series(cli, tmp_path):
    series_table().to_csv(tmp_path / "load.csv", index=False)
    own = ("--data", "load.csv", "--time", "when", "--label", "bad", "--seeds", "1", "--jobs", "1")
    process = cli("run", "--detectors", "knn:window=auto,knn", *own)
    assert process.returncode == 0, process.stderr
    [file] = (tmp_path / "results" / "runs").glob("*/trials.jsonl")
    records = [json.loads(line) for line in file.read_text().splitlines()]
    assert {(r["detector"]["label"], r["regime"], r["status"]) for r in records} == {
        (detector, regime, "ok")
        for detector in ("knn", "knn:window=auto") for regime in ("unsupervised", "one-class")
    }  # fmt: skip
    found = {r["detector"]["label"]: r["metrics"]["ranking"]["roc_auc"] for r in records}
    assert found["knn:window=auto"] > 0.9


def test_what_is_done_to_a_series_out_of_order_is_said(cli, tmp_path):
    series_table().iloc[::-1].drop(index=[100, 101, 102, 103]).to_csv(tmp_path / "load.csv", index=False)
    process = cli(
        "run", "--data", "load.csv", "--time", "when", "--label", "bad", "--detectors", "hbos:window=9",
        "--seeds", "1", "--jobs", "1",
    )  # fmt: skip
    assert process.returncode == 0, process.stderr
    said = process.stderr.splitlines()
    assert any("sort" in line for line in said)
    assert any("gap" in line for line in said)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--data", "load.csv", "--label", "bad", "--series", "unit"), "name the column of time with --time"),
        (("--time", "when"), "--time is about a file of your own; give it with --data FILE"),
        (("--data", "load.csv", "--label", "bad", "--time", "wen"), "did you mean 'when'"),
    ],
)
def test_options_of_series_that_cannot_be_are_refused(cli, tmp_path, options, message):
    series_table().to_csv(tmp_path / "load.csv", index=False)
    process = cli("run", *options)
    assert process.returncode == 2
    assert message in process.stderr


def test_two_files_of_one_name_are_two_datasets(cli, tmp_path):
    for folder, shift in (("january", 0), ("july", 9)):
        (tmp_path / folder).mkdir()
        rows = np.random.default_rng(shift).normal(size=(60, 2)) + shift
        table = pd.DataFrame(rows, columns=["a", "b"]).assign(y=np.repeat([0, 1], [50, 10]))
        table.to_csv(tmp_path / folder / "t.csv", index=False)
        own = ("--data", "t.csv", "--label", "y", "--results", tmp_path / "results")
        process = cli("run", "--detectors", "knn", "--seeds", "1", "--jobs", "1", *own, cwd=tmp_path / folder)
        assert process.returncode == 0, process.stderr
        assert "2 trials to run" in process.stdout
    board = (tmp_path / "results" / "leaderboard.md").read_text()
    assert board.count("\n## own-t-") == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--data", "mine.csv"], ["needs labels", "--label COLUMN", "recommend mine.csv"]),
        (["--data", "gone.csv", "--label", "y"], ["gone.csv' cannot be read: No such file"]),
        (["--data", "mine.csv", "--label", "diagnosis"], ["benign (357 rows)", "--normal VALUE"]),
    ],
)
def test_what_cannot_be_run_is_one_sentence(cli, tmp_path, arguments, words):
    tumours().to_csv(tmp_path / "mine.csv", index=False)
    process = run(cli, *arguments)
    assert process.returncode == 2, process.stderr
    assert process.stderr.startswith("error: ")
    assert len(process.stderr.strip().splitlines()) == 1
    for word in words:
        assert word in process.stderr
    assert not list((tmp_path / "results").glob("runs/*"))


@pytest.mark.parametrize(
    ("about", "message"),
    [
        ({"label": "y"}, "--label is about a file of your own; give it with --data FILE"),
        ({"normal": "0"}, "--normal is about a file of your own"),
        ({"drop": ["y"]}, "--drop is about a file of your own"),
        ({"file": Path("my file.csv")}, "recommend 'my file.csv'"),
        (
            {"file": Path("a.csv"), "label": "y", "suite": "quick"},
            "--data is run by itself; leave out --suite",
        ),
        ({"file": Path("a.csv"), "label": "y", "datasets": ["bumps"]}, "leave out --suite and --datasets"),
    ],
)
def test_options_that_do_not_go_together_are_refused(registry, about, message):
    choice = {name: about[name] for name in ("suite", "datasets") if name in about}
    file, label, normal, drop = (about.get(name) for name in ("file", "label", "normal", "drop"))
    with pytest.raises(BenchError, match=message):
        options.plan_of(options.Choice(own=options.own_data(file, label, normal, drop), **choice), registry)


def test_a_path_with_commas_and_spaces_is_a_dataset_by_name(registry, tmp_path):
    path = tmp_path / "my, own data.csv"
    path.touch()
    choice = options.Choice(datasets=[f'file:"{path}",label=y,normal=0'], detectors=["knn"])
    plan = options.plan_of(choice, registry)
    assert {cell.dataset.params["path"] for cell in plan.cells} == {str(path)}


def test_files_of_one_name_and_other_labels_have_leaderboards_of_their_own():
    files = [OwnData(Path("a/x.csv"), "y"), OwnData(Path("b/x.csv"), "y"), OwnData(Path("a/x.csv"), "z")]
    assert len({file.suite().name for file in files}) == 3
