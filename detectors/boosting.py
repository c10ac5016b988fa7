"""Boosted trees that learn from the labels; unlabelled rows count as normal.

Each library keeps its own defaults, on one thread: trials already run side by side. The score is the sum of
the trees, the log-odds of the anomaly class, since probabilities of sure rows round to one. The threshold is
where the odds would be even if the classes weighed alike, whatever ``anomaly_weight`` makes of them.
"""

from __future__ import annotations

import math

import numpy as np

from bench import Floats, Labels, Train, detector

# By ``anomaly_weight``: the power of the ratio of normal rows to anomalous ones that an anomalous one weighs.
POWERS = {"balanced": 1.0, "root": 0.5, "none": 0.0}


def weigh(y: Labels, anomaly_weight: str) -> tuple[float, float]:
    """What each row labelled anomalous weighs, and the threshold. ValueError for an unknown word."""
    if anomaly_weight not in POWERS:
        raise ValueError(f"unknown anomaly_weight={anomaly_weight!r}; one of: {', '.join(POWERS)}")
    anomalies = int(np.count_nonzero(y == 1))
    ratio = (len(y) - anomalies) / anomalies
    weight = ratio ** POWERS[anomaly_weight]
    return weight, math.log(weight / ratio)


@detector(
    name="xgboost", labels=True, requires=("xgboost",), family="classifier", complexity="n d log n", cost=3
)
class XGBoost:
    """Gradient-boosted trees of XGBoost, trained on the labels (Chen and Guestrin, 2016).

    ``anomaly_weight`` says what a row labelled anomalous weighs, a normal one being 1: "balanced", as many as
    there are normal rows to each, so that the classes weigh alike; "root", the root of that; "none", 1.
    Balanced, all cuts lie just below the lowest of a few anomalies; with no weight, one or two are too light
    for a leaf. The root ranks better than balanced weights where few anomalies have a label.
    """

    def __init__(
        self,
        n_estimators: int = 100,
        max_depth: int = 6,
        learning_rate: float = 0.3,
        anomaly_weight: str = "root",
    ) -> None:
        self.n_estimators = n_estimators
        self.max_depth = max_depth
        self.learning_rate = learning_rate
        self.anomaly_weight = anomaly_weight

    def fit(self, train: Train) -> None:
        from xgboost import XGBClassifier

        weight, self.threshold = weigh(train.y, self.anomaly_weight)
        self.model = XGBClassifier(
            n_estimators=self.n_estimators,
            max_depth=self.max_depth,
            learning_rate=self.learning_rate,
            scale_pos_weight=weight,
            n_jobs=1,
            random_state=train.seed,
            verbosity=0,
        ).fit(train.X, train.y == 1)

    def score(self, X: Floats) -> Floats:
        return self.model.predict(X, output_margin=True).astype(float)


@detector(name="lightgbm", labels=True, requires=("lightgbm",), family="classifier", complexity="n d", cost=2)
class LightGBM:
    """Gradient-boosted trees of LightGBM, trained on the labels (Ke et al., 2017).

    A leaf holds ``min_child_samples`` rows or more, or a tenth of all where that is less, so that small
    sets are split at all. Boosting starts from even odds: the library's own start knows nothing of the
    weights. ``anomaly_weight`` is that of `xgboost`: the root ranks better than balanced weights where few
    anomalies have a label. With no weight it ranks better still there, but what is above the threshold is
    a fifth of the normal rows.
    """

    def __init__(
        self,
        n_estimators: int = 100,
        num_leaves: int = 31,
        learning_rate: float = 0.1,
        min_child_samples: int = 20,
        min_child_weight: float = 1.0,
        anomaly_weight: str = "root",
    ) -> None:
        self.n_estimators = n_estimators
        self.num_leaves = num_leaves
        self.learning_rate = learning_rate
        self.min_child_samples = min_child_samples
        self.min_child_weight = min_child_weight
        self.anomaly_weight = anomaly_weight

    def fit(self, train: Train) -> None:
        from lightgbm import Dataset
        from lightgbm import train as boost

        weight, self.threshold = weigh(train.y, self.anomaly_weight)
        params = {
            "objective": "binary",
            "num_leaves": self.num_leaves,
            "learning_rate": self.learning_rate,
            "min_data_in_leaf": min(self.min_child_samples, max(1, len(train.X) // 10)),
            "min_sum_hessian_in_leaf": self.min_child_weight,
            "boost_from_average": False,
            "scale_pos_weight": weight,
            "num_threads": 1,
            "seed": train.seed,
            "deterministic": True,
            "force_row_wise": True,
            "verbosity": -1,
        }
        self.model = boost(params, Dataset(train.X, train.y == 1), self.n_estimators)

    def score(self, X: Floats) -> Floats:
        return np.asarray(self.model.predict(X, raw_score=True))


@detector(name="catboost", labels=True, requires=("catboost",), family="classifier", complexity="n d", cost=6)
class CatBoost:
    """Gradient-boosted symmetric trees of CatBoost, trained on the labels (Prokhorenkova et al., 2018).

    There are 100 trees, as in the other libraries, in place of the library's 1000, which are slow.
    ``anomaly_weight`` is that of `xgboost`; here balanced weights rank as well as their root.
    """

    def __init__(self, iterations: int = 100, depth: int = 6, anomaly_weight: str = "balanced") -> None:
        self.iterations = iterations
        self.depth = depth
        self.anomaly_weight = anomaly_weight

    def fit(self, train: Train) -> None:
        from catboost import CatBoostClassifier

        weight, self.threshold = weigh(train.y, self.anomaly_weight)
        self.model = CatBoostClassifier(
            iterations=self.iterations,
            depth=self.depth,
            class_weights=[1.0, weight],
            thread_count=1,
            random_seed=train.seed,
            allow_writing_files=False,
            logging_level="Silent",
        ).fit(train.X, (train.y == 1).astype(int))

    def score(self, X: Floats) -> Floats:
        return self.model.predict(X, prediction_type="RawFormulaVal", thread_count=1)
