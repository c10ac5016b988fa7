"""What the harness does around any detector: an extension is one file; scales are of the training rows."""

from __future__ import annotations

import copy
import sys

import numpy as np
import pytest

from bench.errors import BenchError
from bench.plugins import harness, metadata, registry
from bench.plugins.contract import Train
from bench.plugins.harness import EXTENSIONS, find_extensions
from bench.plugins.harness.scaling import SCALERS, Scaled
from bench.spec import Spec
from bench.splits.rows import Rows
from bench.trials.features import as_asked

REVERSED = """\
from bench.plugins.harness import Around, Extension

class Reversed(Around):
    def fit(self, train):
        self.detector.fit(train)
    def score(self, X):
        return -self.detector.score(X)

EXTENSION = Extension(
    parameters=("reversed",),
    order=9,
    explanation="what scores high scores low",
    fits=lambda plugin: not plugin.labels,
    checked=lambda plugin, params, _: {"reversed": True} if plugin.asks("reversed", params) else {},
    modalities=lambda modalities, *_: modalities,
    around=lambda detector, params: Reversed(detector),
)
"""


class Distance:
    """From the mean of the training rows; keeps what it was given."""

    threshold = 2.5

    def fit(self, train):
        self.train, self.centre = train, train.X.mean(axis=0)

    def score(self, X):
        return ((X - self.centre) ** 2).sum(axis=1)


def rows(n=200, d=3):
    return np.random.default_rng(0).lognormal(size=(n, d))


def fitted(scaling, X, **given):
    detector = Scaled(Distance(), scaling)
    detector.fit(Train(X, seed=0, **given))
    return detector


def test_a_new_extension_is_one_file(registry_of, tmp_path, monkeypatch):
    (tmp_path / "reversing.py").write_text(REVERSED)
    monkeypatch.setattr(harness, "__path__", [*harness.__path__, str(tmp_path)])
    found = find_extensions()
    del sys.modules["bench.plugins.harness.reversing"]
    assert list(found) == [*EXTENSIONS, "reversed"]
    registry_of(found)
    known = registry.load_registry(installed=False)
    plugin, params = known.detector(Spec.parse("mahalanobis:reversed=true,scaling=rank"))
    X, (turned, plain) = rows(), (plugin.create(each) for each in (params, {"scaling": "rank"}))
    for each in (turned, plain):
        each.fit(Train(X, seed=0))
    np.testing.assert_allclose(turned.score(X), -plain.score(X))
    assert "what scores high scores low" in {each.explanation for each in plugin.offered}


@pytest.fixture
def registry_of(monkeypatch):
    """Let the registry know these extensions."""

    def use(found):
        names = tuple(name for each in found.values() for name in each.parameters)
        for module in (harness, metadata, registry):
            monkeypatch.setattr(module, "EXTENSIONS", found)
        for module in (harness, metadata):
            monkeypatch.setattr(module, "PARAMETERS", names)

    return use


@pytest.mark.parametrize("scaling", SCALERS)
def test_each_scale_is_that_of_the_training_rows_alone(scaling):
    X, further = rows(), 10 * rows(7)
    detector = fitted(scaling, X)
    alone = np.concatenate([detector.score(row[None]) for row in further])
    np.testing.assert_allclose(detector.score(further), alone, rtol=1e-9)
    assert np.isfinite(alone).all()


@pytest.mark.parametrize("scaling", SCALERS)
def test_one_column_that_never_varies_and_rows_that_are_all_equal_give_finite_scores(scaling):
    X = rows()
    X[:, 1] = 3
    assert np.isfinite(fitted(scaling, X).score(X + 1)).all()
    assert np.isfinite(fitted(scaling, np.ones((20, 2))).score(np.ones((3, 2)) + 1)).all()


@pytest.mark.parametrize(
    ("scaling", "kept"),
    [
        ("minmax", lambda Z: np.allclose(Z.min(axis=0), 0) and np.allclose(Z.max(axis=0), 1)),
        ("robust", lambda Z: np.allclose(np.quantile(Z, 0.75, axis=0) - np.quantile(Z, 0.25, axis=0), 1)),
        ("rank", lambda Z: np.allclose(np.sort(Z, axis=0), np.linspace(0, 1, len(Z))[:, None])),
        ("normal", lambda Z: np.allclose(np.median(Z, axis=0), 0, atol=0.02) and Z.max() > 4),
        ("whiten", lambda Z: np.allclose(np.cov(Z.T), np.eye(3))),
    ],
)
def test_what_a_detector_learns_from(scaling, kept):
    assert kept(fitted(scaling, rows()).detector.train.X)


def test_ranks_do_not_change_with_a_column_that_is_stretched():
    X, stretched = rows(), rows()
    stretched[:, 0] = np.exp(stretched[:, 0])
    found = [fitted("rank", each).score(each) for each in (X, stretched)]
    np.testing.assert_allclose(*found)
    assert not np.allclose(*(fitted("minmax", each).score(each) for each in (X, stretched)))


def test_whitened_distances_are_mahalanobis():
    X = rows()
    centred = X - X.mean(axis=0)
    expected = (centred @ np.linalg.inv(np.cov(X.T)) * centred).sum(axis=1)
    np.testing.assert_allclose(fitted("whiten", X).score(X), expected)


def test_a_column_that_repeats_another_adds_no_component():
    X = rows()
    np.testing.assert_allclose(
        fitted("whiten", np.column_stack([X, X[:, :1]])).score(np.column_stack([X, X[:, :1]])),
        fitted("whiten", X).score(X),
    )


def test_no_component_is_left_out_for_what_a_column_is_measured_in():
    X = rows()
    in_other_units = X * [1e12, 1e-9, 1]
    np.testing.assert_allclose(
        fitted("whiten", in_other_units).score(in_other_units), fitted("whiten", X).score(X), rtol=1e-6
    )


@pytest.mark.parametrize(
    ("text", "modalities"),
    [
        ("knn:scaling=whiten", ("table", "series")),
        ("knn:scaling=whiten,window=auto", ("series",)),
        ("knn:features=hog,scaling=whiten", ("curve", "image")),
        ("knn:features=hog,scaling=rank", ("curve", "image")),
    ],
)
def test_components_are_neither_pixels_nor_points_of_a_curve(registry, text, modalities):
    plugin, params = registry.detector(Spec.parse(text))
    assert as_asked(plugin, params, registry).modalities == modalities


def test_calibration_rows_are_scaled_labels_and_threshold_stay():
    X, y = rows(), np.arange(200) % 2
    held = Rows(rows(9), np.arange(9) % 2)
    detector = copy.deepcopy(
        fitted("minmax", X, y=y, calibration=held, declared=frozenset({"labels", "calibration"}))
    )
    np.testing.assert_allclose(detector.train.calibration.X, detector.scaler.transform(held.X))
    assert detector.train.calibration.y.tolist() == held.y.tolist()
    assert detector.train.y.tolist() == y.tolist()
    assert detector.threshold == 2.5


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("knn:scaling=ranks", "unknown scaling 'ranks'; did you mean 'rank'?"),
        ("autoencoder:scaling=rank", "detector 'autoencoder' learns from a stage that others share"),
        ("bayes_optimal:scaling=rank", "detector 'bayes_optimal' knows the optimum, of rows"),
    ],
)
def test_what_cannot_be_scaled_says_so(registry, text, why):
    with pytest.raises(BenchError) as raised:
        registry.detector(Spec.parse(text))
    assert why in str(raised.value)
