"""``check`` on the command line: what it prints, and its exit code."""

from __future__ import annotations

import pytest

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
    from bench import detector

    @detector
    class Dies:
        "Ends its process."
        def fit(self, train):
            os._exit(3)
        def score(self, X):
            return X[:, 0]

    @detector
    class Upside(Dies):
        "Upside down."
        def fit(self, train):
            pass
        def score(self, X):
            return -abs(X - 1).max(axis=1)
"""


def test_detectors_that_keep_the_contract_give_exit_code_0(cli, write_plugin):
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


def test_detectors_that_break_it_are_named_with_exit_code_1(cli, write_plugin):
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
    ],
)
def test_an_error_of_use_is_one_sentence_and_gives_exit_code_2(cli, arguments, words):
    process = cli(*arguments)
    assert process.returncode == 2
    [line] = process.stderr.strip().splitlines()
    assert line.startswith("error: ")
    assert all(word in line for word in words)
