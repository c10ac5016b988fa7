"""A metric, a column or a policy is one entry of its list, and stands wherever such things are shown."""

from __future__ import annotations

import csv
from dataclasses import replace
from io import StringIO

import numpy as np
import pytest
from rich.console import Console

from bench.analysis import columns
from bench.analysis.cells import significant
from bench.analysis.columns import Column
from bench.analysis.comparison import compare_runs
from bench.analysis.qualities import qualities
from bench.analysis.results import column, load_suite_results
from bench.evaluation.decisions import ratio
from bench.evaluation.entries import Metric, Policy
from bench.evaluation.metrics import METRICS
from bench.evaluation.policies import POLICIES
from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.report import write_report
from bench.report.exports import export
from bench.report.terminal import print_leaderboards
from bench.runs.reading import find_run
from bench.runs.writing import RunWriter
from bench.trials.runner import TrialRunner

ENVIRONMENT = {
    "cpu": "made up", "cores": 1, "memory_gib": 1, "threads_per_trial": 1, "system": "none", "python": "3",
    "libraries": {}, "code": "none",
}  # fmt: skip


def informedness(d):
    """Fraction of anomalies predicted right, less that of normal rows predicted wrong."""
    return ratio(d.true_positives, d.true_positives + d.false_negatives) - ratio(
        d.false_positives, d.false_positives + d.true_negatives
    )


METRIC = Metric(
    "informedness", "informedness", "how much better than guessing decisions are", informedness, "threshold",
    shown="everywhere", bounds=(-1, 1),
)  # fmt: skip
POLICY = Policy(
    "quantile-99",
    "the score that 1 % of training rows exceed",
    lambda unseen_scores: float(np.quantile(unseen_scores, 0.99)),
    headline=True,
)
COLUMN = Column(
    "median_fit_seconds",
    "median fit s",
    lambda trials: column(trials.ok, "costs.fit_seconds").groupby(trials.ok["detector"]).median(),
    significant,
    "*Median fit s* is the median of the seconds that fitting took.",
)


@pytest.fixture
def run(tmp_path, registry):
    """Run two detectors, under a headline policy, and store it by a name."""

    def run(name, headline="native"):
        suite = replace(load_suite("quick"), headline=headline)
        selection = Selection(("knn", "hbos"), ("breast_cancer",), ("unsupervised",), (0, 1))
        plan, runner = make_plan(suite, registry, selection), TrialRunner(registry)
        with RunWriter(tmp_path, plan, ENVIRONMENT, name) as writer:
            for trial in plan:
                writer.write(runner.run(trial))
        return find_run(tmp_path, name)

    return run


def files(results):
    """The text of each table and of the page, and what else leaderboards are written as."""
    loaded = load_suite_results(results)
    texts = {file.name: file.read_text() for file in write_report(loaded, results)}
    out = Console(file=StringIO(), width=200)
    print_leaderboards(loaded[0], out)
    return texts | {
        "latex": export(loaded, "latex").decode(), "trials": export(loaded, "csv").decode(),
        "terminal": out.file.getvalue(),
    }  # fmt: skip


def test_a_metric_stands_in_records_tables_statistics_and_comparison(run, tmp_path, monkeypatch):
    before = run("a")
    old = files(tmp_path)
    monkeypatch.setitem(METRICS, METRIC.name, METRIC)
    # What was run before lacks it, and is shown as it was.
    assert files(tmp_path) == old
    after = run("b")
    found = files(tmp_path)
    [record, *_] = after.records()
    assert -1 <= record.metrics["native"]["informedness"] <= 1
    board = found["leaderboard.md"]
    assert " informedness |" in board
    assert "*Informedness* is how much better than guessing decisions are." in board
    assert (
        "F1, precision, recall, false alarms and informedness under the threshold policy `native`." in board
    )
    [first, *_] = csv.DictReader(StringIO(found["leaderboard.csv"]))
    assert -1 <= float(first["informedness_mean"]) <= 1
    assert "native.informedness" in found["trials"]
    assert "### unsupervised, by informedness" in found["statistics.md"]
    assert " informedness |" in found["thresholds.md"]
    assert '<th scope="col" class="number">informedness</th>' in found["index.html"]
    for form in ("latex", "terminal"):
        assert "informedness" in found[form]
    assert "informedness" in qualities()
    assert METRIC.name in [measure.key for measure in compare_runs(after, after).measures]
    # The older run lacks it, which is no failure.
    assert METRIC.name not in [measure.key for measure in compare_runs(before, after).measures]


def test_a_policy_decides_and_stands_beside_the_others(run, tmp_path, monkeypatch):
    monkeypatch.setitem(POLICIES, POLICY.name, POLICY)
    made = run("a", headline=POLICY.name)
    found = files(tmp_path)
    [record, *_] = made.records()
    assert record.metrics[POLICY.name].keys() == record.metrics["native"].keys()
    assert POLICY.name in record.thresholds
    text = found["thresholds.md"]
    assert "*Quantile-99* is the score that 1 % of training rows exceed." in text
    assert "| quantile-99 " in text
    assert "under the threshold policy `quantile-99`." in found["leaderboard.md"]
    assert "quantile-99" in found["index.html"]


def test_a_column_stands_in_every_form_of_the_leaderboard(run, tmp_path, monkeypatch):
    monkeypatch.setattr(columns, "OTHERS", (*columns.OTHERS, COLUMN))
    run("a")
    found = files(tmp_path)
    for form in ("leaderboard.md", "latex", "terminal", "index.html"):
        assert "median fit s" in found[form], form
    assert "*Median fit s* is the median" in found["leaderboard.md"]
    [first, *_] = [row for row in csv.DictReader(StringIO(found["leaderboard.csv"])) if row["planned"]]
    assert float(first["median_fit_seconds"]) > 0
