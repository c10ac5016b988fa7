"""Trials on series: what regimes show in time, how points are scored, and windows for any detector."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from bench import load_detector
from bench.errors import BenchError
from bench.evaluation.ranges import Layout
from bench.plans.selection import choose_detectors
from bench.plugins.registry import load_registry
from bench.runs.documents import encode
from bench.spec import Spec
from bench.trials.record import Record
from bench.trials.runner import TrialRunner
from bench.trials.trial import Code, Named, Trial

PLUGINS = '''
import numpy as np
from bench import Split, dataset, detector
from bench.splits.timeline import Places, Timeline

SEEN = {}

@dataset(modality="series")
def sine(rng, *, points=1200, train=400, at=900, width=30, labelled_at=-1, whole=False, gap=0,
         levelled=False) -> Split:
    """A sine of period 40 with another frequency, or level, for 'width' points; a gap after the training."""
    t = np.arange(points)
    x = np.sin(2 * np.pi * t / 40) + 0.05 * rng.standard_normal(points)
    y = np.zeros(points, dtype=int)
    for place in [at] + ([labelled_at, labelled_at + 2 * width] if labelled_at >= 0 else []):
        here = slice(place, place + width)
        x[here], y[here] = x[here] + 3 if levelled else np.sin(2 * np.pi * t[here] / 11), 1
    first, last = slice(0, train), slice(0 if whole else train, points)
    series, position = np.zeros(points, dtype=int), t + gap * (t >= train)
    timeline = Timeline(Places(series[first], position[first]), Places(series[last], position[last]))
    return Split(x[first, None], y[first], x[last, None], y[last], timeline=timeline)

@detector
class Spy:
    """Notes what it is given."""
    def fit(self, train):
        SEEN.clear()
        SEEN.update(fitted=train.segments, rows=len(train.X), scored=[])
    def score(self, X):
        SEEN["scored"].append(len(X))
        return X[:, 0]

@detector(labels=True)
class Reader(Spy):
    """Reads labels."""
    def fit(self, train):
        super().fit(train)
        SEEN["y"] = train.y

@detector(modalities=("series",))
class Late:
    """Distance to the mean of the 20 points around, half a window late."""
    def __init__(self, late: int = 0):
        self.late = late
    def fit(self, train):
        pass
    def score(self, X):
        x = X[:, 0]
        rough = np.convolve(np.abs(np.diff(x, prepend=x[0])), np.ones(10) / 10, mode="same")
        return np.roll(rough, self.late)
'''


@pytest.fixture
def run(write_plugin):
    registry = load_registry([write_plugin("plugins", PLUGINS)], installed=False)
    runner = TrialRunner(registry)
    seen = registry.detectors["spy"].build().fit.__globals__["SEEN"]

    def run(text, regime="unsupervised", **data):
        plugin, params = registry.detector(Spec.parse(text))
        params_of_data = {**registry.datasets["sine"].defaults, **data}
        asked = Trial(
            Named(plugin.name, text, params), Named("sine", "sine", params_of_data), 0, regime, 0.1,
            Code("", "", "", {}),
        )  # fmt: skip
        outcome = runner.run(asked)
        assert outcome.record.status == "ok", outcome.record.reason
        return outcome, dict(seen)

    return run


def test_without_labels_a_detector_learns_the_whole_series_and_is_judged_on_the_test(run):
    outcome, seen = run("spy")
    assert (seen["fitted"], seen["rows"]) == ((slice(0, 1200),), 1200)
    assert (outcome.record.rows.train, outcome.record.rows.test) == (1200, 800)
    # Each point that is judged has the score that it has in the whole series.
    assert seen["scored"][-1] == 1200
    assert outcome.record.rows.unseen == 800
    assert outcome.record.audit.test_in_train is None


def test_a_trial_on_series_has_metrics_of_ranges_and_says_how_its_points_lie(run):
    record = run("knn:window=auto")[0].record
    assert record.metrics["ranking"]["vus_pr"] > 0.8
    assert record.metrics["native"]["range_f1"] >= 0
    assert (record.layout.lengths, record.layout.window) == ((800,), 40)
    read = msgspec.json.decode(encode(record), type=Record)
    assert read.layout == record.layout
    damaged = msgspec.structs.replace(read, layout=Layout((801,), 40))
    with pytest.raises(ValueError, match="its series have 801 points, of 800 tested"):
        damaged.check()


def test_the_one_class_regime_learns_the_points_before_the_test(run):
    outcome, seen = run("spy", "one-class")
    assert outcome.record.rows.train == 400
    # What is held out for the threshold comes last, and is scored in one piece.
    assert seen["fitted"] == (slice(0, 320),)
    assert seen["scored"][-1] == 80


def test_a_labelled_range_is_left_out_of_the_clean_points_and_leaves_a_gap(run):
    outcome, _ = run("spy", "one-class", labelled_at=100)
    assert outcome.record.rows.train == 400 - 60


def test_a_gap_in_sampling_parts_the_segments(run):
    _, seen = run("spy", gap=5)
    assert seen["fitted"] == (slice(0, 400), slice(400, 1200))


def test_of_a_series_whole_ranges_are_labelled(run):
    _, seen = run("reader", "semi-supervised", labelled_at=100)
    labelled = np.flatnonzero(seen["y"] == 1)
    assert len(labelled) == 30
    assert labelled[-1] - labelled[0] == 29


def test_windows_let_a_detector_of_rows_find_what_lies_in_time(run):
    points, _ = run("knn")
    windows, _ = run("knn:window=auto")
    assert points.record.metrics["ranking"]["roc_auc"] < 0.6
    assert windows.record.metrics["ranking"]["roc_auc"] > 0.99


def test_normalized_windows_are_read_by_their_shape(run):
    """A level shift has the shape of the rest, but at its edges."""
    normalized, _ = run("knn:window=40,normalize=true", levelled=True, width=200)
    levels, _ = run("knn:window=40", levelled=True, width=200)
    assert levels.record.metrics["ranking"]["roc_auc"] > 0.9
    assert normalized.record.metrics["ranking"]["roc_auc"] < 0.8


def test_an_anomaly_shorter_than_the_window_is_found_in_the_middle_of_the_windows_that_have_it(run):
    """All windows that have it score alike; the point that is in all of them is found by their mean."""
    middle, _ = run("knn:window=40", levelled=True, width=6)
    mean, _ = run("knn:window=40,smoothing=40", levelled=True, width=6)
    precision = [each.record.metrics["ranking"]["average_precision"] for each in (middle, mean)]
    assert precision[0] < 0.4
    assert precision[1] > 0.9
    assert mean.record.status == "ok"
    assert "native" not in mean.record.metrics  # its threshold is one of scores that are not smoothed


def test_any_detector_of_series_can_be_smoothed(run):
    rough, _ = run("late", width=10)
    smooth, _ = run("late:smoothing=auto", width=10)
    assert np.abs(np.diff(smooth.scores)).max() < np.abs(np.diff(rough.scores)).max() / 5
    assert np.std(smooth.scores) > 0


@pytest.mark.parametrize("at", [400, 1170])
def test_an_anomaly_at_either_end_of_the_test_is_found_there(run, at):
    outcome, _ = run("knn:window=20", at=at)
    highest = np.argsort(outcome.scores)[-20:] + 400
    assert at - 10 <= highest.min() <= highest.max() < at + 40


def test_a_detector_that_is_half_a_window_late_loses(run):
    in_time, _ = run("late", width=10)
    late, _ = run("late:late=20", width=10)
    precision = [each.record.metrics["ranking"]["average_precision"] for each in (in_time, late)]
    assert precision[0] > 0.8
    assert precision[1] < 0.2


def test_a_whole_series_is_judged_where_the_dataset_says_so(run):
    outcome, _ = run("knn:window=auto", whole=True)
    assert outcome.record.rows.test == 1200


@pytest.mark.parametrize("scaling", ["minmax", "robust", "whiten"])
def test_points_are_judged_without_themselves_on_another_scale_too(run, scaling):
    """Of one channel these scales change no neighbour; each window is its own nearest."""
    plain, _ = run("knn:n_neighbors=1,window=40")
    scaled, _ = run(f"knn:n_neighbors=1,scaling={scaling},window=40")
    assert plain.record.metrics["ranking"]["roc_auc"] > 0.9
    assert scaled.record.metrics["ranking"] == pytest.approx(plain.record.metrics["ranking"])
    points = plain.scores[:, None]
    found = [load_detector(name).fit_score(points) for name in ("knn", f"knn:scaling={scaling}")]
    assert np.corrcoef(found)[0, 1] == pytest.approx(1)


def test_members_of_an_ensemble_read_windows_too(run):
    outcome, _ = run("rank_mean:of=knn+lof,window=40")
    assert outcome.record.metrics["ranking"]["roc_auc"] > 0.9


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("knn:window=1", "window must be a number of points from 2, or 'auto', 'auto2', 'auto3', not 1"),
        ("knn:window=wide", "window must be a number of points from 2, or 'auto'.*, not 'wide'"),
        ("knn:normalize=true", "normalize is of windows; give it some too"),
        ("knn:window=9,normalize=each", "normalize must be true or false, not 'each'"),
        ("knn:window=9,features=pixels_pca", "unknown features|reads windows or features, not both"),
        ("autoencoder:window=9", "learns from a stage that others share"),
        ("knn:smoothing=1", "smoothing must be a number of points from 2, or 'auto', 'auto2', .* not 1"),
        ("knn:smoothing=9,features=hog", "reads features, whose order is no time; leave smoothing out"),
    ],
)
def test_a_window_that_cannot_be_is_refused(text, message):
    with pytest.raises(BenchError, match=message):
        choose_detectors([text], load_registry(installed=False))


def test_rows_cannot_be_taken_from_a_series(run):
    with pytest.raises(AssertionError, match="test_prevalence is for rows that stand by themselves"):
        run("spy", test_prevalence=0.1)
