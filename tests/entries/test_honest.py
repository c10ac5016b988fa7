"""Honest entries: none is refused, whatever machine they come from and whatever failed there."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from entries import LEAN, Opened, judged, make_entry, make_run, mismatches, said, write_plugin

from bench.runs.reading import Run
from bench.runs.rewriting import pack_run
from bench.trials.environment import Environment, identify

# Beside the honest one: a detector that fails on one of the datasets, and one whose seed does not hold.
PLUGINS = (
    LEAN
    + '''
    @detector
    class Fails:
        """Fails where there are 64 columns."""
        def fit(self, train):
            if train.X.shape[1] == 64:
                raise ValueError("no images")
        def score(self, X):
            return X.sum(axis=1)

    @detector(flaws=("seed",))
    class Unsteady:
        """Distance to the mean, and a little of what nobody seeds."""
        def fit(self, train):
            self.centre = train.X.mean(axis=0)
        def score(self, X):
            found = ((X - self.centre) ** 2).sum(axis=1)
            return found + 0.001 * found.std() * np.random.default_rng().normal(size=len(X))
'''
)
# Trials in processes of their own take a slow machine its time.
pytestmark = pytest.mark.timeout(1800)
DETECTORS = ("knn", "hbos", "rank_mean:of=knn+hbos", "lean", "fails", "unsteady")


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """The archive of a run that the variants start from, and its folder."""
    folder = tmp_path_factory.mktemp("base")
    plugins = write_plugin(folder / "plugins", PLUGINS)
    run, registry = make_run(folder, plugins=plugins, detectors=DETECTORS)
    return make_entry(folder / "base.zip", run, registry)


def rounded(parts):
    """The order of additions is another on each kind of processor."""
    parts.scores *= 1 + 1e-12 * np.random.default_rng(0).normal(size=len(parts.scores))
    for record in parts.records:
        if record["status"] == "ok":
            parts.judge_again(record)


def elsewhere(parts):
    [(old, environment)] = parts.info["environments"].items()
    changed = environment | {"cpu": "another processor", "cores": 64}
    new = identify(msgspec.convert(changed, Environment))
    parts.info["environments"] = {new: changed, old: environment}
    for record in parts.records[::2]:
        record["environment"] = new


def rounded_elsewhere(parts):
    """Those that iterate end a little elsewhere there."""
    for record in parts.records:
        if record["thresholds"].get("native"):
            record["thresholds"]["native"] *= 1 + 1e-4
    rounded(parts)
    elsewhere(parts)
    for record in parts.records:
        record["environment"] = next(iter(parts.info["environments"]))


def other_libraries(parts):
    for record in parts.records:
        record["code"]["libraries"]["numpy"] = "2.0.0"
    parts.give_keys()


def ended(status):
    def change(parts):
        for record in parts.records:
            if record["detector"]["name"] == "hbos" and record["dataset"]["name"] != "digits":
                for field in ("metrics", "thresholds", "rows", "audit", "costs"):
                    record[field] = {}
                record |= {"status": status, "reason": "so it was", "scores": None, "labels": None}
                record["labels_used"] = None

    return change


def without_scores(parts):
    for record in parts.records:
        record["scores"] = record["labels"] = None


def with_some_scores(parts):
    for record in parts.records[::2]:
        record["scores"] = record["labels"] = None


def in_another_order(parts):
    parts.records.reverse()


def of_an_older_version(parts):
    for record in parts.records:
        record["version"] = 2
        del record["alone"], record["layout"]
        record["rows"].pop("unseen", None)


def of_a_newer_version(parts):
    for record in parts.records:
        record |= {"version": 99, "what_is_to_come": {"a": [1]}}


def slower(parts):
    for record in parts.records:
        for name, value in record["costs"].items():
            if name.endswith("seconds") and value:
                record["costs"][name] = 50 * value


def without_a_metric_that_was_not_there_then(parts):
    for record in parts.records:
        for figures in record["metrics"].values():
            figures.pop("macro_f1", None)


def planned_twice(parts):
    parts.info["plans"] *= 2


CHANGES = {
    change.__name__: change
    for change in (
        rounded, elsewhere, rounded_elsewhere, other_libraries, without_scores, with_some_scores,
        in_another_order, of_an_older_version, of_a_newer_version, slower,
        without_a_metric_that_was_not_there_then, planned_twice,
    )
} | {status: ended(status) for status in ("failed", "timeout", "out-of-memory", "skipped")}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_an_honest_entry_is_not_refused(base, tmp_path, name):
    parts = Opened(base)
    CHANGES[name](parts)
    found = judged(parts.write(tmp_path / "honest.zip"))
    assert mismatches(found) == [], found.findings


@pytest.mark.parametrize("name", ["rounded_elsewhere", "with_some_scores", "of_an_older_version"])
def test_nor_is_it_when_it_is_run_again(base, tmp_path, name):
    parts = Opened(base)
    CHANGES[name](parts)
    found = judged(parts.write(tmp_path / "honest.zip"), rerun=0.4)
    assert mismatches(found) == [], found.findings
    assert "it declares that the same seed gives other scores" in said(found, "again")
    # What was left out cannot be checked.
    left_out = {r.detector.label for r in found.entry.records if r.status == "ok" and r.scores is None}
    assert bool(left_out) == (name == "with_some_scores")
    for label, verdict in found.detectors.items():
        assert verdict == ("in part" if label in left_out else "verified"), found.findings


def test_packed_and_without_the_scores_of_later_seeds(tmp_path):
    run, registry = make_run(tmp_path, detectors=("hbos",), seeds=(0, 1))
    pack_run(tmp_path, run.name, keep_scores=1)
    found = judged(make_entry(tmp_path / "packed.zip", Run(run.folder), registry))
    assert mismatches(found) == []
    assert "the scores of 3 of its trials were left out" in said(found, "figures")


def test_series(tmp_path):
    run, registry = make_run(tmp_path, suite="series", detectors=("random_score",))
    found = judged(make_entry(tmp_path / "series.zip", run, registry))
    assert mismatches(found) == [], found.findings


def test_datasets_of_ones_own_are_checked_where_they_run_again(tmp_path):
    plugins = write_plugin(
        tmp_path / "plugins",
        '''
        from bench import Split, dataset

        @dataset
        def shifted(rng):
            """Two clouds."""
            X = rng.normal(size=(200, 3))
            X[:40] += 2
            return Split.stratified(X, [1] * 40 + [0] * 160, rng)
        ''',
    )
    run, registry = make_run(tmp_path, plugins=plugins, detectors=("hbos",), datasets=("shifted",))
    file = make_entry(tmp_path / "own.zip", run, registry)
    found = judged(file)
    assert mismatches(found) == []
    assert "data not here: shifted" in said(found, "keys")
    found = judged(file, rerun=1.0)
    assert mismatches(found) == []
    assert len(found.entry.again.records) == 1


def test_the_code_of_an_entry_is_not_run_unasked(tmp_path):
    marker = tmp_path / "was-run"
    text = LEAN + f"\n    from pathlib import Path\n    Path({str(marker)!r}).touch()\n"
    plugins = write_plugin(tmp_path / "plugins", text)
    run, registry = make_run(tmp_path, plugins=plugins, detectors=("lean",))
    file = make_entry(tmp_path / "mine.zip", run, registry)
    marker.unlink()
    found = judged(file)
    assert not marker.exists()
    assert "code of an entry is run only with --rerun" in said(found, "keys")
    judged(file, rerun=0.05, share=False)
    assert marker.exists()


def test_the_process_that_runs_an_entry_is_told_no_secrets(tmp_path, monkeypatch):
    monkeypatch.setenv("A_TOKEN", "secret")
    seen = tmp_path / "seen"
    text = f"""
    import os
    from pathlib import Path

    Path({str(seen)!r}).write_text(repr(dict(os.environ)))
"""
    plugins = write_plugin(tmp_path / "plugins", LEAN + text)
    run, registry = make_run(tmp_path, plugins=plugins, detectors=("lean",))
    assert "A_TOKEN" in seen.read_text()
    judged(make_entry(tmp_path / "mine.zip", run, registry), rerun=0.05, share=False)
    assert "A_TOKEN" not in seen.read_text()
