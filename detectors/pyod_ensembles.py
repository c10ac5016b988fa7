"""Ensembles of PyOD (Zhao et al., JMLR 2019); of XGBOD the labels train a classifier on their scores."""

from __future__ import annotations

from bench import estimator

from ._fast import FAST
from ._pyod_dif import QuickDIF
from ._pyod_forests import GrownSUOD
from ._pyod_neural import LabelledProbability
from ._pyod_vectorised import VectorisedLSCP

dif = estimator(
    "pyod.models.dif.DIF",
    "Deep isolation forest: trees on the outputs of random networks (Xu et al., 2023).",
    params=FAST, adapter=QuickDIF, requires=("torch",), family="isolation", complexity="n d networks",
    cost=3, flaws=("batch",),
)  # fmt: skip
feature_bagging = estimator(
    "pyod.models.feature_bagging.FeatureBagging",
    "Mean of detectors, LOF by default, each on some of the columns (Lazarevic and Kumar, 2005).",
    requires=("combo",), family="ensemble", complexity="n² d", cost=2, flaws=("one-column",),
)  # fmt: skip
iforest = estimator(
    "pyod.models.iforest.IForest",
    "Isolation forest on all columns (Liu et al., 2008).",
    family="isolation", complexity="n log n", cost=0.5,
)  # fmt: skip
lscp = estimator(
    "pyod.models.lscp.LSCP",
    "Of several LOF detectors those that agree best with the pool near a row (Zhao et al., 2019).",
    params=FAST, adapter=VectorisedLSCP, requires=("combo",), family="ensemble", complexity="n² d",
    cost=3,
)  # fmt: skip
# It would ask how many jobs to give each detector of forests that it trains for that before each fit and each
# scoring, and writes into its own package; here is one job.
suod = estimator(
    "pyod.models.suod.SUOD",
    "Mean of LOF, HBOS, COPOD and isolation forests on random projections (Zhao et al., 2021).",
    params={"bps_flag": False, **FAST}, adapter=GrownSUOD, requires=("combo", "suod"), family="ensemble",
    complexity="n² d", cost=6, slow=True, flaws=("batch",),
)  # fmt: skip
xgbod = estimator(
    "pyod.models.xgbod.XGBOD",
    "Boosted trees on the columns and on the scores of some forty detectors (Zhao and Hryniewicki, 2018).",
    adapter=LabelledProbability, labels=True, requires=("xgboost",), family="classifier",
    complexity="n² d", cost=20, slow=True,
)  # fmt: skip
