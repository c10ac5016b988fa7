"""The scorers in torch give the scores of the libraries that they stand for."""

from __future__ import annotations

import importlib

import numpy as np
import pytest
from pyod.models.kde import KDE
from pyod.models.knn import KNN
from pyod.models.lof import LOF
from pyod.models.pca import PCA
from scipy.spatial.distance import cdist
from scipy.special import logsumexp
from scipy.stats import spearmanr
from sklearn.covariance import EmpiricalCovariance

from bench.plugins.registry import load_registry

# The private package that the loader puts the folder's files into.
PACKAGE = load_registry(installed=False).detectors["isolation_forest"].build.__module__.rpartition(".")[0]
torch_scorers = importlib.import_module(f"{PACKAGE}._torch")
neighbours = importlib.import_module(f"{PACKAGE}._torch_neighbours")
kernels = importlib.import_module(f"{PACKAGE}._kernels")
adapters = importlib.import_module(f"{PACKAGE}._library_or_torch")

# Above 15 columns scikit-learn's neighbours come from a matrix product, and 1e-7 stands for a distance of 0.
TOLERANCE = {"rtol": 1e-4, "atol": 1e-6}


def gaussian(rows, columns, seed=0):
    return np.random.default_rng(seed).normal(size=(rows, columns))


def far_from_the_origin(rows, columns):
    return gaussian(rows, columns) + 1e4


