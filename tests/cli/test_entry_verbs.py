"""`submit` and `verify` from the command line."""

from __future__ import annotations

import json

import pytest
from entries import LEAN, Opened, write_plugin

VERDICT = "results/runs/entry-mine/verdict.json"


@pytest.mark.timeout(1800)  # some hundred trials in processes, on a machine that may be slow
def test_an_entry_from_the_run_to_the_board(cli, tmp_path):
    write_plugin(tmp_path / "own", LEAN)
    options = (
        "--suite",
        "quick",
        "--detectors",
        "lean,hbos",
        "--plugins",
        "own",
        "--regimes",
        "unsupervised",
    )
    assert cli("run", *options, "--name", "mine", "--results", "theirs", "--jobs", "1").returncode == 0
    made = cli("submit", "mine", "--plugins", "own", "--results", "theirs", "--out", "mine.zip")
    assert made.returncode == 0, made.stderr
    assert "wrote mine.zip" in made.stdout

    looked = cli("verify", "mine.zip")
    assert looked.returncode == 0, looked.stderr
    assert "lean: it is not built in; code of an entry is run only with --rerun" in looked.stdout
    assert looked.stdout.splitlines()[-1] == "verdict: in part"
    assert not (tmp_path / "results").exists()

    taken = cli("verify", "mine.zip", "--rerun", "5%", "--seed", "mine", "--accept")
    assert taken.returncode == 0, taken.stdout + taken.stderr
    assert "with code of the entry: plugins/lean.py" in taken.stdout
    assert "verdict: verified" in taken.stdout
    verdict = json.loads((tmp_path / VERDICT).read_text())
    assert verdict["detectors"] == {"hbos": "verified", "lean": "verified"}
    assert verdict["rerun"] == 0.05
    assert cli("report").returncode == 0
    assert "lean ✓" in (tmp_path / "results" / "leaderboard.md").read_text(encoding="utf-8")

    again = cli("verify", "mine.zip", "--rerun", "5%", "--accept")
    assert again.returncode == 2
    assert "is there already; rename the archive" in again.stderr

    parts = Opened(tmp_path / "mine.zip")
    parts.records[0]["metrics"]["ranking"]["roc_auc"] = 0.999
    parts.write(tmp_path / "cheat.zip")
    refused = cli("verify", "cheat.zip")
    assert refused.returncode == 1
    assert "MISMATCH (figures)" in refused.stdout
    assert refused.stdout.splitlines()[-1] == "verdict: refused"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("verify", "none.zip"), "cannot read 'none.zip'"),
        (("verify", "bad.zip"), "'bad.zip' is no entry"),
        (("verify", "bad.zip", "--rerun", "much"), "--rerun 'much' is no share of the trials; write '5%'"),
        (("verify", "bad.zip", "--rerun", "0%"), "is no share"),
        (("verify", "bad.zip", "--rerun", "101%"), "is no share"),
        (("verify", "bad.zip", "--accept"), "add --rerun 5%"),
        (("submit", "none", "--out", "x.zip"), "unknown run 'none'"),
    ],
)
def test_misuse_is_one_sentence_with_exit_code_2(cli, tmp_path, arguments, message):
    (tmp_path / "bad.zip").write_bytes(b"no archive")
    found = cli(*arguments)
    assert found.returncode == 2
    assert message in found.stderr
    assert len(found.stderr.splitlines()) == 1
