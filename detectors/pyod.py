"""Quick detectors of PyOD (Zhao et al., JMLR 2019), guarded against what its version 3.6 gets wrong."""

from __future__ import annotations

import numpy as np

from bench import LibraryDetector, estimator

from ._library_or_torch import KDEOrTorch, KNNOrTorch, LOFOrTorch, PCAOrTorch


class JointTailProbability(LibraryDetector):
    """ECOD and COPOD rank training and scored rows together, and a column that is constant over both has
    no skewness: NaN for every row. Such a column says nothing of any row, so it is left out.
    """

    def fit_model(self, X):
        self.X = X
        self.model.fit(X[:, varying(X)])

    def score(self, X):
        columns = varying(np.concatenate([self.X, X]))
        self.model.X_train = self.X[:, columns]
        return self.model.decision_function(X[:, columns])


def varying(X):
    return (X[0] != X).any(axis=0)


abod = estimator(
    "pyod.models.abod.ABOD",
    "Angle-based outlier detection (Kriegel et al., 2008).",
    deterministic=True,
    cost=2,
)
cblof = estimator(
    "pyod.models.cblof.CBLOF", "Cluster-based local outlier factor (He et al., 2003).", cost=1.5
)
copod = estimator(
    "pyod.models.copod.COPOD", "Copula-based outlier detection (Li et al., 2020).",
    adapter=JointTailProbability, deterministic=True, cost=0.2, flaws=("batch",),
)  # fmt: skip
ecod = estimator(
    "pyod.models.ecod.ECOD", "Tail probabilities of each column's empirical distribution (Li et al., 2022).",
    adapter=JointTailProbability, deterministic=True, cost=0.2, flaws=("batch",),
)  # fmt: skip
gmm = estimator(
    "pyod.models.gmm.GMM", "Density under a Gaussian mixture (one component by default).", cost=0.2
)
hbos = estimator(
    "pyod.models.hbos.HBOS", "Histogram-based outlier score (Goldstein and Dengel, 2012).",
    deterministic=True, cost=0.3,
)  # fmt: skip
inne = estimator(
    "pyod.models.inne.INNE", "Isolation by nearest-neighbour ensembles (Bandaragoda et al., 2018).", cost=0.5
)
kde = estimator(
    "pyod.models.kde.KDE", "Kernel density (Latecki et al., 2007).",
    adapter=KDEOrTorch, requires=("torch",), gpu=True, deterministic=True, cost=1,
)  # fmt: skip
knn = estimator(
    "pyod.models.knn.KNN", "Distance to the k-th nearest neighbour (Ramaswamy et al., 2000).",
    adapter=KNNOrTorch, requires=("torch",), gpu=True, deterministic=True, cost=0.3,
)  # fmt: skip
kpca = estimator("pyod.models.kpca.KPCA", "Reconstruction error of a kernel PCA (Hoffmann, 2007).", cost=3)
loda = estimator("pyod.models.loda.LODA", "Histograms of sparse random projections (Pevný, 2016).", cost=0.2)
lof = estimator(
    "pyod.models.lof.LOF", "Local outlier factor (Breunig et al., 2000).",
    adapter=LOFOrTorch, requires=("torch",), gpu=True, deterministic=True, cost=0.3,
)  # fmt: skip
mcd = estimator(
    "pyod.models.mcd.MCD", "Mahalanobis distance, minimum covariance determinant (Rousseeuw, 1999).", cost=10
)
# The default solver gives infinite scores where columns are linearly dependent; "full" does not.
pca = estimator(
    "pyod.models.pca.PCA", "Weighted distance to principal axes (Shyu et al., 2003).",
    params={"svd_solver": "full"}, adapter=PCAOrTorch, requires=("torch",), gpu=True,
    deterministic=True, cost=0.3,
)  # fmt: skip
sampling = estimator(
    "pyod.models.sampling.Sampling", "Distance to a small random sample (Sugiyama, 2013).", cost=0.1
)
