from __future__ import annotations

import csv
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from file_server import serving

from bench.cli import main
from bench.data.catalogue import COMMIT, known_files

ROOT = Path(__file__).parents[2]
# One of ADBench's files as it is; its rows are from UCI's Breast Cancer Wisconsin (Original), CC BY 4.0.
WBC = ROOT / "tests" / "files" / "42_WBC.npz"
WBC_PATH = "/adbench/datasets/Classical/42_WBC.npz"


@pytest.fixture
def bench(monkeypatch, tmp_path, capsys):
    """Run ``python -m bench`` in this process, with an empty cache."""
    monkeypatch.setenv("BENCH_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("BENCH_DATA_DIR", "")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["bench", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        return SimpleNamespace(returncode=ended.value.code, stdout=captured.out, stderr=captured.err)

    return run


@pytest.fixture
def server(monkeypatch):
    """A mirror of ADBench's repository."""
    with serving() as served:
        served.files[WBC_PATH] = WBC.read_bytes()
        monkeypatch.setenv("BENCH_DATA_URL", served.url)
        yield served


@pytest.fixture
def cached(tmp_path):
    """The names of what has been fetched, parts of files included."""
    return lambda: {file.name for file in tmp_path.glob("cache/adbench/*")} - {".lock"}


def fails(process, *words):
    """One line on standard error and no traceback."""
    assert process.returncode == 2, process.stderr
    [line] = process.stderr.strip().splitlines()
    assert line.startswith("error: ")
    for word in words:
        assert word in line


def line_of(label, process):
    assert process.returncode == 0, process.stderr
    [line] = [line for line in process.stdout.splitlines() if line.split()[:1] == [label]]
    return line


def test_what_was_pulled_can_be_run(bench, server, cached, tmp_path):
    knn = ("--suite", "quick", "--detectors", "knn", "--seeds", "1", "--results", str(tmp_path))
    fails(bench("run", *knn, "--datasets", "adbench:42_WBC"), "python -m bench data pull adbench:42_WBC")
    fails(bench("run", *knn, "--datasets", "adbench:*WBC"), "`data pull adbench:*`", "--data-dir")
    pulled = bench("data", "pull", "adbench:*WBC")
    assert pulled.returncode == 0, pulled.stderr
    assert pulled.stdout == "1/1 adbench:42_WBC (1.4 kB)\n"
    assert cached() == {"42_WBC.npz"}
    assert "adbench:42_WBC" in bench("list", "datasets").stdout
    fails(bench("run", *knn, "--datasets", "adbench:*vowels*"), "unknown dataset", "`data pull adbench:*`")
    assert "1 to run" in bench("status", *knn, "--datasets", "adbench:*").stdout


def test_what_is_here_is_not_fetched_again(bench, server):
    for _ in range(2):
        assert bench("data", "pull", "adbench:42_WBC").returncode == 0
    assert len(server.requests) == 1


def test_the_list_shows_what_is_known_and_what_is_here(bench, server, tmp_path):
    line = line_of("adbench:42_WBC", bench("data", "list"))
    for word in ("223", "9", "10", "1.4 kB", "CC BY 4.0", "UCI", "4_breastw", "43_WDBC", "breast_cancer"):
        assert word in line
    assert "cache" not in line
    bench("data", "pull", "adbench:42_WBC")
    assert "cache" in line_of("adbench:42_WBC", bench("data", "list"))
    own = tmp_path / "own"
    own.mkdir()
    np.savez(own / "42_WBC.npz", X=np.zeros((3, 2)), y=np.zeros(3))
    np.savez(own / "mine.npz", X=np.zeros((3, 2)), y=np.zeros(3))
    process = bench("data", "list", "--data-dir", str(own))
    assert "data folder, other content" in line_of("adbench:42_WBC", process)
    assert "data folder" in line_of("adbench:mine", process)
    assert "2 of 188 are here" in process.stdout


def test_a_wrong_checksum_is_refused_and_the_file_deleted(bench, server, cached):
    server.files[WBC_PATH] = WBC.read_bytes()[:-1] + b"?"
    fails(bench("data", "pull", "adbench:42_WBC"), "42_WBC.npz", "wrong checksum", "was deleted")
    assert cached() == set()
    fails(bench("status", "--datasets", "adbench:42_WBC"), "is not here yet")


def test_a_truncated_file_is_not_used(bench, server, cached):
    server.cuts = [700]
    fails(bench("data", "pull", "adbench:42_WBC"), "42_WBC.npz", "broke off", "of 1444 bytes", "run it again")
    assert "42_WBC.npz" not in cached()
    assert bench("data", "pull", "adbench:42_WBC").returncode == 0
    assert cached() == {"42_WBC.npz"}


def test_without_a_network_one_sentence_says_what_to_do(bench, monkeypatch):
    with serving() as gone:
        pass
    monkeypatch.setenv("BENCH_DATA_URL", gone.url)
    fails(bench("data", "pull", "--all"), "127.0.0.1", "cannot be reached", "--data-dir")


def test_one_file_that_fails_does_not_stop_the_others(bench, server, cached):
    process = bench("data", "pull", "adbench:4_breastw,adbench:42_WBC,adbench:43_WDBC")
    fails(process, "4_breastw.npz cannot be fetched: 404 Not Found", "43_WDBC.npz")
    assert cached() == {"42_WBC.npz"}


@pytest.mark.parametrize(
    "name",
    ["adbench:../42_WBC", "adbench:/etc/passwd", "openml:../31", "openml:a/b:1", "uci:../17", "../../x", "*"],
)
def test_names_that_lead_elsewhere_are_refused(bench, server, name):
    fails(bench("data", "pull", name), repr(name.partition(":")[2] or name).strip("'"))
    assert server.requests == []


@pytest.mark.parametrize("name", ["../42_WBC", "/etc/passwd", "..\\\\42_WBC"])
def test_names_that_lead_elsewhere_are_not_read(bench, server, name):
    fails(bench("status", "--datasets", f'adbench:"{name}"'), "is no name of a data file")


def test_a_name_that_is_not_known_gets_the_nearest_one(bench, server):
    fails(bench("data", "pull", "adbench:6_cardo"), "did you mean 'adbench:6_cardio'?")
    fails(bench("data", "pull", "6_cardio"), "did you mean 'adbench:6_cardio'?")
    fails(bench("data", "pull", "uci:18"), "unknown UCI identifier '18'", "openml:ID")
    fails(bench("data", "pull"), "say what to fetch", "--all")


def test_files_come_from_the_commit_that_the_checksums_are_of(monkeypatch):
    monkeypatch.delenv("BENCH_DATA_URL", raising=False)
    assert known_files()["6_cardio"].url == (
        f"https://raw.githubusercontent.com/Minqi824/ADBench/{COMMIT}/adbench/datasets/Classical/6_cardio.npz"
    )


def test_the_catalogue_is_the_manifest_and_each_file_has_a_source():
    manifest = ROOT.parent / "shared" / "data" / "adbench-manifest.csv"
    if not manifest.is_file():
        pytest.skip("the manifest that the catalogue was copied from is not beside the project")
    assert (ROOT / "bench" / "data" / "manifest.csv").read_bytes() == manifest.read_bytes()
    with manifest.open() as file:
        assert [row["name"] for row in csv.DictReader(file)] == list(known_files())
    assert all(known.source and known.licence for known in known_files().values())
