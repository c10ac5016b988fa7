"""Results for a notebook, and for other programs."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest

import bench
from bench.analysis.results import load_suite_results as load_suites
from bench.errors import BenchError
from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.report.exports import export
from bench.runs.writing import RunWriter
from bench.trials.environment import Environment
from bench.trials.record import Outcome, Record


@pytest.fixture
def folder(tmp_path, registry):
    """Runs of two suites, one of them under one regime only."""
    for suite, regimes in (("quick", ("unsupervised",)), ("real", ("unsupervised", "one-class"))):
        plan = make_plan(
            load_suite(suite), registry, Selection(("knn", "lof"), ("breast_cancer",), regimes, (0, 1))
        )
        with RunWriter(tmp_path, plan, Environment(cpu="made up"), None) as writer:
            for trial in plan:
                good = trial.detector.name == "knn"
                if good:
                    metrics = {"ranking": {"roc_auc": 0.8}, "native": {"f1": 0.5}}
                    record = Record.of(trial, "ok", metrics=metrics)
                else:
                    record = Record.of(trial, "failed", "50 % of it & more")
                writer.write(Outcome(record, np.array([0.0, 1.0]), np.array([0, 1], dtype=np.int8)))
    return tmp_path


def test_results_are_data_frames(folder):
    results = bench.load_results(folder)
    assert results.suites == ["quick", "real"]
    board = results.leaderboard("quick")
    assert list(board.index) == ["knn", "lof"]
    assert board.loc["knn", "f1_mean"] == 0.5
    assert results.by_dataset("real", "one-class").loc[("knn", "breast_cancer"), "roc_auc_mean"] == 0.8
    assert results.failures("quick")["trials"].tolist() == [2]
    trials = results.trials()
    assert trials.groupby("suite").size().to_dict() == {"quick": 4, "real": 8}
    assert trials["native.f1"].dropna().eq(0.5).all()
    assert "quick (4 trials: unsupervised)" in repr(results)


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda results: results.leaderboard(), "name one suite of quick, real"),
        (lambda results: results.leaderboard("real"), "name one regime of unsupervised, one-class"),
        (lambda results: results.leaderboard("reel"), "unknown suite 'reel'; did you mean 'real'"),
        (lambda results: results.leaderboard("quick", "supervised"), "unknown regime 'supervised'"),
    ],
)
def test_what_is_not_clear_is_asked_for(folder, ask, says):
    with pytest.raises(BenchError, match=says):
        ask(bench.load_results(folder))


def test_a_folder_without_runs_is_said(tmp_path):
    with pytest.raises(BenchError, match="there are no runs in"):
        bench.load_results(tmp_path)


def test_trials_go_to_other_programs_whole(folder):
    loaded = load_suites(folder)
    trials = bench.load_results(folder).trials()
    for form, read in (("csv", pd.read_csv), ("parquet", pd.read_parquet)):
        back = read(io.BytesIO(export(loaded, form)))
        assert list(back.columns) == list(trials.columns)
        assert back["native.f1"].dropna().tolist() == [0.5] * 6
        assert back["reason"].fillna("").tolist() == trials["reason"].tolist()


def test_latex_tables_have_rules_a_label_and_nothing_special(folder):
    text = export(load_suites(folder), "latex").decode()
    assert text.count(r"\begin{table}") == text.count(r"\end{table}") == 3
    assert r"\label{tab:real-one-class}" in text
    for rule in ("toprule", "midrule", "bottomrule"):
        assert text.count(f"\\{rule}") == 3
    rows = [line for line in text.splitlines() if "knn" in line]
    assert len(rows) == 3
    assert "±" not in text
    assert all(line.endswith(r"\\") for line in rows)


def test_the_verb_writes_a_file_and_refuses_an_unknown_suite(cli, folder):
    process = cli("export", "latex", "--results", str(folder), "--suite", "real")
    assert process.returncode == 0, process.stderr
    assert (folder / "leaderboards.tex").read_text().count(r"\begin{table}") == 2
    process = cli("export", "csv", "--results", str(folder), "--suite", "reel")
    assert (process.returncode, process.stderr) == (2, "error: unknown suite 'reel'; did you mean 'real'?\n")
