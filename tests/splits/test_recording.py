"""Points of one or more series in time order; what is out of order or cannot be measured is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import Recording
from bench.errors import DataError

GOOD = {
    "values": np.arange(12.0).reshape(6, 2),
    "y": [0, 0, 1, 0, 1, 0],
    "series": [0, 0, 0, 0, 1, 1],
    "position": [0, 1, 5, 6, 0, 1],
    "train": (2, 1),
}


def test_it_holds_what_it_was_given():
    recording = Recording(**GOOD, period=3, points_per_day=24.0, names=("heat", "noise"))
    assert recording.values.dtype == np.float64
    assert recording.y.tolist() == GOOD["y"]
    assert recording.series.tolist() == GOOD["series"]
    assert recording.position.tolist() == GOOD["position"]
    assert recording.lengths == (4, 2)
    assert (recording.train, recording.period, recording.points_per_day) == ((2, 1), 3, 24.0)
    assert recording.names == ("heat", "noise")


def test_channels_without_names_are_numbered():
    assert Recording(**GOOD).names == ("channel 0", "channel 1")


def test_a_single_series_without_gaps_is_written_shortly():
    recording = Recording.of_one([[1], [2], [3]], [0, 1, 0], train=1, names=["a"])
    assert recording.series.tolist() == [0, 0, 0]
    assert recording.position.tolist() == [0, 1, 2]
    assert (recording.train, recording.names, recording.lengths) == ((1,), ("a",), (3,))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"values": [["a", "b"]] * 6}, "points are not numbers"),
        ({"values": np.arange(6.0)}, r"shape \(6,\); it must be \(points, channels\)"),
        ({"values": np.empty((0, 2))}, r"shape \(0, 2\)"),
        ({"values": np.empty((6, 0))}, r"shape \(6, 0\)"),
        ({"values": np.where(GOOD["values"] == 5, np.nan, 0)}, "first in point 2, channel 1"),
        ({"values": np.where(GOOD["values"] == 2, np.inf, 0)}, "first in point 1, channel 0"),
        ({"y": [0, 1]}, r"6 points, but labels of shape \(2,\)"),
        ({"y": [0, 1, 2, 0, -1, 0]}, "labels must be 0 .* there are: -1, 2"),
        ({"y": [0, 1, np.nan, 0, 1, 0]}, "there are: nan"),
        ({"y": np.ma.masked_equal(GOOD["y"], 1)}, "labels have masked values"),
        ({"values": GOOD["values"] + 1j}, "points are complex numbers"),
        ({"values": np.where(GOOD["values"] == 5, -1e300, 0)}, "too large .* in point 2, channel 1"),
        ({"values": np.ma.masked_equal(GOOD["values"], 5)}, "points have masked values"),
        ({"series": [0, 0, 0]}, "series must be one whole number for each of 6 points"),
        ({"series": [0.0] * 6}, "series must be one whole number .* float64"),
        ({"series": [1, 1, 1, 1, 2, 2]}, "point 0 is of series 1"),
        ({"series": [0, 0, 0, 0, 2, 2]}, "point 4 is of series 2"),
        ({"series": [0, 1, 0, 0, 1, 1]}, "point 2 is of series 0"),
        (
            {"position": [0, 1, 5, 6, 1, 1]},
            "series 1 is not in time order: point 5 has the position 1, after 1",
        ),
        ({"position": [0, 7, 5, 6, 0, 1]}, "series 0 .* point 2 has the position 5, after 7; sort"),
        ({"position": [0, 1, 2.5, 6, 0, 1]}, "position must be one whole number"),
        ({"train": (2,)}, "there are 2 series, and for 1 it is said"),
        ({"train": (5, 1)}, "series 0 has 4 points; 5 of them cannot be for training"),
        ({"train": (2, -1)}, "series 1 has 2 points; -1"),
        ({"period": 0}, "period must be at least one point, not 0"),
        ({"points_per_day": 0.0}, "points per day must be above 0"),
        ({"points_per_day": float("nan")}, "points per day must be above 0"),
        ({"names": ("heat",)}, "1 names are given for 2 channels"),
    ],
)
def test_what_is_no_recording_is_refused_with_its_place(change, words):
    with pytest.raises(DataError, match=words):
        Recording(**{**GOOD, **change})


@given(lengths=st.lists(st.integers(1, 6), min_size=1, max_size=5), seed=st.integers(0, 9))
def test_any_series_in_time_order_are_taken_and_none_with_two_points_exchanged(lengths, seed):
    rng = np.random.default_rng(seed)
    series = np.repeat(np.arange(len(lengths)), lengths)
    position = np.concatenate([np.cumsum(rng.integers(1, 4, length)) for length in lengths])
    rest = {"values": rng.normal(size=(len(series), 1)), "y": series % 2, "train": (0,) * len(lengths)}
    assert Recording(series=series, position=position, **rest).lengths == tuple(lengths)
    long = np.flatnonzero(np.diff(series) == 0)
    if len(long):
        exchanged = position.copy()
        exchanged[long[0]], exchanged[long[0] + 1] = position[long[0] + 1], position[long[0]]
        with pytest.raises(DataError, match="not in time order"):
            Recording(series=series, position=exchanged, **rest)
