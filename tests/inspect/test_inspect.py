"""The diagnostics show the trial as it is recorded, and say what they cannot show."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from msgspec import structs

from bench.errors import BenchError
from bench.inspect import inspect_trial, reasons, summary, write_diagnostics
from bench.inspect.inspection import GROUPS
from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.plugins.registry import load_registry
from bench.trials.runner import TrialRunner

SMALL_BUMPS = "bumps:normals=80,anomalies=20,points=32,test_normals=30,test_anomalies=20"
SCORES = {"scores.png", "histogram.png", "curves.png", "rows.png"}
REBUILDING = {"reconstructions.png", "differences.png", "difference-histograms.png", "losses.png"}


def trial_of(registry, detector, dataset=SMALL_BUMPS, regime="unsupervised"):
    selection = Selection((detector,), (dataset,), (regime,), (1,))
    return next(iter(make_plan(load_suite("core"), registry, selection)))


@pytest.fixture(scope="module")
def curves(registry):
    return inspect_trial(trial_of(registry, "autoencoder:epochs=3"), registry)


def test_the_scores_are_those_of_the_trial(registry, curves):
    for detector, regime in (
        ("autoencoder:epochs=3", "unsupervised"),
        ("autoencoder_difference_forest:epochs=3", "supervised"),
        ("isolation_forest", "unsupervised"),
    ):
        trial = trial_of(registry, detector, regime=regime)
        ran, seen = TrialRunner(registry).run(trial), inspect_trial(trial, registry)
        assert np.array_equal(ran.scores, seen.scores)
        assert ran.record.metrics == seen.record.metrics
        assert np.array_equal(ran.labels, seen.y)


def test_every_row_is_in_the_group_that_its_label_and_the_threshold_say(curves):
    groups = curves.groups
    assert sorted(np.concatenate(list(groups.values()))) == list(range(50))
    for group, anomalous in GROUPS.items():
        assert (curves.y[groups[group]] == anomalous).all()
        assert (np.diff(curves.scores[groups[group]]) >= 0).all()
    assert (curves.scores[groups["missed"]] <= curves.threshold).all()
    assert (curves.scores[groups["false alarms"]] > curves.threshold).all()
    recall = len(groups["caught"]) / 20
    assert recall == pytest.approx(curves.record.metrics["native"]["recall"])
    assert f"{len(groups['missed'])} missed" in summary(curves)


def test_the_differences_are_what_the_detector_scores(curves):
    np.testing.assert_allclose((curves.differences**2).mean(axis=1), curves.scores, rtol=1e-6)


def test_every_picture_has_a_text_and_the_same_bytes_again(curves, tmp_path):
    contents = []
    for name in ("one", "two"):
        files, missing = write_diagnostics(curves, tmp_path / name)
        contents.append({file.name: file.read_bytes() for file in files})
        assert not missing
    assert contents[0] == contents[1]
    assert set(contents[0]) == {"index.md"} | SCORES | REBUILDING
    page = contents[0].pop("index.md").decode()
    shown = {file: text for text, file in re.findall(r"!\[(.+)\]\((\S+)\)", page)}
    assert set(shown) == set(contents[0])
    assert all(content.startswith(b"\x89PNG") for content in contents[0].values())
    assert all(len(text) > 40 and re.search(r"\d", text) for text in shown.values())
    assert len(set(shown.values())) == len(shown)
    assert "autoencoder:epochs=3" in page.splitlines()[0]


@pytest.mark.parametrize("dataset", ["digits", "breast_cancer"])
def test_images_and_tables_are_drawn_too(registry, tmp_path, dataset):
    inspection = inspect_trial(trial_of(registry, "vae:epochs=2", dataset), registry)
    files, missing = write_diagnostics(inspection, tmp_path)
    assert not missing
    assert {file.name for file in files} == {"index.md"} | SCORES | REBUILDING


def test_a_group_without_rows_is_no_obstacle(registry, tmp_path, curves):
    record = structs.replace(curves.record, thresholds={"native": curves.scores.max()})
    table = inspect_trial(trial_of(registry, "isolation_forest", "breast_cancer"), registry)
    nothing_passes = structs.replace(table.record, thresholds={"native": table.scores.min() - 1})
    for each, words in (
        (replace(curves, record=record), "20 missed, 0 caught, 0 false alarms, 30 passed"),
        (replace(table, record=nothing_passes), "0 missed, 64 caught, 107 false alarms, 0 passed"),
    ):
        files, _ = write_diagnostics(each, tmp_path)
        assert words in files[0].read_text()


def test_what_is_missing_is_said_once_with_its_reason(registry, tmp_path):
    inspection = inspect_trial(trial_of(registry, "knn"), registry)
    files, missing = write_diagnostics(inspection, tmp_path)
    assert {file.name for file in files} == {"index.md"} | SCORES
    rebuilding, losses = reasons(missing)
    assert "rebuilds no rows" in rebuilding
    assert "losses_by_epoch" in losses
    assert f"- {losses}." in files[0].read_text()


def test_signs_in_a_name_mean_nothing(curves, tmp_path):
    detector = structs.replace(curves.record.detector, label=r"<img src=x>[a](b) $\frac$ *x*")
    record = structs.replace(curves.record, detector=detector)
    files, _ = write_diagnostics(replace(curves, record=record), tmp_path)
    page = files[0].read_text()
    assert "<img" not in page
    assert r"\*x\*" in page


OWN = '''
from bench import detector

@detector
class Halves:
    """Rebuilds the half of everything."""
    def fit(self, train):
        pass
    def score(self, X):
        return (self.difference(X) ** 2).mean(axis=1)
    def difference(self, X):
        return X / 2
'''


def test_a_detector_may_rebuild_rows_itself(write_plugin):
    registry = load_registry([write_plugin("halves", OWN)], installed=False)
    inspection = inspect_trial(trial_of(registry, "halves"), registry)
    assert np.array_equal(inspection.differences, inspection.X / 2)
    assert inspection.losses == {}


def test_what_it_rebuilds_of_rows_on_another_scale_is_not_shown_beside_the_rows(write_plugin):
    registry = load_registry([write_plugin("halves", OWN)], installed=False)
    for text in ("halves:scaling=minmax", "halves:scaling=rank"):
        assert inspect_trial(trial_of(registry, text), registry).differences is None


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("return X[:, 0] / 2", r"its difference\(\) returned shape \(50,\) for rows of shape \(50, 32\)"),
        ("raise KeyError('what')", r"its difference\(\): KeyError: 'what'"),
    ],
)
def test_what_is_wrong_with_a_reconstruction_is_said(write_plugin, body, words):
    text = OWN.replace("return X / 2", body).replace("(self.difference(X) ** 2).mean(axis=1)", "X[:, 0]")
    registry = load_registry([write_plugin("halves", text)], installed=False)
    with pytest.raises(BenchError, match=rf"^halves on bumps:.*: failed: {words}$"):
        inspect_trial(trial_of(registry, "halves"), registry)


def test_a_trial_that_fails_is_a_sentence(registry):
    with pytest.raises(BenchError, match=r"^constant_score on .*, seed 1, unsupervised: failed: constant"):
        inspect_trial(trial_of(registry, "constant_score"), registry)
    few = f"{SMALL_BUMPS},calibration=0"
    with pytest.raises(BenchError, match=r"skipped: it needs calibration rows"):
        inspect_trial(
            trial_of(registry, "autoencoder_difference_forest:epochs=1", few, "supervised"), registry
        )


def test_losses_fall_and_are_those_of_the_training_rows(registry, curves):
    [losses] = curves.losses.values()
    assert len(losses) == 3
    assert losses[-1] < losses[0]
    runner, trial = TrialRunner(registry), trial_of(registry, "autoencoder:epochs=20")
    [fitted] = runner.stages.fit([trial])
    view = runner.view(trial)
    after = (fitted.stage.difference(view.X) ** 2).mean()
    # The last epoch's loss is that of networks between the last but one and the last.
    assert after == pytest.approx(fitted.stage.losses_by_epoch["mean squared error"][-1], rel=0.3)


def test_losses_do_not_depend_on_the_models_beside(registry):
    runner, trial = TrialRunner(registry), trial_of(registry, "gan:epochs=3")
    [alone] = runner.stages.fit([trial])
    together = runner.stages.fit([trial, structs.replace(trial, seed=2)])
    assert set(alone.stage.losses_by_epoch) == {"critic", "encoder and generator"}
    for name, values in alone.stage.losses_by_epoch.items():
        assert len(values) == 3
        np.testing.assert_allclose(together[0].stage.losses_by_epoch[name], values, rtol=1e-4)
        assert not np.allclose(together[1].stage.losses_by_epoch[name], values, rtol=1e-4)
