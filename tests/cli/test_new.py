"""``new`` on the command line: the files that it writes work as they are."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["new", "detector", "knn"], ["'knn' is taken by"]),
        (["new", "dataset", "bumps"], ["'bumps' is taken by"]),
        (["new", "detector", "My-Own"], ["'My-Own' cannot name a detector", "my_detector"]),
        (["new", "dataset", "class"], ["'class' cannot name a dataset"]),
    ],
)
def test_an_error_of_use_is_one_sentence_and_gives_exit_code_2(cli, arguments, words):
    process = cli(*arguments)
    assert process.returncode == 2
    [line] = process.stderr.strip().splitlines()
    assert line.startswith("error: ")
    assert all(word in line for word in words)


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
