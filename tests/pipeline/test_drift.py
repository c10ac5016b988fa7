"""Drift of columns: the index against one by hand, and how often it is called large without any drift."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from bench.pipeline.drift import Drift, Reference, stability_index
from bench.pipeline.scoring import score_file

KINDS = {"size": "number", "colour": "text"}


def drifts(before, now, kinds=KINDS):
    drift = Drift(Reference.learn(before, kinds))
    for start in range(0, len(now), 70):  # chunk by chunk
        drift.add(now.iloc[start : start + 70])
    return {each.name: each for each in drift.columns()}


def table(seed, size=0.0, colours=("red", "blue"), rows=500):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {"size": rng.normal(size, 1, rows), "colour": rng.choice(list(colours), rows).astype(object)}
    )


def test_the_index_is_the_sum_that_it_is_defined_as():
    expected, actual = np.array([10, 30, 60]), np.array([200, 100, 100])
    e, a = (expected + 0.5) / 101.5, (actual + 0.5) / 401.5
    by_hand = sum((x - y) * math.log(x / y) for x, y in zip(a, e, strict=True))
    assert stability_index(expected, actual) == pytest.approx(by_hand)
    assert stability_index(expected, expected) == 0


def test_a_shift_of_a_deviation_is_large_and_comes_first():
    found = drifts(table(0), table(1, size=1.0))
    assert list(found) == ["size", "colour"]
    assert found["size"].large
    assert not found["colour"].large


def test_values_and_empty_cells_that_training_had_not_are_counted():
    now = table(1, colours=["red", "blue", "green"])
    now.loc[:99, "size"] = np.nan
    found = drifts(table(0), now)
    assert found["colour"].unseen == (now["colour"] == "green").mean()
    assert found["colour"].large
    assert found["size"].range is not None
    assert found["colour"].range is None
    assert found["size"].empty == (0.0, 0.2)
    assert found["size"].large


def test_numbers_outside_of_the_range_of_training_are_counted():
    before, now = table(0), table(1, rows=400)
    lowest, highest = before["size"].min(), before["size"].max()
    now["size"] = now["size"].clip(lowest, highest)
    assert drifts(before, now)["size"].unseen == 0
    now.loc[:29, "size"], now.loc[370:, "size"] = np.nextafter(lowest, -np.inf), highest + 1
    found = drifts(before, now)["size"]
    assert found.unseen == 60 / 400
    assert found.range == (lowest, highest)
    assert found.only is None


@pytest.mark.parametrize(
    ("kind", "value", "other"), [("number", 0.0, 1.0), ("number", 1.0, 0.5), ("text", "ok", "broken")]
)
def test_another_value_than_the_only_one_of_training_comes_first_however_rare(kind, value, other):
    kinds = {**KINDS, "flag": kind}
    before, now = (frame.assign(flag=value) for frame in (table(0), table(1, size=1.0)))
    assert next(iter(drifts(before, now, kinds))) == "size"
    now.loc[now.index % 100 == 0, "flag"] = other
    found = drifts(before, now, kinds)
    assert next(iter(found)) == "flag"
    assert (found["flag"].only, found["flag"].unseen) == (value, 5 / 500)
    assert found["flag"].psi < found["size"].psi


def test_a_rare_value_that_shares_a_bin_is_not_taken_for_a_new_one():
    before = pd.DataFrame({"colour": [f"colour {i % 40}" for i in range(400)]}, dtype=object)
    found = drifts(before, before, {"colour": "text"})
    assert found["colour"].unseen == 0
    assert found["colour"].psi == 0


@pytest.mark.parametrize(
    ("before", "now"), [([5.0] * 200, [3.0] * 200), ([0.0] * 10 + [1.0] * 190, [0.0] * 200)]
)
def test_numbers_of_few_values_have_a_bin_each(before, now):
    found = drifts(pd.DataFrame({"a": before}), pd.DataFrame({"a": now}), {"a": "number"})
    assert found["a"].large


def test_few_rows_are_not_called_drifted_for_being_few():
    """An index above 0.25 is usual between two samples of 20 rows."""
    found = [drifts(table(seed, rows=20), table(seed + 1000, rows=20))["size"] for seed in range(200)]
    assert np.mean([each.psi > 0.25 for each in found]) > 0.5
    assert np.mean([each.large for each in found]) < 0.03


def test_the_drift_of_a_file(model, files):
    found = {each.name: each for each in score_file(model, files / "july.csv").drift}
    assert set(found) == {"temperature", "humidity", "wind", "pressure"}
    assert found["temperature"].large
    assert found["wind"].unseen == pytest.approx(0.25, abs=0.05)
    assert not found["pressure"].large
