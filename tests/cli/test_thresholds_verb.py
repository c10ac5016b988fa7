from __future__ import annotations

import shutil
from pathlib import Path

import pytest

REFERENCE = Path(__file__).parents[2] / "results" / "runs" / "reference-article"


def test_a_run_is_judged_and_the_table_shows_each_policy(cli, tmp_path):
    pytest.importorskip("pythresh", reason="threshold methods need pythresh")
    shutil.copytree(REFERENCE, tmp_path / "runs" / "mine")
    done = cli("thresholds", "--methods", "iqr,mad", "--results", str(tmp_path))
    assert "mine: 80 trials judged" in done.stdout
    table = (tmp_path / "thresholds.md").read_text()
    for policy in ("native", "train-quantile", "pythresh-iqr", "pythresh-mad", "oracle"):
        assert policy in table


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
