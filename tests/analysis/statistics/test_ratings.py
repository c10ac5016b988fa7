from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from bench.analysis.statistics.ratings import ratings
from bench.analysis.wins import differences, win_rates, won


def rated(values):
    return ratings(won(differences(values.to_numpy(float))), values.columns)


def test_ratings_say_how_often_one_is_ahead():
    """With so many games, those against the average count for nothing: three of four are 191 points."""
    values = pd.DataFrame({"a": [1.0, 1, 1, 0] * 500, "b": 0.5})
    found = rated(values)
    assert found.loc["a", "rating"] - found.loc["b", "rating"] == pytest.approx(400 * math.log10(3), abs=1)
    assert (found["low"] < found["rating"]).all()
    assert (found["rating"] < found["high"]).all()
    wins = won(differences(values.to_numpy(float))).sum(axis=0)
    assert win_rates(wins, values.columns).to_dict() == pytest.approx({"a": 0.75, "b": 0.25})


def test_a_detector_that_always_wins_has_a_finite_rating():
    found = rated(pd.DataFrame({"a": [1.0] * 6, "b": [0.5] * 6, "c": [0.5] * 6}))
    assert 1000 < found.loc["a", "rating"] < 2500
    assert found.loc["b", "rating"] == pytest.approx(found.loc["c", "rating"])


def test_the_interval_of_a_rating_covers():
    random = np.random.default_rng(9)
    true = 400 * math.log10(0.7 / 0.3)
    covered = []
    for _ in range(200):
        values = pd.DataFrame({"a": (random.random(60) < 0.7).astype(float), "b": 0.5})
        found = rated(values)
        # Two detectors' ratings are mirror images around the average.
        covered.append(found.loc["a", "low"] <= 1000 + true / 2 <= found.loc["a", "high"])
    assert np.mean(covered) >= 0.9
