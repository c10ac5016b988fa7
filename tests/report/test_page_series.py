"""What the page draws of series: signal and scores over time, delay by false alarms, quality by source."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest

from bench.analysis.results import load_suite_results
from bench.api import _choosing
from bench.cli import main
from bench.errors import DataError
from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.report.page.figures import series
from bench.report.page.signals import made_again, outline
from bench.report.page.view import RegimeView
from bench.runs.writing import RunWriter
from bench.trials.environment import Environment
from bench.trials.runner import TrialRunner
from bench.trials.split_cache import make_split

VARIANTS = ("series:anomaly=frequency,points=1200", "series:anomaly=variance,points=1200,length=40")


@pytest.fixture(scope="module")
def results(registry, tmp_path_factory):
    results = tmp_path_factory.mktemp("results")
    wanted = ("knn:window=auto", "hbos:window=20", "random_score")
    plan = make_plan(load_suite("real"), registry, Selection(wanted, VARIANTS, ("unsupervised",), (0,)))
    runner = TrialRunner(registry)
    with RunWriter(results, plan, Environment(), "series") as writer:
        for trial in plan:
            writer.write(runner.run(trial))
    return results


@pytest.fixture(scope="module")
def view(results):
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
    assert not signals(over_time)
    assert "report --signals draws the signal, too" in over_time.description
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


def signals(figure):
    return [each for each in figure.data if each.get("yaxis") == "y2"]


def test_the_signal_is_drawn_above_its_scores(view, registry):
    drawn, _, other, _ = series.figures(replace(view, points=made_again(registry)))
    [signal] = signals(drawn)
    record = view.frame["record"].iloc[0]
    made = make_split(registry.datasets["series"], record.dataset.params, record.seed)
    assert signal["y"] == pytest.approx(made.X_test[signal["x"], 0].tolist(), abs=1e-3)
    assert (signal["x"][0], signal["x"][-1]) == (0, len(made.y_test) - 1)
    assert "yaxis2" in drawn.layout
    assert drawn.title.startswith("Signal and scores over time on")
    assert signals(other)[0]["y"] != signal["y"]


def test_no_signal_is_drawn_of_a_dataset_that_is_not_here_as_it_was(view, registry):
    def gone(**_):
        raise DataError("its file cannot be read")

    record, plugin = view.frame["record"].iloc[0], registry.datasets["series"]
    assert made_again(registry)(record) is not None
    changes = {"source": "another"}, {"fingerprint": lambda **_: "another"}, {"fingerprint": gone}
    for datasets in ({}, *({"series": replace(plugin, **change)} for change in changes)):
        assert made_again(replace(registry, datasets=datasets))(record) is None


def test_a_signal_takes_few_points_of_which_none_is_a_lost_peak():
    x = np.zeros(100_000)
    x[[12, 70_003]] = -9, 9
    through = outline(x, 1000)
    assert len(through) <= 2000
    assert {12, 70_003} <= {*through.tolist()}
    assert np.all(np.diff(through) > 0)
    assert outline(x[:9], 5).tolist() == list(range(9))


def test_of_several_channels_the_first_are_drawn_one_above_the_other():
    points = np.random.default_rng(0).normal(size=(500, 5)) * [1, 1000, 1e-6, 1, 1]
    points[:, 1] = 7.0  # it never varies
    first, second, third = series._signal(points)
    assert max(second["y"]) < min(first["y"])
    assert max(third["y"]) < min(second["y"])
    assert len({*third["y"]}) > 100


def test_small_changes_of_a_large_value_are_drawn():
    [trace] = series._signal(20_000 + np.array([[0.0], [0.01], [0.02]]))
    assert len({*trace["y"]}) == 3


def test_report_draws_signals_where_it_is_asked_to(results, registry, monkeypatch):
    monkeypatch.setattr(_choosing, "load_plugins", lambda *_: registry)
    for option, title in ((["--signals"], "<strong>Signal and scores over"), ([], "<strong>Scores over")):
        monkeypatch.setattr("sys.argv", ["bench", "report", "--results", str(results), *option])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 0
        assert title in (results / "report" / "index.html").read_text()


def test_who_puts_up_with_more_false_alarms_hears_no_later(view):
    delay = series.figures(view)[1]
    assert all(np.all(np.diff(each["y"]) <= 0) for each in delay.data)


def test_sources_are_compared_where_there_are_several(view, monkeypatch):
    assert not [each for each in series.figures(view) if each.name.startswith("by-source")]
    monkeypatch.setattr(series, "related_group", lambda label: label)
    first, *_ = series.figures(view)
    assert first.name == "by-source-real-unsupervised"
    assert len(first.data[0]["x"]) == 2
