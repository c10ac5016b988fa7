"""What the page draws of series: scores over time, delay against false alarms, quality by source."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import pytest

from bench.analysis.results import load_suite_results
from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.report.page.figures import series
from bench.report.page.view import RegimeView
from bench.runs.writing import RunWriter
from bench.trials.environment import Environment
from bench.trials.runner import TrialRunner

VARIANTS = ("series:anomaly=frequency,points=1200", "series:anomaly=variance,points=1200,length=40")


@pytest.fixture(scope="module")
def view(registry, tmp_path_factory):
    results = tmp_path_factory.mktemp("results")
    wanted = ("knn:window=auto", "hbos:window=20", "random_score")
    plan = make_plan(load_suite("real"), registry, Selection(wanted, VARIANTS, ("unsupervised",), (0,)))
    runner = TrialRunner(registry)
    with RunWriter(results, plan, Environment(), "series") as writer:
        for trial in plan:
            writer.write(runner.run(trial))
    [loaded] = load_suite_results(results)
    return RegimeView(loaded, "unsupervised")


def test_each_dataset_has_its_scores_over_time_and_the_delay_against_false_alarms(view):
    figures = series.figures(view)
    assert [figure.name for figure in figures] == [
        "over-time-real-unsupervised-0", "delay-real-unsupervised-0",
        "over-time-real-unsupervised-1", "delay-real-unsupervised-1",
    ]  # fmt: skip
    for figure in figures:
        go.Figure({"data": figure.data, "layout": figure.layout})
    over_time = figures[0]
    assert len(over_time.layout["shapes"]) == 6
    seen = {each["name"]: each["visible"] for each in over_time.data if "threshold" not in each["name"]}
    assert sorted(map(str, seen.values())) == ["True", "True", "legendonly"]
    assert all(max(each["y"]) <= 1 for each in over_time.data)


def test_a_peak_is_drawn_however_many_points_there_are(view):
    scores, lowest = np.zeros(100_000), 70_003
    scores[lowest] = 1.0
    found = series._Scored("many", 0, scores, None, {"knn": scores}, {"knn": np.nan})
    [trace] = series._over_time(found, "knn", 0)
    assert len(trace["x"]) == series.PLACES
    assert max(trace["y"]) == 1.0


def test_who_puts_up_with_more_false_alarms_hears_no_later(view):
    delay = series.figures(view)[1]
    assert all(np.all(np.diff(each["y"]) <= 0) for each in delay.data)


def test_sources_are_compared_where_there_are_several(view, monkeypatch):
    assert not [each for each in series.figures(view) if each.name.startswith("by-source")]
    monkeypatch.setattr(series, "related_group", lambda label: label)
    first, *_ = series.figures(view)
    assert first.name == "by-source-real-unsupervised"
    assert len(first.data[0]["x"]) == 2
