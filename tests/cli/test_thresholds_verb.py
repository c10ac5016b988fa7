from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bench.cli.thresholds import command
from bench.runs.judging import LimitExceededError, predictions

REFERENCE = Path(__file__).parents[2] / "results" / "runs" / "reference-article"


def test_a_run_is_judged_and_the_table_shows_each_policy(cli, tmp_path):
    pytest.importorskip("pythresh", reason="threshold methods need pythresh")
    shutil.copytree(REFERENCE, tmp_path / "runs" / "mine")
    done = cli("thresholds", "--methods", "iqr,mad", "--results", str(tmp_path))
    assert "mine: 80 trials judged" in done.stdout
    table = (tmp_path / "thresholds.md").read_text()
    for policy in ("native", "train-quantile", "pythresh-iqr", "pythresh-mad", "oracle"):
        assert policy in table
    assert "pythresh 1." in table  # which version has decided
    [mad, *_] = [line for line in table.splitlines() if line.startswith("| pythresh-mad")]
    # MAD flags 2 to 6 of 1 000 scores without an anomaly.
    assert mad.split("|")[-2].strip() == "0.32 % \\[0.2 %, 0.6 %]"


def test_a_method_past_its_limit_is_reported(tmp_path, monkeypatch, capsys):
    pytest.importorskip("pythresh", reason="threshold methods need pythresh")
    shutil.copytree(REFERENCE, tmp_path / "runs" / "mine")

    def ask(judge, policy, scores):
        if policy.name == "pythresh-mad":
            raise LimitExceededError
        return predictions(policy, scores)

    monkeypatch.setattr("bench.runs.judging.Judge.ask", ask)
    command("mad,iqr", None, "10s", tmp_path)
    said = capsys.readouterr().out
    assert "mine: 80 trials judged\n" in said
    assert "mine: pythresh-mad took more than 10 s, on" in said
    assert "isolation_forest" in said
    assert "pythresh-mad" not in (tmp_path / "thresholds.md").read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--methods", "irq"), "unknown threshold method 'irq'; did you mean 'iqr'?"),
        (("--run", "nothing"), "unknown run 'nothing'"),
        ((), "there are no runs in"),
    ],
)
def test_what_cannot_be_judged_is_said_in_a_sentence(cli, tmp_path, arguments, said):
    failed = cli("thresholds", *arguments, "--results", str(tmp_path))
    assert failed.returncode == 2
    assert said in failed.stderr
