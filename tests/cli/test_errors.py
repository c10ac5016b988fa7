"""Whatever is wrong with what a person gives is one clear sentence, with exit code 2."""

from __future__ import annotations

import numpy as np
import pytest


def save(folder, **arrays):
    folder.mkdir(exist_ok=True)
    np.savez(folder / "mine.npz", **arrays)


def rows(n=40):
    return np.random.default_rng(0).random((n, 3))


def fails(process, *words):
    assert process.returncode == 2, process.stderr
    assert "Traceback" not in process.stderr
    assert process.stderr.startswith("error: ")
    for word in words:
        assert word in process.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "--detectors", "iforst"], ["unknown detector 'iforst'", "did you mean", "--plugins DIR"]),
        (["run", "--detectors", "isolation_forst"], ["did you mean 'isolation_forest'?"]),
        (["run", "--datasets", "bump"], ["unknown dataset 'bump'", "did you mean 'bumps'?"]),
        (["run", "--datasets", "bumps:heigth=1"], ["heigth", "did you mean 'height'?"]),
        (["run", "--detectors", "knn:neighbours=3"], ["neighbours", "did you mean 'n_neighbors'?"]),
        (["run", "--detectors", "knn:features=hgo"], ["unknown features 'hgo'", "did you mean 'hog'?"]),
        (["run", "--suite", "quik"], ["unknown suite 'quik'", "did you mean 'quick'?"]),
        (["run", "--suite", "none.toml"], ["none.toml", "No such file"]),
        (["run", "--suite", "quick", "--regimes", "one-clas"], ["did you mean 'one-class'?"]),
        (["run", "--suite", "quick", "--seeds", "two"], ["--seeds 'two'", "'0,3,7'"]),
        (
            ["run", "--suite", "quick", "--settings", "rnadom:5"],
            ["unknown settings 'rnadom:5'", "'random:20'"],
        ),
        (
            ["run", "--suite", "quick", "--detectors", "knn", "--settings", "grid", "--until-resolved"],
            ["--settings default"],
        ),
        (["run", "--suite", "quick", "--plugins", "nowhere"], ["plugin folder", "nowhere"]),
        (["run", "--suite", "real", "--data-dir", "nowhere"], ["--data-dir", "nowhere"]),
        (["run", "--suite", "real", "--datasets", "adbench:*"], ["--data-dir or BENCH_DATA_DIR"]),
        (["run", "--suite", "quick", "--name", "../away"], ["cannot name a run"]),
        (["run"], ["say what to run", "--all"]),
        (["run", "--suite", "quick", "--engine", "rya"], ["unknown engine 'rya'", "did you mean 'ray'?"]),
        (["run", "--suite", "quick", "--address", "auto"], ["--engine ray"]),
        (["run", "--suite", "quick", "--device", "gpu"], ["unknown device 'gpu'", "did you mean 'cpu'?"]),
        (["run", "--suite", "quick", "--memory", "lots"], ["'lots' is not an amount of memory", "'4G'"]),
        (["run", "--suite", "quick", "--budget", "soon"], ["'soon' is not a length of time", "'10m'"]),
        (["time", "--detectors", "knnn"], ["did you mean 'knn'?"]),
        (["show", "knnn"], ["did you mean 'knn'?"]),
        (["report", "--results", "empty"], ["there are no runs in", "run --suite quick"]),
        (["status", "--detectors", "nope"], ["unknown detector 'nope'"]),
    ],
)
def test_a_name_that_is_not_there(cli, arguments, words):
    fails(cli(*arguments), *words)


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"X": rows()}, ["mine.npz has no array y"]),
        ({"X": rows(), "y": np.arange(40) % 3}, ["labels must be 0 (normal) or 1 (anomalous)", "are: 2"]),
        (
            {"X": np.where(rows() > 0.9, np.nan, rows()), "y": np.arange(40) % 2},
            ["NaN or infinite", "in row"],
        ),
        ({"X": rows(), "y": np.zeros(40)}, ["test part has no anomalies"]),
        ({"X": rows(), "y": np.ones(39)}, ["40 rows but labels of shape (39,)"]),
        ({"X": np.array([["a"]] * 40), "y": np.zeros(40)}, ["not numbers"]),
        ({"X": np.array([[{}]] * 40), "y": np.zeros(40)}, ["without pickled objects"]),
    ],
)
def test_data_that_cannot_be_used(cli, tmp_path, arrays, words):
    save(tmp_path / "data", **arrays)
    process = cli(
        "run", "--suite", "real", "--data-dir", "data", "--datasets", "adbench:*", "--detectors", "knn"
    )
    fails(process, "dataset adbench:mine: ", *words)
    assert len(process.stderr.strip().splitlines()) == 1
    assert list((tmp_path / "results" / "runs").iterdir()) == []


def test_a_results_folder_that_cannot_be_written(cli, tmp_path):
    (tmp_path / "file").touch()
    process = cli("run", "--suite", "quick", "--detectors", "knn", "--results", "file")
    fails(process, "cannot write to file", "--results")


def test_a_spoilt_archive_is_named(cli, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "mine.npz").write_bytes(b"PK\x03\x04 not a zip at all")
    process = cli(
        "run", "--suite", "real", "--data-dir", "data", "--datasets", "adbench:mine", "--detectors", "knn"
    )
    fails(process, "mine.npz cannot be read")


def test_debug_shows_the_traceback(cli):
    process = cli("run", "--detectors", "iforst", "--debug")
    assert process.returncode != 0
    assert "Traceback" in process.stderr


def test_a_broken_plugin_is_one_warning_and_the_rest_works(cli, write_plugin):
    write_plugin("broken", "import numpy as np\n\nnp.no_such_function()\n")
    process = cli("list", "detectors", "--plugins", "plugins")
    assert process.returncode == 0
    [warning] = process.stderr.strip().splitlines()
    assert warning.startswith("warning: plugin left out: plugins/broken.py: line 3: AttributeError")
    assert "isolation_forest" in process.stdout
