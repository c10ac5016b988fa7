"""What each statistical detector, other than the mixtures, has of its own."""

from __future__ import annotations

import csv
import importlib
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from scipy.special import logsumexp
from scipy.stats import chi2, spearmanr
from sklearn.covariance import EllipticEnvelope
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

from bench import Train
from bench.plugins.registry import load_registry

SHARED = Path(__file__).parents[3] / "shared"
PACKAGE = load_registry(installed=False).detectors["isolation_forest"].build.__module__.rpartition(".")[0]
density = importlib.import_module(f"{PACKAGE}.kernel_density")
forest = importlib.import_module(f"{PACKAGE}.extended_isolation_forest")
projection = importlib.import_module(f"{PACKAGE}._projection")


@pytest.fixture
def fit(registry):
    def fit(name, X, **parameters):
        detector = registry.detectors[name].build(**parameters)
        detector.fit(Train(X, 0))
        return detector

    return fit


def gaussian(rows, columns, seed=0):
    return np.random.default_rng(seed).normal(size=(rows, columns))


def area(detector, normal, anomalous):
    scores = np.concatenate([detector.score(normal), detector.score(anomalous)])
    return roc_auc_score(np.repeat([0, 1], [len(normal), len(anomalous)]), scores)


@pytest.mark.parametrize("columns", [2, 12])
def test_the_ellipsoid_withstands_thirty_percent_of_anomalies(fit, columns):
    anomalies = gaussian(120, columns, seed=1) + 6
    train = np.concatenate([gaussian(280, columns), anomalies])
    test = gaussian(100, columns, seed=2)
    assert area(fit("minimum_volume_ellipsoid", train), test, anomalies) > 0.99
    assert area(fit("mahalanobis", train), test, anomalies) < 0.9


def test_robust_distances_of_gaussian_rows_are_those_of_the_chi_square_distribution(fit):
    X = gaussian(1000, 4) @ gaussian(4, 4, seed=1) + 5
    detector = fit("minimum_volume_ellipsoid", X)
    assert np.median(detector.score(X)) == pytest.approx(chi2.ppf(0.5, 4), rel=0.1)
    assert detector.threshold == pytest.approx(chi2.ppf(0.975, 4))


def test_the_elliptic_envelope_is_the_library_s_where_columns_are_few(fit):
    X, test = gaussian(200, 4) @ gaussian(4, 4, seed=1), 2 * gaussian(50, 4, seed=2)
    library = -EllipticEnvelope(random_state=0).fit(X).decision_function(test)
    assert spearmanr(fit("elliptic_envelope", X).score(test), library).statistic > 0.99


def test_components_keep_distances_and_see_what_lies_outside_of_them():
    few = projection.LeadingComponents().fit(gaussian(200, 6)).transform(gaussian(9, 6, seed=1))
    np.testing.assert_allclose(cdist(few, few), cdist(*[gaussian(9, 6, seed=1)] * 2), atol=1e-9)
    X = gaussian(200, 10) * np.array([9] * 3 + [1] * 7)
    transformed = projection.LeadingComponents(3).fit(X).transform(X)
    assert transformed.shape == (200, 4)
    centred = X - X.mean(axis=0)
    np.testing.assert_allclose((transformed**2).sum(axis=1), (centred**2).sum(axis=1))


def test_the_left_out_likelihood_is_that_of_the_definition():
    X, bandwidths = gaussian(40, 3), np.array([0.3, 0.8])
    found = density.LeaveOneOut().log_densities(X, bandwidths)
    kernels = cdist(X, X, "sqeuclidean") + np.diag(np.full(40, np.inf))
    for h, column in zip(bandwidths, found.T, strict=True):
        expected = logsumexp(-kernels / (2 * h**2), axis=1) - np.log(39 * (h * np.sqrt(2 * np.pi)) ** 3)
        np.testing.assert_allclose(column, expected)


@pytest.mark.parametrize("gap", [0, 10])
def test_the_chosen_window_is_near_the_best_for_new_rows(fit, gap):
    rng = np.random.default_rng(0)
    train, new = (gaussian(n, 2, seed=n) + gap * rng.integers(0, 2, (n, 1)) for n in (300, 1000))
    held_out = {h: -fit("parzen_windows", train, bandwidth=float(h)).score(new).mean() for h in density.GRID}
    assert -fit("parzen_windows", train).score(new).mean() > max(held_out.values()) - 0.05
    scott = -fit("parzen_windows", train, bandwidth="scott").score(new).mean()
    assert (scott < max(held_out.values()) - 0.2) == (gap > 0)


def test_the_rules_for_the_window_are_those_of_scott_and_silverman(fit):
    X = gaussian(100, 3)
    deviation = np.sqrt(X.var(axis=0).mean())
    windows = [fit("parzen_windows", X, bandwidth=rule).windows.bandwidth for rule in ("scott", "silverman")]
    np.testing.assert_allclose(windows, deviation * np.array([100 ** (-1 / 7), (100 * 5 / 4) ** (-1 / 7)]))


