from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_series import flags, scored_series, stretches

from bench.evaluation.entries import Scored
from bench.evaluation.judging import judge
from bench.evaluation.metrics import METRICS, RANKING, evaluate, measured
from bench.evaluation.ranges import Layout, Ranges
from bench.evaluation.series import Alarms, Series
from bench.evaluation.volumes import volumes

OF_SCORES = {
    "vus_pr", "vus_roc", "range_auc_pr", "range_auc_roc", "event_recall", "detection_delay",
    "point_adjusted_f1",
}  # fmt: skip
OF_DECISIONS = {
    "range_f1", "range_precision", "range_recall", "affiliation_f1", "affiliation_precision",
    "affiliation_recall",
}  # fmt: skip
OF_SERIES = OF_SCORES | OF_DECISIONS
FIRST, SECOND = flags(50, (10, 20)), flags(30, (0, 5), (25, 30))
CALM = np.zeros(40, dtype=bool)


def noise(n):
    return np.random.default_rng(n).random(n)


def of(scores, y, *lengths, window=8):
    """What is measured of scores, and of decisions at 0.8."""
    found = evaluate(scores, y.astype(int), {"native": 0.8}, Layout(lengths, window))
    return found[RANKING] | found["native"]


def test_only_rows_in_series_have_metrics_of_series():
    y = FIRST.astype(int)
    table = evaluate(noise(50), y, {"native": 0.8})
    series = evaluate(noise(50), y, {"native": 0.8}, Layout((50,), 8))
    for group, found in table.items():
        assert series[group].keys() - found.keys() == (OF_SCORES if group == RANKING else OF_DECISIONS)
        assert found == {name: series[group][name] for name in found}


def test_a_trial_on_series_is_judged_by_them():
    scores, y = noise(50), FIRST.astype(int)
    layout = Layout((50,), 8)
    given = Scored(own_threshold=0.8, test_scores=scores, test_labels=y, test_layout=layout)
    found = judge(given)
    assert found.metrics == evaluate(scores, y, found.thresholds, layout)
    assert found.metrics[RANKING]["vus_pr"] == pytest.approx(volumes(scores, FIRST, 8).pr)
    assert "range_f1" in found.metrics["oracle"]


def test_perfect_scores_have_the_best_values():
    y = np.concatenate([FIRST, SECOND])
    found = of(y.astype(float), y, 50, 30)
    for name in OF_SERIES - {"range_auc_pr", "range_auc_roc"}:  # which perfect scores have less of
        assert found[name] == pytest.approx(METRICS[name].bounds[METRICS[name].higher_is_better])


def test_of_several_series_each_counts_alike_and_one_without_an_anomaly_does_not():
    parts = [(noise(50), FIRST), (noise(30), SECOND), (noise(40), CALM)]
    scores, y = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    found = of(scores, y, 50, 30, 40)
    each = [of(*part, len(part[0])) for part in parts[:2]]
    for name in OF_SERIES - {"event_recall", "detection_delay"}:
        assert found[name] == pytest.approx(np.mean([one[name] for one in each])), name


@given(scored_series(30), scored_series(30), stretches(max_size=30))
def test_the_order_of_the_series_changes_nothing(one, other, calm):
    parts = [one, other, (np.arange(len(calm)) % 3.0, np.zeros(len(calm), dtype=bool))]
    found = []
    for order in ((0, 1, 2), (2, 1, 0), (1, 2, 0)):
        scores, y = (np.concatenate([parts[i][column] for i in order]) for column in (0, 1))
        found.append(of(scores, y, *(len(parts[i][0]) for i in order), window=5))
    assert found[1] == pytest.approx(found[0])
    assert found[2] == pytest.approx(found[0])


@given(scored_series(), st.integers(0, 12))
def test_what_is_measured_is_within_bounds_or_missing(series, window):
    scores, is_anomaly = series
    layout = Layout((len(scores),), window)
    found = measured("ranges", Series(scores, is_anomaly.astype(int), layout))
    found |= measured("alarms", Alarms(scores > 0, is_anomaly.astype(int), layout))
    for name, value in found.items():
        low, high = METRICS[name].bounds
        assert low <= value <= high + 1e-12
    # A ROC curve needs a normal point, and a false alarm one that is in no buffer.
    assert OF_SERIES - found.keys() <= {"vus_roc", "range_auc_roc", "event_recall", "detection_delay"}
    assert ("vus_roc" in found) == (not is_anomaly.all())


def test_half_of_the_ranges_are_found_half_way():
    is_anomaly = flags(1000, (100, 110), (500, 510), (700, 710), (900, 910))
    scores = np.zeros(1000)
    scores[[105, 504]] = 1
    found = of(scores, is_anomaly, 1000)
    assert found["event_recall"] == 0.5
    assert found["detection_delay"] == (0.5 + 1) / 2  # of 0.4, 0.5, 1 and 1


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (((), 5), r"lengths must be those of one or more series with points, not \(\)"),
        (((5, 0), 5), r"lengths must be those of one or more series with points, not \(5, 0\)"),
        (((5,), -1), "window must be a number of points, 0 or more, not -1"),
        (((5,), 1, 0.0), "points_per_day must be above 0, not 0.0"),
        (((5,), 1, float("nan")), "points_per_day must be above 0, not nan"),
    ],
)
def test_a_layout_that_cannot_be_is_refused(arguments, problem):
    with pytest.raises(ValueError, match=problem):
        Layout(*arguments)


@pytest.mark.parametrize("material", [Series, Alarms])
def test_rows_that_are_not_those_of_the_layout_are_refused(material):
    with pytest.raises(ValueError, match="6 values, where the series have 7 points"):
        material(np.zeros(6), np.zeros(7), Layout((3, 4), 2))


@given(stretches(), st.integers(1, 5))
def test_ranges_are_the_stretches_of_flags_within_series(some, length):
    lengths = [length] * (len(some) // length) + [len(some) % length] * bool(len(some) % length)
    layout = Layout(tuple(lengths), 0)
    found = Ranges.of(some, layout.starts)
    inside = [point for start, stop in zip(*found, strict=True) for point in range(start, stop)]
    assert inside == np.flatnonzero(some).tolist()
    assert all(start // length == (stop - 1) // length for start, stop in zip(*found, strict=True))
    assert all(not some[stop] or stop in layout.starts for stop in found.stops.tolist() if stop < len(some))
