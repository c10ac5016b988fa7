"""``check`` and ``new`` from the command line, and checks in watched processes."""

from __future__ import annotations

import pytest

from bench.errors import BenchError
from bench.kit.checking import check_all
from bench.kit.new import write_plugin as write_new_plugin
from bench.plugins.registry import load_registry
from bench.trials.trial import Named

TWO = """
    from bench import detector

    class Height:
        def fit(self, train):
            pass
        def score(self, X):
            return abs(X - 1).max(axis=1)

    @detector
    class Fine(Height):
        "Fine."

    @detector(flaws=("prints",))
    class Loud(Height):
        "Loud."
        def score(self, X):
            print("scoring")
            return super().score(X)

    @detector(requires=("no_such_package",))
    class Elsewhere(Height):
        "Elsewhere."
"""
BAD = """
    import os
    import time
    from bench import detector

    @detector
    class Dies:
        "Ends its process."
        def fit(self, train):
            os._exit(3)
        def score(self, X):
            return X[:, 0]

    @detector
    class Hangs(Dies):
        "Never ends."
        def fit(self, train):
            time.sleep(600)

    @detector
    class Upside(Dies):
        "Upside down."
        def fit(self, train):
            pass
        def score(self, X):
            return -abs(X - 1).max(axis=1)
"""


def test_what_keeps_the_contract_is_shown_and_leaves_with_0(cli, write_plugin):
    write_plugin("two", TWO)
    process = cli("check", "fine,loud", "elsewhere", "--plugins", "plugins")
    assert process.returncode == 0, process.stderr
    assert "elsewhere: not installed: pip install no_such_package" in process.stdout
    assert "2/2" in process.stdout
    table = [line.split() for line in process.stdout.splitlines()]
    [fine], [loud] = ([row for row in table if row[:1] == [name]] for name in ("fine", "loud"))
    assert set(fine) == {"fine", "ok", "-"}
    assert loud.count("declared") == 1
    assert "FAIL" not in process.stdout


def test_what_breaks_it_is_named_and_leaves_with_1(cli, write_plugin):
    write_plugin("bad", BAD)
    process = cli("check", "upside", "die*", "--plugins", "plugins", "--jobs", "1")
    assert process.returncode == 1
    lines = process.stdout.splitlines()
    assert "FAIL upside direction: ROC AUC 0.00 on easy rows; anomalies must get higher scores" in lines
    assert "FAIL dies runs: its process died (exit code 3)" in lines


def test_a_single_detector_is_shown_check_by_check(cli):
    process = cli("check", "parzen_windows:bandwidth=0.5")
    assert process.returncode == 0, process.stdout
    assert "parzen_windows:bandwidth=0.5" in process.stdout
    assert "Scores a single row." in process.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["check"], ["say what to check", "--all"]),
        (["check", "knnn"], ["did you mean 'knn'?"]),
        (["check", "knn", "--timeout", "soon"], ["'soon' is not a length of time"]),
        (["new", "detector", "knn"], ["'knn' is taken by"]),
        (["new", "dataset", "bumps"], ["'bumps' is taken by"]),
        (["new", "detector", "My-Own"], ["'My-Own' cannot name a detector", "my_detector"]),
        (["new", "dataset", "class"], ["'class' cannot name a dataset"]),
    ],
)
def test_an_error_of_use_is_one_sentence_and_leaves_with_2(cli, arguments, words):
    process = cli(*arguments)
    assert process.returncode == 2
    [line] = process.stderr.strip().splitlines()
    assert line.startswith("error: ")
    assert all(word in line for word in words)


def test_a_detector_that_hangs_is_stopped(write_plugin):
    registry = load_registry([write_plugin("bad", BAD)], installed=False)
    [report] = check_all([Named("hangs", "hangs", {})], registry, jobs=1, timeout=0.5)
    assert report.failures == {"runs": "it ran longer than 0.5 s and was stopped"}


def test_a_new_detector_keeps_the_contract_and_runs(cli, tmp_path):
    (tmp_path / "detectors").mkdir()
    process = cli("new", "detector", "my_own2_thing")
    assert process.returncode == 0, process.stderr
    wrote, check, run = process.stdout.strip().splitlines()
    assert wrote == "wrote detectors/my_own2_thing.py; next:"
    assert len((tmp_path / "detectors" / "my_own2_thing.py").read_text().splitlines()) < 50
    checked = cli(*check.split()[3:])
    assert checked.returncode == 0, checked.stdout
    ran = cli(*run.split()[3:], "--datasets", "breast_cancer")
    assert ran.returncode == 0, ran.stderr
    assert "my_own2_thing" in (tmp_path / "results" / "leaderboard.md").read_text()


def test_a_new_dataset_runs(cli, tmp_path):
    process = cli("new", "dataset", "my_rows", "--folder", "mine/data")
    assert process.returncode == 0, process.stderr
    wrote, listed, run = process.stdout.strip().splitlines()
    assert wrote == "wrote mine/data/my_rows.py; next:"
    assert "my_rows" in cli(*listed.split()[3:]).stdout
    ran = cli(*run.split()[3:])
    assert ran.returncode == 0, ran.stderr
    assert "isolation_forest" in (tmp_path / "results" / "leaderboard.md").read_text()


def test_no_file_is_overwritten(tmp_path):
    file = write_new_plugin("detector", "mine", tmp_path)
    file.write_text("changed")
    with pytest.raises(BenchError, match="is there already"):
        write_new_plugin("detector", "mine", tmp_path)
    assert file.read_text() == "changed"


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(BenchError, match="choose another --folder"):
        write_new_plugin("dataset", "mine", tmp_path / "file")