def test_histograms_and_neighbours_each_see_what_the_other_does_not(fit):
    rng = np.random.default_rng(0)
    signs = rng.choice([-1, 1], (400, 1)) * [3, 3]
    X = np.column_stack([signs + 0.5 * rng.normal(size=(400, 2)), np.zeros(400)])
    detector = fit("histogram_neighbour_density", X)
    typical, apart_together, odd_in_a_column = [3, 3, 0], [3, -3, 0], [3, 3, 0.1]
    scores = detector.score(np.array([typical, apart_together, odd_in_a_column]))
    assert scores[1] > detector.threshold > scores[0]
    assert scores[2] > detector.threshold
    histograms = detector.histograms.surprise(np.array([typical, apart_together]))
    assert abs(histograms[0] - histograms[1]) < 2


@pytest.mark.parametrize(("metric", "level"), [("cosine", 0), ("correlation", 5)])
def test_similarity_does_not_see_scale_nor_correlation_the_level(fit, metric, level):
    X, row = gaussian(50, 6), gaussian(1, 6, seed=1)
    detector = fit("feature_matching", X, metric=metric)
    np.testing.assert_allclose(detector.score(7 * row + level), detector.score(row))
    assert detector.score(np.zeros((1, 6))) == 1
    assert detector.score(X[:1]) < detector.score(-X[:1])
    with pytest.raises(ValueError, match="one of: cosine, correlation, euclidean"):
        fit("feature_matching", X, metric="taxicab")


def test_diffusion_time_is_the_mean_square_distance_to_the_neighbours_by_column(fit):
    X, test = gaussian(60, 4), gaussian(20, 4, seed=1)
    expected = np.sort(cdist(test, X, "sqeuclidean"), axis=1)[:, :5].mean(axis=1) / 4
    np.testing.assert_allclose(fit("dte_np", X).score(test), expected)


@pytest.mark.parametrize("file", ["38_thyroid", "41_Waveform", "27_PageBlocks", "30_satellite"])
def test_diffusion_time_reproduces_the_published_areas(fit, file):
    if not (SHARED / "data/adbench" / f"{file}.npz").exists():
        pytest.skip("needs ADBench's data and the published table")
    with np.load(SHARED / "data/adbench" / f"{file}.npz", allow_pickle=False) as stored:
        X, y = stored["X"], stored["y"]
    with (SHARED / "published/dte2023.csv").open() as lines:
        wanted = {"setting": "one-class", "metric": "aucroc", "detector": "DTE-NP"}
        wanted["dataset"] = file.partition("_")[2].lower()
        published = next(row for row in csv.DictReader(lines) if wanted.items() <= row.items())
    normal = X[y == 0]
    half = round(len(normal) / 2)
    scale = StandardScaler().fit(normal[:half]).transform
    found = area(fit("dte_np", scale(normal[:half])), scale(normal[half:]), scale(X[y == 1]))
    assert 100 * found == pytest.approx(float(published["mean_percent"]), abs=0.5)


def test_the_linear_one_class_svm_ranks_as_the_one_with_all_pairs(fit):
    X, test = gaussian(500, 5), 1.5 * gaussian(200, 5, seed=1)
    exact, mapped = fit("one_class_svm", X, nu=0.1), fit("nystroem_one_class_svm", X)
    assert spearmanr(exact.score(test), mapped.score(test)).statistic > 0.95
    assert (mapped.score(X) > 0).mean() == pytest.approx(0.1, abs=0.05)


def test_cuts_in_any_direction_see_rows_in_the_ghosts_of_two_clusters(fit):
    rng = np.random.default_rng(0)
    ends = np.array([[0, 10], [10, 0]])
    train, test = (ends[rng.integers(0, 2, n)] + rng.normal(size=(n, 2)) for n in (1000, 300))
    ghosts = np.array([[0, 0], [10, 10]])[rng.integers(0, 2, 50)] + 0.5 * rng.normal(size=(50, 2))
    extended = area(fit("extended_isolation_forest", train), test, ghosts)
    along_axes = area(fit("extended_isolation_forest", train, extension_level=0), test, ghosts)
    assert extended > 0.97
    assert max(along_axes, area(fit("isolation_forest", train), test, ghosts)) < extended - 0.02


def test_paths_count_cuts_and_what_they_leave_together():
    rng = np.random.default_rng(0)
    np.testing.assert_allclose(forest.unsplit_length(np.array([0, 1, 2])), [0, 0, 1])
    assert forest.unsplit_length(np.array(256)) == pytest.approx(10.244, abs=1e-3)
    same = forest.Tree(np.ones((8, 2)), 1, rng)
    np.testing.assert_allclose(same.path_lengths(np.ones((1, 2))), forest.unsplit_length(np.array(8)))
    normals = forest.random_normals(50, 5, 1, rng)
    assert ((normals != 0).sum(axis=1) == 2).all()
