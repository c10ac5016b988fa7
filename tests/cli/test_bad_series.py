"""A series that cannot be used: each kind is one sentence with exit code 2, or a failure in its records."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

from bench.api._own_data import AS_POINTS
from bench.spec import Spec
from bench.trials.runner import TrialRunner
from bench.trials.trial import Code, Named, Trial

POINTS, TRAIN = 300, 150
ODD = slice(220, 230)


def series():
    """A sine measured each minute, which stands higher for ten minutes of its second half."""
    minutes = np.arange(POINTS)
    value = np.sin(2 * np.pi * minutes / 20) + 0.05 * np.random.default_rng(0).normal(size=POINTS)
    bad = np.zeros(POINTS, dtype=int)
    value[ODD], bad[ODD] = value[ODD] + 3, 1
    when = pd.date_range("2026-01-01", periods=POINTS, freq="min").strftime("%Y-%m-%d %H:%M:%S")
    return pd.DataFrame({"when": when, "value": value, "bad": bad})


def without_values(rows):
    return lambda f: f.assign(value=f["value"].mask(f.index.isin(range(POINTS)[rows])))


def labelled(rows):
    return lambda f: f.assign(bad=f.index.isin(range(POINTS)[rows]).astype(int))


# What is wrong with the file, and words of what `run` and what `recommend` say; None where they can go on.
NO_ANOMALY = "the test part has no anomalies, so nothing can be measured on it"
REFUSED = {
    "no time order": (
        lambda f: f.assign(when="soon"), "'soon' in row 1 cannot be read as a time", "'soon' in row 1"
    ),
    "all at one time": (
        lambda f: f.assign(when=f["when"][0]), "two rows have one time", "two rows have one time"
    ),
    "two time zones": (
        lambda f: f.assign(when=f["when"] + np.where(f.index < TRAIN, "+00:00", "+09:00")),
        "has times of 2 time zones", "has times of 2 time zones",
    ),
    "no value at all": (
        without_values(slice(None)), "'value' has no values; leave it out", "'value' has no values; leave"
    ),
    "no value in the test": (without_values(slice(TRAIN, None)), NO_ANOMALY, None),
    "no value in the anomaly": (without_values(ODD), NO_ANOMALY, None),
    "no row": (lambda f: f[:0], "has no rows; a table of several is needed", "has no rows"),
    "one point": (lambda f: f[225:226], "has one row; a table of several is needed", "has one row"),
    "shorter than a window": (lambda f: f[215:235], None, "has 20 points; at least 50 are needed"),
    "constant": (lambda f: f.assign(value=1.0), None, "no channel varies; there is nothing to compare"),
    "anomalies only in train": (labelled(slice(60, 70)), NO_ANOMALY, None),
    "no anomaly": (labelled(slice(0)), "the label column 'bad' holds one kind only, 0", None),
}  # fmt: skip
VERBS = {
    "run": ("run", "--data", "bad.csv", "--time", "when", "--label", "bad"),
    "recommend": ("recommend", "bad.csv", "--time", "when", "--drop", "bad"),
}
CASES = [
    (verb, kind, change, words)
    for kind, (change, *said) in REFUSED.items()
    for verb, words in zip(VERBS, said, strict=True)
    if words is not None
]


@pytest.mark.parametrize(
    ("verb", "kind", "change", "words"), CASES, ids=[f"{verb}-{kind}" for verb, kind, *_ in CASES]
)
def test_a_series_that_cannot_be_used_is_one_sentence(verb, kind, change, words, tmp_path, refusal):
    change(series()).to_csv(tmp_path / "bad.csv", index=False)
    *before, error = refusal(*VERBS[verb])
    assert all(line.startswith("warning: bad.csv: ") for line in before)
    assert error.startswith("error: ")
    assert "bad.csv" in error
    assert words in error
    assert not list(tmp_path.glob("results/runs/*"))


def records(registry, file, names):
    """Those of trials of detectors, which are not written down."""
    data = registry.datasets["series_file"]
    params = {**data.defaults, "path": str(file), "time": "when", "label": "bad"}
    runner = TrialRunner(registry)
    for name in names:
        plugin, own = registry.detector(Spec.parse(name))
        for regime in ("unsupervised", "one-class"):
            named = Named(plugin.name, name, own), Named("series_file", "series_file", params)
            yield runner.run(Trial(*named, 0, regime, 0.1, Code("", "", "", {}))).record


# Not those that are compiled first: how they bear what has no shape, tests of detectors say.
QUICK = [
    name for name in AS_POINTS.detectors if name not in ("hbos:window=auto", "matrix_profile", "sub_knn")
]


def test_a_constant_series_is_a_failure_of_each_detector(registry, tmp_path):
    series().assign(value=1.0).to_csv(tmp_path / "bad.csv", index=False)
    names = [name for name in QUICK if name != "random_score"]
    for record in records(registry, tmp_path / "bad.csv", names):
        assert (record.status, record.metrics) == ("failed", {})
        assert record.reason.startswith("constant scores: each test row got ")


def test_a_series_shorter_than_a_window_is_judged_point_by_point_or_fails(registry, tmp_path):
    """There is one window, filled up with the last point: its score is that of all, or it has no other."""
    series()[215:235].to_csv(tmp_path / "bad.csv", index=False)
    found = {"ok": set(), "failed": set()}
    for record in records(registry, tmp_path / "bad.csv", QUICK):
        found[record.status].add(record.detector.label)
        assert record.status == "ok" or len(record.reason.splitlines()) == 1
    assert {"sub_pca", "knn:window=auto"} <= found["failed"]
    assert {"isolation_forest", "random_score", "spectral_residual"} <= found["ok"] - found["failed"]


def test_points_without_values_are_left_out_and_said(registry, tmp_path):
    without_values(slice(160, 200))(series()).to_csv(tmp_path / "bad.csv", index=False)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        [first, *_] = records(registry, tmp_path / "bad.csv", ["median_difference"])
    assert [str(each.message) for each in said if "left out: 40 rows with missing" in str(each.message)]
    assert (first.status, first.rows.train) == ("ok", POINTS - 40)