def with_duplicates(rows, columns):
    """Each row three times: fewer copies than any of the detectors has neighbours."""
    return np.repeat(gaussian(-(-rows // 3), columns), 3, axis=0)[:rows]


def mostly_one_row(rows, columns):
    """More copies of a row than there are neighbours: distances of zero, densities of 1e10."""
    X = gaussian(rows, columns)
    X[: rows // 2] = X[0]
    return X


def with_constant_column(rows, columns):
    X = gaussian(rows, columns)
    X[:, columns // 2] = 3.0
    return X


DATA = [gaussian, far_from_the_origin, with_duplicates, mostly_one_row, with_constant_column]
SHAPES = [(120, 3), (300, 40), (40, 60)]


class ByScikitLearn:
    """EmpiricalCovariance with the names that PyOD gives."""

    def fit(self, X):
        self.covariance = EmpiricalCovariance().fit(X)
        self.decision_scores_ = self.decision_function(X)
        return self

    def decision_function(self, X):
        return self.covariance.mahalanobis(X)


class ByDefinition:
    """A Gaussian kernel density written out, with the names that PyOD gives."""

    def fit(self, X):
        self.X = X
        self.decision_scores_ = self.decision_function(X)
        return self

    def decision_function(self, X):
        n, d = self.X.shape
        kernels = -0.5 * cdist(X, self.X, "sqeuclidean")
        return np.log(n) + d / 2 * np.log(2 * np.pi) - logsumexp(kernels, axis=1)


PAIRS = {
    "KNN": (neighbours.KNN, KNN),
    "LOF": (neighbours.LOF, LOF),
    "KDE": (torch_scorers.KDE, ByDefinition),
    "KDE in numpy": (kernels.KernelDensity, ByDefinition),
    "PCA": (torch_scorers.PCA, lambda: PCA(svd_solver="full")),
    "Mahalanobis": (torch_scorers.Mahalanobis, ByScikitLearn),
}


def rank_deficient(X):
    return np.linalg.matrix_rank(X - X.mean(axis=0), tol=1e-6) < min(X.shape)


# Divided by a variance that is rounding error, the library's scores of PCA are, too: only their ranks count.
CASES = [
    (name, make, shape)
    for name in PAIRS
    for make in DATA
    for shape in SHAPES
    if not (name == "PCA" and rank_deficient(make(*shape)))
]


@pytest.fixture(params=[2**24, 1000], ids=["one block", "many blocks"])
def block(request, monkeypatch):
    monkeypatch.setattr(torch_scorers, "BLOCK", request.param)
    monkeypatch.setattr(kernels, "BLOCK", request.param)


@pytest.mark.parametrize(("name", "make", "shape"), CASES)
def test_scores_equal_the_library_s(name, make, shape, block):
    ours, library = PAIRS[name]
    train, test = make(*shape), np.concatenate([make(*shape)[::2], gaussian(30, shape[1], seed=1)])
    expected, found = library().fit(train), ours().fit(train)
    assert found.score(test).dtype == np.float64
    np.testing.assert_allclose(found.score(test), expected.decision_function(test), **TOLERANCE)
    np.testing.assert_allclose(found.training_scores, expected.decision_scores_, **TOLERANCE)


@pytest.mark.parametrize("scorer", [torch_scorers.KDE, kernels.KernelDensity])
@pytest.mark.parametrize("make", DATA)
def test_kde_scores_equal_the_library_s_where_those_are_exact(make, scorer, block):
    """With many columns the library's are not: scikit-learn's tree adds and subtracts what cancels."""
    train, test = make(300, 10), gaussian(50, 10, seed=1)
    expected, found = KDE().fit(train), scorer().fit(train)
    np.testing.assert_allclose(found.score(test), expected.decision_function(test), **TOLERANCE)
    np.testing.assert_allclose(found.training_scores, expected.decision_scores_, **TOLERANCE)


@pytest.mark.parametrize("shape", [*SHAPES, (1, 3)])
@pytest.mark.parametrize("make", DATA)
def test_densities_in_numpy_are_those_in_torch(make, shape, block):
    train, test, widths = make(*shape), gaussian(50, shape[1], seed=1), np.array([0.2, 1.5])
    ours, in_torch = kernels.KernelDensity(0.7).fit(train), torch_scorers.KDE(0.7).fit(train)
    np.testing.assert_allclose(ours.score(test), in_torch.score(test), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(ours.training_scores, in_torch.training_scores, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(ours.leave_one_out(), in_torch.leave_one_out(), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(
        kernels.log_densities_among_others(train, widths),
        torch_scorers.LeaveOneOut().log_densities(train, widths),
        rtol=1e-9, atol=1e-9,
    )  # fmt: skip


def test_pca_ranks_rows_as_the_library_does_where_a_column_is_constant():
    train, test = with_constant_column(300, 10), with_constant_column(100, 10)
    found = torch_scorers.PCA().fit(train).score(test)
    assert np.isfinite(found).all()
    expected = PCA(svd_solver="full").fit(train).decision_function(test)
    assert spearmanr(found, expected).statistic > 0.999


@pytest.mark.parametrize("name", PAIRS)
def test_a_row_s_score_does_not_depend_on_the_rows_beside_it(name):
    scorer = PAIRS[name][0]().fit(gaussian(200, 5))
    test = gaussian(50, 5, seed=1)
    np.testing.assert_allclose(scorer.score(test[:1]), scorer.score(test)[:1], rtol=1e-9)
    assert scorer.score(test[:0]).shape == (0,)


def test_blocks_cover_each_row_once_within_the_limit(monkeypatch):
    monkeypatch.setattr(torch_scorers, "BLOCK", 100)
    for rows, width in [(7, 30), (10, 100), (3, 1000), (50, 1)]:
        slices = list(torch_scorers.blocks(rows, width))
        assert [i for each in slices for i in range(rows)[each]] == list(range(rows))
        assert all((each.stop - each.start) * width <= max(100, width) for each in slices)


def test_knn_refuses_more_neighbours_than_there_are_rows():
    with pytest.raises(ValueError, match="less than the 5 training rows"):
        neighbours.KNN(n_neighbors=5).fit(gaussian(5, 2))


ADAPTERS = [
    ("pyod.models.knn.KNN", adapters.KNNOrTorch, {"n_neighbors": 7, "contamination": 0.05}),
    ("pyod.models.lof.LOF", adapters.LOFOrTorch, {"n_neighbors": 12}),
    ("pyod.models.kde.KDE", adapters.KDEOrTorch, {"bandwidth": 0.5}),
    ("pyod.models.pca.PCA", adapters.PCAOrTorch, {"svd_solver": "full"}),
]


class TrainOn:
    """Training rows on a device by name; a device called "cpu:0" is the CPU to torch, and another one to
    an adapter, which so takes the way it takes on a GPU.
    """

    def __init__(self, X, device):
        self.X, self.device, self.seed = X, device, 0


@pytest.mark.parametrize(("path", "adapter", "params"), ADAPTERS)
def test_a_detector_on_another_device_keeps_its_scores_and_its_threshold(path, adapter, params):
    X, test = gaussian(200, 6), gaussian(60, 6, seed=1)
    library, in_torch = adapter(path, 1, params), adapter(path, 1, params)
    library.fit(TrainOn(X, "cpu"))
    in_torch.fit(TrainOn(X, "cpu:0"))
    assert isinstance(in_torch.model, adapter.scorer)
    if adapter.on_cpu is not None:
        assert isinstance(library.model, adapter.on_cpu)
    assert not isinstance(library.model, torch_scorers.Scorer)
    np.testing.assert_allclose(in_torch.score(test), library.score(test), **TOLERANCE)
    assert in_torch.threshold == pytest.approx(library.threshold, rel=1e-4)


@pytest.mark.parametrize(
    ("path", "adapter", "params"),
    [
        ("pyod.models.knn.KNN", adapters.KNNOrTorch, {"method": "mean"}),
        ("pyod.models.lof.LOF", adapters.LOFOrTorch, {"metric": "manhattan", "metric_params": {}}),
        ("pyod.models.kde.KDE", adapters.KDEOrTorch, {"bandwidth": "scott"}),
        ("pyod.models.pca.PCA", adapters.PCAOrTorch, {"n_components": 2}),
    ],
)
def test_parameters_that_torch_does_not_cover_go_to_the_library(path, adapter, params):
    detector = adapter(path, 1, params)
    detector.fit(TrainOn(gaussian(50, 4), "cpu:0"))
    assert type(detector.model).__module__.startswith("pyod.")
