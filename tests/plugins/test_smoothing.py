"""Smoothed scores: of points that were learnt from, and what a detector has besides."""

from __future__ import annotations

import copy
from types import SimpleNamespace

import numpy as np
import pytest

from bench.plugins.harness.smoothing import Smoothed


class Fixed:
    """Gives each training point a score of its own, and any other 1."""

    threshold = 0.5

    def __init__(self, left_out=None):
        self.left_out = left_out

    def fit(self, train):
        pass

    def score(self, X):
        return np.ones(len(X))

    def leave_one_out(self):
        return self.left_out

    def stage(self):
        return "a stage"


def fitted(left_out=None):
    detector = Smoothed(Fixed(left_out), 3)
    detector.fit(SimpleNamespace(X=np.zeros((6, 1)), segments=(slice(0, 3), slice(3, 6))))
    return detector


def test_points_that_a_gap_parts_do_not_count_for_each_other():
    found = fitted(np.array([0.0, 3.0, 6.0, 30.0, 30.0, 60.0])).leave_one_out()
    assert found.tolist() == [1.5, 3, 4.5, 30, 40, 45]


def test_a_detector_that_leaves_none_out_stays_without():
    assert fitted().leave_one_out() is None


def test_the_rest_is_the_detectors_but_not_its_threshold():
    detector = copy.deepcopy(fitted())
    assert detector.stage() == "a stage"
    assert not hasattr(detector, "threshold")
    with pytest.raises(AttributeError):
        detector.nothing_of_this_name  # noqa: B018
