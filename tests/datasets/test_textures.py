"""Textured surfaces and their flaws, the optimum where it is known, and digits either way round."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.covariance import LedoitWolf
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import LocalOutlierFactor, NearestNeighbors

from bench.errors import DataError
from bench.plans.suite import load_suite
from bench.trials.split_cache import make_split

SMALL = {"normals": 30, "anomalies": 10, "test_normals": 12, "test_anomalies": 8, "size": 16, "extent": 6.0}
PARTS = ("train", "calibration", "test")
TEXTURES = ("noise", "grating", "weave")
FLAWS = ("scratch", "blob", "stain", "misalignment")


@pytest.fixture
def textures(registry):
    plugin = registry.datasets["textures"]
    return lambda seed=0, **params: make_split(plugin, {**plugin.defaults, **SMALL, **params}, seed)


def class_rows(split, label):
    return np.concatenate([part.X[part.y == label] for part in (getattr(split, name) for name in PARTS)])


def row_set(X):
    return sorted(map(tuple, X))


@pytest.mark.parametrize("texture", TEXTURES)
@pytest.mark.parametrize("anomaly", FLAWS)
def test_each_flaw_in_each_texture_is_an_image_of_the_size_asked_for(textures, texture, anomaly):
    split = textures(texture=texture, anomaly=anomaly)
    assert split.shape == (16, 16)
    counts = {name: np.bincount(getattr(split, name).y).tolist() for name in PARTS}
    assert counts == {"train": [24, 8], "calibration": [6, 2], "test": [12, 8]}


@pytest.mark.parametrize("anomaly", FLAWS)
def test_a_part_may_be_left_empty(textures, anomaly):
    split = textures(anomaly=anomaly, calibration=0.0, anomalies=0)
    assert split.calibration is None
    assert split.X_train.shape == (30, 256)


@pytest.mark.parametrize("texture", TEXTURES)
def test_a_texture_has_zero_mean_and_unit_variance(textures, texture):
    X = class_rows(textures(texture=texture, normals=300, noise=0.0, grain=4.0), 0)
    assert X.mean() == pytest.approx(0, abs=0.1)
    assert X.std() == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("change", [{"anomaly": flaw} for flaw in FLAWS[1:]] + [{"strength": 0.5}])
def test_another_flaw_leaves_the_normal_rows_as_they_are(textures, change):
    one, other = textures(), textures(**change)
    assert row_set(class_rows(one, 0)) == row_set(class_rows(other, 0))
    assert row_set(class_rows(one, 1)) != row_set(class_rows(other, 1))


@pytest.mark.parametrize("change", [{"grain": 4.0}, {"noise": 0.3}, {"texture": "weave"}])
def test_another_texture_is_seen_in_the_normal_rows(textures, change):
    assert row_set(class_rows(textures(), 0)) != row_set(class_rows(textures(**change), 0))


@pytest.mark.parametrize("texture", TEXTURES)
@pytest.mark.parametrize("anomaly", FLAWS)
def test_a_flaw_changes_part_of_the_surface_and_more_so_where_it_is_stronger(textures, texture, anomaly):
    none, some, more = (
        textures(texture=texture, anomaly=anomaly, strength=strength, noise=0.0).X_test
        for strength in (0.0, 0.5, 1.0)
    )
    weak, strong = (abs(X - none) > 0.05 for X in (some, more))
    assert 0 < weak.mean() < strong.mean() + 0.01
    assert not strong.all(axis=1).any()
    assert abs(more - none).sum() > abs(some - none).sum()


def test_a_scratch_or_a_blob_is_added_and_lies_inside_the_image(textures):
    for anomaly in ("scratch", "blob"):
        rows = [class_rows(textures(anomaly=anomaly, strength=s, noise=0.0), 1) for s in (0.0, 2.0)]
        added = (rows[1] - rows[0]).reshape(-1, 16, 16)
        assert added.max(axis=(1, 2)) == pytest.approx(2, rel=0.15)
        edge = np.concatenate([added[:, [0, -1]].ravel(), added[:, :, [0, -1]].ravel()])
        assert abs(edge).max() < 1


def test_a_stain_takes_contrast_away(textures):
    plain = textures(anomaly="stain", strength=0.0, noise=0.0).X_test
    stained = textures(anomaly="stain", strength=1.0, noise=0.0).X_test
    assert (abs(stained) <= abs(plain) + 1e-12).all()
    assert (stained == 0).any()


def test_misalignment_shifts_the_lower_rows_and_no_others(textures):
    """By half the grain of 8 pixels, to the left or to the right; the field closes round the sides."""
    parts = [textures(anomaly="misalignment", strength=s, noise=0.0) for s in (0.0, 1.0)]
    whole, torn = (class_rows(split, 1).reshape(-1, 16, 16) for split in parts)
    for before, after in zip(whole, torn, strict=True):
        moved = [not np.allclose(a, b) for a, b in zip(before, after, strict=True)]
        start = moved.index(True)
        assert 4 <= start <= 12
        assert all(moved[start:])
        assert any(np.allclose(np.roll(before[start:], s, axis=1), after[start:]) for s in (-4, 4))


@pytest.mark.parametrize("texture", TEXTURES)
@pytest.mark.parametrize("anomaly", FLAWS)
def test_the_optimum_is_given_where_it_can_be_computed(textures, texture, anomaly):
    known = texture == "noise" and anomaly in ("scratch", "blob")
    assert (textures(texture=texture, anomaly=anomaly).optimum is not None) == known


@pytest.mark.parametrize(("anomaly", "strength"), [("scratch", 0.4), ("blob", 0.7)])
def test_the_likelihood_ratio_of_normal_rows_is_one_on_average(textures, anomaly, strength):
    """As that of any two densities; the flaw is faint, so that few rows tell."""
    split = textures(anomaly=anomaly, strength=strength, test_normals=4000)
    ratios = np.exp(split.optimum(split.X_test[split.y_test == 0]))
    assert ratios.mean() == pytest.approx(1, abs=4 * ratios.std() / np.sqrt(len(ratios)))
    assert ratios.std() / np.sqrt(len(ratios)) < 0.05


@pytest.mark.parametrize(("anomaly", "strength"), [("scratch", 0.4), ("blob", 0.7)])
def test_the_likelihood_ratio_is_that_of_the_densities_written_out(textures, anomaly, strength):
    """With a covariance matrix, and the templates seen in rows of no texture, instead of frequencies."""
    split = textures(anomaly=anomaly, strength=strength, test_normals=20000, test_anomalies=20, size=8,
                     extent=4.0, grain=4.0, noise=0.5)  # fmt: skip
    normal = split.X_test[split.y_test == 0]
    covariance = normal.T @ normal / len(normal)
    flaws = textures(anomaly=anomaly, strength=strength, test_anomalies=4000, size=8, extent=4.0,
                     grain=4.0, noise=0.0)  # fmt: skip
    bare = textures(anomaly=anomaly, strength=0.0, test_anomalies=4000, size=8, extent=4.0,
                    grain=4.0, noise=0.0)  # fmt: skip
    flaws = (flaws.X_test - bare.X_test)[flaws.y_test == 1]
    X = split.X_test[:200]
    whitened = np.linalg.solve(covariance, flaws.T)
    energies = (flaws.T * whitened).sum(axis=0)
    expected = np.log(np.exp(X @ whitened - energies / 2).mean(axis=1))
    found = split.optimum(X)
    assert np.corrcoef(expected, found)[0, 1] > 0.98
    assert found == pytest.approx(expected, abs=0.35)


def detectors():
    """Quick detectors: fitted on normal rows, or on rows with labels, each with a function that scores."""

    def neighbours(X, _):
        model = NearestNeighbors(n_neighbors=5).fit(X)
        return lambda rows: model.kneighbors(rows)[0].max(axis=1)

    def forest(X, _):
        model = IsolationForest(random_state=0, n_estimators=20).fit(X)
        return lambda rows: -model.score_samples(rows)

    def local_outliers(X, _):
        model = LocalOutlierFactor(novelty=True).fit(X)
        return lambda rows: -model.score_samples(rows)

    def mahalanobis(X, _):
        return LedoitWolf().fit(X).mahalanobis

    def residual(X, _):
        model = PCA(n_components=10).fit(X)
        return lambda rows: ((rows - model.inverse_transform(model.transform(rows))) ** 2).sum(axis=1)

    def logistic(X, y):
        return LogisticRegression(max_iter=200).fit(X, y).decision_function

    return {
        "one-class": [neighbours, forest, local_outliers, mahalanobis, residual],
        "supervised": [logistic],
    }


@pytest.mark.parametrize(("anomaly", "strength"), [("scratch", 1.0), ("blob", 3.0)])
def test_no_detector_beats_the_optimum(textures, anomaly, strength):
    best, aucs = [], {}
    for seed in range(20):
        split = textures(seed, anomaly=anomaly, strength=strength, normals=60, anomalies=30,
                         test_normals=60, test_anomalies=60)  # fmt: skip
        best.append(roc_auc_score(split.y_test, split.optimum(split.X_test)))
        X, y = split.train
        for regime, fits in detectors().items():
            chosen = y == 0 if regime == "one-class" else y >= 0
            for fit in fits:
                score = fit(X[chosen], y[chosen])
                aucs.setdefault(fit.__name__, []).append(roc_auc_score(split.y_test, score(split.X_test)))
    assert np.mean(best) > 0.75
    for name, found in aucs.items():
        assert np.mean(found) < np.mean(best), name
        assert np.mean(np.array(found) > best) <= 0.1, name


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"texture": "felt"}, "unknown texture 'felt'; there are: grating, noise, weave"),
        ({"anomaly": "dent"}, "unknown anomaly 'dent'; there are: blob, misalignment, scratch, stain"),
        ({"extent": 9.0}, "'extent' must be above 0 and at most half the size of 16, not 9"),
        (
            {"anomaly": "stain", "strength": 1.5},
            "'strength' is a fraction of a stain's contrast, from 0 to 1",
        ),
        ({"grain": 0.0}, "'grain' must be above 0, not 0"),
    ],
)
def test_textures_that_cannot_be_drawn_say_why(textures, params, message):
    with pytest.raises(DataError, match=message):
        textures(**params)


@pytest.mark.parametrize("name", ["sweep-textures-strength", "sweep-textures-kinds"])
def test_the_sweeps_are_of_textures_and_hold_the_optimum(name):
    suite = load_suite(name)
    assert "bayes_optimal" in suite.detectors
    assert all(text.startswith("textures") for grid in suite.grids for text in grid.datasets)


def test_one_digit_may_be_normal_and_the_nine_others_anomalous(registry):
    plugin = registry.datasets["digits"]
    split = make_split(plugin, {**plugin.defaults, "normal": 3}, 0)
    data = load_digits()
    assert row_set(class_rows(split, 0) * 16) == row_set(data.data[data.target == 3])
    assert row_set(class_rows(split, 1) * 16) == row_set(data.data[data.target != 3])


@pytest.mark.parametrize("normal", [10, -1, "three"])
def test_a_normal_digit_that_is_none_is_refused(registry, normal):
    with pytest.raises(DataError, match=f"'normal' must be a digit from 0 to 9, not {normal!r}"):
        make_split(registry.datasets["digits"], {"normal": normal}, 0)
