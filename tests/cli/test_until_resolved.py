from __future__ import annotations

import json

import pytest

WORDS = ("run", "--suite", "real", "--datasets", "breast_cancer", "--regimes", "one-class", "--detectors",
         "mahalanobis,hbos,random_score", "--until-resolved", "--seeds", "18", "--jobs", "1")  # fmt: skip


def test_a_run_spends_seeds_where_it_is_open_and_goes_on_where_it_was(cli, tmp_path):
    first = cli(*WORDS)
    assert first.returncode == 0, first.stderr
    assert "one-class, 8 seeds: " in first.stdout
    assert "may be the best" in first.stdout or "is the best" in first.stdout
    [run] = (tmp_path / "results" / "runs").iterdir()
    records = [json.loads(line) for line in (run / "trials.jsonl").read_text().splitlines()]
    seeds = {}
    for record in records:
        seeds.setdefault(record["detector"]["name"], set()).add(record["seed"])
    assert seeds["random_score"] == set(range(12))
    assert max(map(len, seeds.values())) in (12, 16, 18)
    assert f"{len(records)} trials of the 54" in first.stdout
    again = cli(*WORDS)
    assert again.returncode == 0, again.stderr
    assert "0 trials to run" in again.stdout
    assert len(list((tmp_path / "results" / "runs").iterdir())) == 1


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--fresh",), "leave out --retry and --fresh"),
        (("--alpha", "2"), "--alpha 2 is not a chance"),
    ],
)
def test_what_makes_no_sense_together_is_said(cli, more, said):
    failed = cli(*WORDS, *more)
    assert failed.returncode == 2
    assert said in failed.stderr
