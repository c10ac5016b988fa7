"""``data audit``: one table, and words, whatever is found."""

from __future__ import annotations

import numpy as np
import pytest


@pytest.fixture
def files(tmp_path):
    """One with copies, a constant column and conflicting labels; clean ones; one that cannot be split."""
    folder = tmp_path / "data"
    folder.mkdir()
    rng = np.random.default_rng(0)
    X = np.column_stack([np.repeat(np.arange(50.0), 4), np.full(200, 3.0)])
    y = X[:, 0] < 10
    y[-1] = True
    np.savez(folder / "1_copies.npz", X=X, y=y)
    clean = rng.normal(size=(200, 2))
    np.savez(folder / "6_cardio.npz", X=clean, y=y)
    np.savez(folder / "7_Cardiotocography.npz", X=clean + 1, y=y)
    clean[7, 1] = np.nan
    np.savez(folder / "9_holes.npz", X=clean, y=y)
    return folder


def test_one_table_and_findings_in_words(cli, files):
    process = cli("data", "audit", "adbench:*", "--data-dir", "data")
    assert process.returncode == 0, process.stderr
    rows = [line.split() for line in process.stdout.splitlines()]
    [copies] = [row for row in rows if row[:1] == ["adbench:1_copies"]]
    assert copies[1:8] == ["200", "2", "41", "11", "75", "%", "4"]
    said = [line for line in process.stdout.splitlines() if line.startswith("- ")]
    assert "- adbench:1_copies: constant in the training rows: column 1" in said
    assert "- adbench:1_copies: only 11 of 41 anomalies differ from one another" in said
    assert any("4 rows equal a row with the other label" in line for line in said)
    assert any(
        line.startswith("- adbench:6_cardio, adbench:7_Cardiotocography share a source") for line in said
    )
    [holes] = [line for line in said if "9_holes" in line]
    assert "cannot be split" in holes
    assert "row 7, column 1" in holes


def test_a_naive_split_leaks_and_the_default_does_not(cli, files):
    process = cli(
        "data", "audit", "adbench:1_copies", "adbench:1_copies,duplicates=keep", "--data-dir", "data"
    )
    leaks = [line for line in process.stdout.splitlines() if "of the test rows equal a training row" in line]
    assert len(leaks) == 1
    assert leaks[0].startswith("- adbench:1_copies,duplicates=keep: ")
    assert "equal rows are on one side" in process.stdout


def test_variants_of_one_file_are_not_called_related(cli, files):
    process = cli("data", "audit", "adbench:6_cardio", "adbench:6_cardio,test=0.4", "--data-dir", "data")
    assert "cardio" in process.stdout
    assert not any("share a source" in line for line in process.stdout.splitlines() if line.startswith("- "))


def test_the_audit_as_a_page(cli, files):
    process = cli("data", "audit", "adbench:*", "--data-dir", "data", "--markdown")
    assert process.returncode == 0, process.stderr
    assert process.stdout.startswith("# Audit\n")
    table = [line for line in process.stdout.splitlines() if line.startswith("|")]
    assert len(table) == 2 + 4
    assert len({line.count("|") for line in table}) == 1


def test_without_names_all_real_data_that_are_here_are_audited(cli):
    process = cli("data", "audit", "--markdown")
    assert process.returncode == 0, process.stderr
    assert "| breast_cancer " in process.stdout
    assert "| digits" in process.stdout
    assert "adbench" not in process.stdout


@pytest.mark.parametrize(
    ("name", "words"),
    [("adbench:*", "--data-dir"), ("brest_cancer", "did you mean 'breast_cancer'?"), ("adbench:x", "x.npz")],
)
def test_a_name_that_matches_nothing_is_said_in_one_line(cli, name, words):
    process = cli("data", "audit", name)
    assert process.returncode == 2
    assert words in process.stderr
    assert "Traceback" not in process.stderr
    assert len(process.stderr.strip().splitlines()) == 1
