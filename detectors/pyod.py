"""Quick detectors of PyOD (Zhao et al., JMLR 2019), guarded against what its version 3.6 gets wrong."""

from __future__ import annotations

from bench import estimator

from ._fast import FAST
from ._library_or_torch import KDEOrTorch, KNNOrTorch, LOFOrTorch, PCAOrTorch
from ._pyod import ClippedSampling, LargeClusters, LargestOfColumns, UnitWeightsAlone, WithinRange
from ._pyod_compiled import SortedOnceCOPOD, SortedOnceECOD
from ._pyod_vectorised import VectorisedINNE

abod = estimator(
    "pyod.models.abod.ABOD",
    "Angle-based outlier detection (Kriegel et al., 2008).",
    family="neighbours", complexity="n² d", deterministic=True, cost=2, flaws=("duplicates",),
)  # fmt: skip
cblof = estimator(
    "pyod.models.cblof.CBLOF",
    "Cluster-based local outlier factor (He et al., 2003).",
    adapter=LargeClusters, family="clustering", complexity="n d clusters", cost=1.5,
)  # fmt: skip
copod = estimator(
    "pyod.models.copod.COPOD",
    "Copula-based outlier detection (Li et al., 2020).",
    params=FAST, adapter=SortedOnceCOPOD, family="density", complexity="n log n d", deterministic=True,
    cost=0.2, flaws=("batch",),
)  # fmt: skip
ecod = estimator(
    "pyod.models.ecod.ECOD",
    "Tail probabilities of each column's empirical distribution (Li et al., 2022).",
    params=FAST, adapter=SortedOnceECOD, family="density", complexity="n log n d", deterministic=True,
    cost=0.2, flaws=("batch",),
)  # fmt: skip
gmm = estimator(
    "pyod.models.gmm.GMM",
    "Density under a Gaussian mixture, one component by default (Aggarwal, 2015).",
    family="density", complexity="n d²", cost=0.2,
)  # fmt: skip
hbos = estimator(
    "pyod.models.hbos.HBOS",
    "Histogram-based outlier score (Goldstein and Dengel, 2012).",
    family="density", complexity="n d", deterministic=True, cost=0.3,
)  # fmt: skip
hdbscan = estimator(
    "pyod.models.hdbscan.HDBSCAN",
    "Strength of belonging to a density-based cluster, averaged over near rows (Campello et al., 2015).",
    family="clustering", complexity="n² d", deterministic=True, cost=1,
)  # fmt: skip
inne = estimator(
    "pyod.models.inne.INNE",
    "Isolation by nearest-neighbour ensembles (Bandaragoda et al., 2018).",
    params=FAST, adapter=VectorisedINNE, family="isolation", complexity="n d", cost=0.2,
)  # fmt: skip
kde = estimator(
    "pyod.models.kde.KDE",
    "Kernel density (Latecki et al., 2007).",
    adapter=KDEOrTorch, requires=("torch",), gpu=True, family="density", complexity="n² d",
    deterministic=True, cost=1,
)  # fmt: skip
knn = estimator(
    "pyod.models.knn.KNN",
    "Distance to the k-th nearest neighbour (Ramaswamy et al., 2000).",
    params={"n_neighbors": 5},
    adapter=KNNOrTorch, requires=("torch",), gpu=True, family="neighbours", complexity="n² d",
    deterministic=True, cost=0.3,
)  # fmt: skip
# With as many components as rows it rebuilds the training rows but for rounding, and its own threshold is a
# quantile of rounding errors: all new rows lie above it.
kpca = estimator(
    "pyod.models.kpca.KPCA",
    "Reconstruction error of a kernel PCA (Hoffmann, 2007).",
    family="reconstruction", complexity="n³", cost=3,
)  # fmt: skip
loda = estimator(
    "pyod.models.loda.LODA",
    "Histograms of sparse random projections (Pevný, 2016).",
    family="density", complexity="n √d", cost=0.2,
)  # fmt: skip
lof = estimator(
    "pyod.models.lof.LOF",
    "Local outlier factor (Breunig et al., 2000).",
    params={"n_neighbors": 20},
    adapter=LOFOrTorch, requires=("torch",), gpu=True, family="neighbours", complexity="n² d",
    deterministic=True, cost=0.3,
)  # fmt: skip
mad = estimator(
    "pyod.models.mad.MAD",
    "Largest of the columns' distances to their medians, in median distances (Iglewicz and Hoaglin, 1993).",
    adapter=LargestOfColumns, family="linear", complexity="n d", deterministic=True, cost=0.1,
)  # fmt: skip
mcd = estimator(
    "pyod.models.mcd.MCD",
    "Mahalanobis distance, minimum covariance determinant (Rousseeuw and Van Driessen, 1999).",
    family="linear", complexity="n d² + d³", cost=20, slow=True, flaws=("duplicates",),
)  # fmt: skip
ocsvm = estimator(
    "pyod.models.ocsvm.OCSVM",
    "One-class support vector machine, half of the rows outside by default (Schölkopf et al., 2001).",
    adapter=UnitWeightsAlone, family="boundary", complexity="n² d", deterministic=True, cost=0.5,
)  # fmt: skip
pca = estimator(
    "pyod.models.pca.PCA",
    "Weighted distances to the tips of the principal axes: PyOD's reading of Shyu et al. (2003).",
    params={"svd_solver": "full"}, adapter=PCAOrTorch, requires=("torch",), gpu=True,
    family="linear", complexity="n d²", deterministic=True, cost=0.3, flaws=("mirror",),
)  # fmt: skip
qmcd = estimator(
    "pyod.models.qmcd.QMCD",
    "How unevenly a row and the others fill the unit cube: wrap-around discrepancy (Fang and Ma, 2001).",
    adapter=WithinRange, family="density", complexity="n² d", deterministic=True, cost=0.3,
)  # fmt: skip
sampling = estimator(
    "pyod.models.sampling.Sampling",
    "Distance to a small random sample (Sugiyama and Borgwardt, 2013).",
    adapter=ClippedSampling, family="neighbours", complexity="n d", cost=0.1,
)  # fmt: skip
