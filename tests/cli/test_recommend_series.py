"""``recommend --time`` on series of one's own: ranges to look at, labels, and what is wrong with a file."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice

import numpy as np
import pandas as pd
import pytest

from bench import load_detector, load_series
from bench.errors import BenchWarning, DataError
from bench.recommend import in_time
from bench.recommend.in_time import STUDY, recommend_in_time
from bench.recommend.peaks import peaks
from bench.recommend.scoring import Scores
from bench.recommend.series import load_series as load

POINTS, ODD = 600, slice(400, 425)


@pytest.fixture
def frame():
    """A sine that stands higher for half a period, rows in no order, and ten that are left out."""
    t = np.arange(POINTS)
    x = np.sin(2 * np.pi * t / 50) + 0.05 * np.random.default_rng(0).normal(size=POINTS)
    x[ODD] += 4
    when = pd.date_range("2024-03-01", periods=POINTS, freq="5min").strftime("%Y-%m-%d %H:%M:%S")
    made = pd.DataFrame({"when": when, "value": x}).drop(index=range(200, 210))
    return made.sample(frac=1, random_state=1)


@pytest.fixture
def sensor(frame, tmp_path):
    frame.to_csv(tmp_path / "sensor.csv", index=False)
    return tmp_path / "sensor.csv"


def test_from_a_series_to_ranges_and_back_with_labels(cli, sensor, tmp_path):
    blind = cli("recommend", "sensor.csv", "--time", "when", "--out", "ranges.csv", "--ask", "6")
    assert blind.returncode == 0, blind.stderr
    assert "Recommended: knn:smoothing=auto,window=auto" in blind.stdout
    assert "over 66 labelled series of NAB, SMAP and the UCR archive" in blind.stdout
    assert "590 points in 2 stretches without a gap, 1 channel. No labels." in blind.stdout
    assert "time goes back in" in blind.stderr
    assert "sampling has 1 gap" in blind.stderr
    first = pd.read_csv(tmp_path / "ranges.csv").iloc[0]
    start, end = (pd.Timestamp(first[name]) for name in ("start", "end"))
    assert start <= pd.Timestamp("2024-03-02 11:20")  # point 424
    assert end >= pd.Timestamp("2024-03-02 09:20")  # point 400
    assert "In Python\nfrom bench import load_detector, load_series\n" in blind.stdout

    asked = pd.read_csv(tmp_path / "to-label.csv")
    assert len(asked) == 6
    spans = zip(asked["start"], asked["end"], strict=True)
    asked["label"] = [int(a <= "2024-03-02 11:20:00" and b >= "2024-03-02 09:20:00") for a, b in spans]
    assert 0 < asked["label"].sum() < 6
    asked.to_csv(tmp_path / "filled.csv", index=False)
    chosen = cli("recommend", "sensor.csv", "--time", "when", "--labels", "filled.csv")
    assert chosen.returncode == 0, chosen.stderr
    assert re.search(r"points have a label, with \d anomalous range", chosen.stdout)
    assert "The labels do not decide yet: that takes 3 anomalous ranges" in chosen.stdout


def test_the_code_that_is_printed_scores_each_point(sensor):
    with pytest.warns(BenchWarning):
        series = load_series(sensor, time="when")
    scores = load_detector("knn:smoothing=auto,window=50").fit_score(series.X, segments=series.segments)
    assert scores.shape == (590,)
    assert 340 <= int(scores.argmax()) <= 440


@pytest.mark.filterwarnings("ignore")
def test_labels_of_a_file_that_has_changed_are_refused(sensor, tmp_path):
    (tmp_path / "filled.csv").write_text(
        "label,start,end,first_row,last_row\n1,2024-03-01 00:00:00,2024-03-01 00:05:00,1,2\n"
    )
    with pytest.raises(DataError, match=r"range 1 is not where it was in sensor\.csv"):
        load(sensor, time="when", labels=tmp_path / "filled.csv")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f: f.assign(value=1.0), "no channel varies"),
        (lambda f: f.assign(value=np.nan), "column 'value' has no values"),
        (lambda f: f.head(1), "has one row; a table of several is needed"),
        (lambda f: f.assign(when=f["when"] + np.where(f.index < 9, "+00:00", "+09:00")), "of 2 time zones"),
        (lambda f: f.assign(when=f["when"].iloc[0]), "two rows have one time and different values"),
        (
            lambda f: f.assign(value=f["value"].where(f.index != f.index[3], 1e300)),
            "too large to compute with",
        ),
        (lambda f: f.assign(value="low"), "holds text, and the channels of a series are numbers"),
        (lambda f: f.rename(columns={"when": "then"}), "unknown column 'when'"),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_a_file_that_is_no_series_is_refused_in_a_sentence(frame, tmp_path, change, said):
    change(frame).to_csv(tmp_path / "bad.csv", index=False)
    with pytest.raises(DataError) as refused:
        load(tmp_path / "bad.csv", time="when")
    assert said in str(refused.value)


def test_few_points_and_a_series_without_times_are_errors(cli, frame, tmp_path):
    frame.sort_index().head(40).to_csv(tmp_path / "few.csv", index=False)
    few = cli("recommend", "few.csv", "--time", "when")
    assert (few.returncode, "few.csv has 40 points; at least 50 are needed" in few.stderr) == (2, True)
    alone = cli("recommend", "few.csv", "--series", "machine")
    assert (alone.returncode, "name their column with --time" in alone.stderr) == (2, True)


FIRST, OTHER, THIRD = islice(STUDY, 3)


def scored(monkeypatch, scores):
    """Candidates with these scores in place of those that workers compute."""
    found = Scores(scores, {name: "not in time" for name in STUDY if name not in scores})
    monkeypatch.setattr(in_time, "score_points", lambda *_, **__: found)


@pytest.fixture
def labelled(tmp_path):
    """Eight ranges of ten points among a thousand; one label in two is missing elsewhere."""
    y = np.zeros(1000, dtype=int)
    for start in range(60, 1000, 120):
        y[start : start + 10] = 1
    state = np.where((y == 1) | (np.arange(1000) % 100 < 50), y.astype(str), "")
    value = np.random.default_rng(0).normal(size=1000)
    pd.DataFrame({"when": np.arange(1000), "value": value, "state": state}).to_csv(
        tmp_path / "labelled.csv", index=False
    )
    return load(tmp_path / "labelled.csv", time="when", label="state"), y


def recommended(series):
    return recommend_in_time(series, started=0.0, seconds=1.0, seed=0)


def test_labelled_ranges_decide_where_one_candidate_is_clearly_better(monkeypatch, labelled):
    series, y = labelled
    noise = np.random.default_rng(1).random(1000)
    scored(monkeypatch, {FIRST: noise, OTHER: noise + 5 * y})
    found = recommended(series)
    assert (found.name, found.labelled) == (OTHER, 8)
    assert found.choice.chosen.auc == pytest.approx(1)
    scored(monkeypatch, {FIRST: noise + 4 * y, OTHER: noise + 5 * y})
    assert recommended(series).name == FIRST  # as good, and recommended without labels


def test_two_labelled_ranges_decide_nothing(monkeypatch, labelled):
    series, y = labelled
    noise = np.random.default_rng(1).random(1000)
    scored(monkeypatch, {FIRST: noise, OTHER: noise + 5 * y})
    two = np.where(np.arange(1000) < 200, series.y, 0)
    found = recommended(replace(series, y=two))
    assert (found.name, found.labelled, found.choice) == (FIRST, 2, None)


def test_without_labels_it_is_the_first_of_the_study_that_has_scores(monkeypatch, labelled):
    series, y = labelled
    assert list(STUDY.values()) == sorted(STUDY.values(), reverse=True)
    scored(monkeypatch, {THIRD: y + 0.5 * np.random.default_rng(1).random(1000)})
    found = recommended(replace(series, y=None))
    assert (found.name, found.choice) == (THIRD, None)
    assert {(each.start, each.stop) for each in found.first[:8]} == {
        (start, start + 10) for start in range(60, 1000, 120)
    }


def test_no_range_is_looked_for_where_no_window_fits(monkeypatch, tmp_path):
    t = np.delete(np.arange(800), [*range(300, 310), *range(318, 330)])  # eight points are left between gaps
    value = np.sin(2 * np.pi * t / 50) + 0.01 * np.random.default_rng(0).normal(size=len(t))
    pd.DataFrame({"when": 60 * t, "value": value}).to_csv(tmp_path / "gaps.csv", index=False)
    with pytest.warns(BenchWarning, match="2 gap"):
        series = load(tmp_path / "gaps.csv", time="when")
    assert [each.stop - each.start for each in series.segments] == [300, 8, 470]
    scores = np.random.default_rng(1).random(len(t))
    scores[300:308], scores[600:610] = 9, 5
    scored(monkeypatch, {FIRST: scores})
    with pytest.warns(BenchWarning, match="of 3 stretches without a gap 1 are shorter than a window of"):
        found = recommended(series)
    assert (found.first[0].start, found.first[0].stop) == (600, 610)
    assert found.scores[300] == 9  # what is written to a file is what the detector gave


def test_no_range_crosses_a_gap_or_shares_a_point_with_another():
    scores = np.zeros(60)
    scores[10:20], scores[30:40], scores[35] = 3, 4, 5
    found = peaks(scores, [slice(0, 15), slice(15, 60)])
    assert [(each.start, each.stop) for each in found] == [(30, 40), (10, 15), (15, 20)]
    assert (found[0].at, found[0].score) == (35, 5)
    assert peaks(np.ones(60), [slice(0, 60)]) == []
