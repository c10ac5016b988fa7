"""Options that would do nothing beside others are refused, and what is read is not written over."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from bench import BenchError, Dialect, api
from bench.api._together import RULES, check_together, ignored
from bench.cli._app import make_app


@pytest.fixture(autouse=True)
def series(tmp_path, monkeypatch):
    """A file that is read as a table or as a series, in the working folder."""
    rng = np.random.default_rng(0)
    pd.DataFrame(
        {
            "when": pd.date_range("2026-01-01", periods=100, freq="h").astype(str),
            "a": rng.normal(size=100),
            "b": rng.normal(size=100),
            "state": np.arange(100) % 20 == 0,
        }
    ).to_csv(tmp_path / "t.csv", index=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def error_of(*arguments: str) -> str:
    found = CliRunner().invoke(make_app(), arguments)
    assert isinstance(found.exception, BenchError), found.output
    return str(found.exception)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ("recommend t.csv --time when --missing indicate", "--time --missing"),
        ("recommend t.csv --time when --keep a", "--time --keep"),
        ("recommend t.csv --time when --save m", "--time --save"),
        ("recommend t.csv --time when --page p.html", "--time --page"),
        ("recommend t.csv --series a", "--time --series"),
        ("fit t.csv --save m --plugins .", "--plugins --detector"),
        ("score t.csv --model m --out s.csv --normal ok", "--normal --label"),
        ("run --data t.csv --label state --share 1/1", "--data --share"),
        ("status --data t.csv --label state --share 1/1", "--data --share"),
        ("run --data t.csv --label state --data-dir .", "--data --data-dir"),
        ("status --data t.csv --label state --suite core", "--data --suite"),
        ("status --series unit --time when", "--data --time"),
        ("run --all --detectors knn", "--all --detectors"),
        ("run --suite quick --retry --fresh", "--retry --fresh"),
        ("run --suite quick --alpha 0.1", "--alpha --until-resolved"),
        ("inspect knn bumps --drop a", "--drop --data"),
        ("data audit bumps --time when", "--time --data"),
    ],
)
def test_an_option_that_would_do_nothing_is_refused_in_a_sentence_that_names_both(arguments, named):
    said = error_of(*arguments.split())
    assert set(named.split()) <= set(re.findall(r"--[a-z-]+", said))
    assert "\n" not in said
    assert not Path("results").exists()


@pytest.mark.parametrize("verb", RULES)
def test_each_rule_says_what_is_left_out_or_added(verb):
    for rule in RULES[verb]:
        given = {rule.option: True, rule.other: not rule.needed}
        assert rule.option in ignored(verb, given)
        assert not rule.refuses({rule.option: True, rule.other: rule.needed})
        with pytest.raises(BenchError):
            check_together(verb, given)
        names = {f"--{rule.option}", f"--{rule.other}"}
        assert names & set(re.findall(r"--[a-z-]+", rule.said)), rule.said


@pytest.mark.parametrize(
    "arguments",
    [
        "fit t.csv --save m --time when --drop when",
        "recommend t.csv --time when --label when",
        "recommend t.csv --label a --drop a,b",
        "status --data t.csv --label state --drop state",
    ],
)
def test_a_column_is_one_thing(arguments):
    assert re.search(
        r"^column '\w+' is named by --\w+ and by --\w+; leave it out", error_of(*arguments.split())
    )


def test_python_refuses_the_same():
    with pytest.raises(BenchError, match=r"--missing indicate .* with --time"):
        api.recommend("t.csv", time="when", missing="indicate")
    with pytest.raises(BenchError, match=r"--no-header is about a file of your own"):
        api.status(dialect=Dialect(header=False))


def test_what_bench_toml_says_for_other_verbs_is_no_matter(series):
    (series / "bench.toml").write_text("[read]\nkeep = 'a'\ndrop = 'state'\n")
    found = CliRunner().invoke(make_app(), ["recommend", "t.csv", "--time", "when", "--out", "r.csv"])
    assert found.exit_code == 0, found.output
    assert "options from bench.toml: drop = ['state']" in found.stderr
    assert list(pd.read_csv("r.csv"))[:2] == ["start", "end"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("recommend t.csv --out t.csv", "--out names the file 't.csv', which is the file that is read"),
        ("recommend t.csv --out link.csv", "--out names the file 'link.csv', which is the file that is read"),
        ("recommend t.csv --labels l.csv --out l.csv", "which is that of --labels; name another one"),
        ("recommend t.csv --out x --page ./x", "--page names the file 'x', which is that of --out"),
        ("fit t.csv --save t.csv", "--save names the file 't.csv', which is the file that is read"),
        ("score t.csv --model m --out m", "--out names the file 'm', which is the model"),
    ],
)
def test_nothing_that_is_read_is_written_over(series, arguments, message):
    before = (series / "t.csv").read_bytes()
    (series / "link.csv").symlink_to("t.csv")
    assert message in error_of(*arguments.split())
    assert (series / "t.csv").read_bytes() == before
