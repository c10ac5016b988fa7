"""Boosted trees that learn from the labels; unlabelled rows count as normal.

Each library keeps its own defaults, on one thread: trials already run side by side. The rarer class is
weighted up to the other. The score is the sum of the trees, the log-odds of the anomaly class, since
probabilities of sure rows round to one; so the threshold is 0.
"""

from __future__ import annotations

import numpy as np

from bench import Floats, Labels, Train, detector


def weight_of_anomalies(y: Labels) -> float:
    """How many normal rows there are to each row labelled anomalous."""
    anomalies = np.count_nonzero(y == 1)
    return (len(y) - anomalies) / anomalies


@detector(
    name="xgboost", labels=True, requires=("xgboost",), family="classifier", complexity="n d log n", cost=3
)
class XGBoost:
    """Gradient-boosted trees of XGBoost, trained on the labels (Chen and Guestrin, 2016)."""

    def __init__(self, n_estimators: int = 100, max_depth: int = 6, learning_rate: float = 0.3) -> None:
        self.n_estimators = n_estimators
        self.max_depth = max_depth
        self.learning_rate = learning_rate

    def fit(self, train: Train) -> None:
        from xgboost import XGBClassifier

        self.model = XGBClassifier(
            n_estimators=self.n_estimators,
            max_depth=self.max_depth,
            learning_rate=self.learning_rate,
            scale_pos_weight=weight_of_anomalies(train.y),
            n_jobs=1,
            random_state=train.seed,
            verbosity=0,
        ).fit(train.X, train.y == 1)
        self.threshold = 0.0

    def score(self, X: Floats) -> Floats:
        return self.model.predict(X, output_margin=True).astype(float)


@detector(name="lightgbm", labels=True, requires=("lightgbm",), family="classifier", complexity="n d", cost=2)
class LightGBM:
    """Gradient-boosted trees of LightGBM, trained on the labels (Ke et al., 2017).

    A leaf holds ``min_child_samples`` rows or more, or a tenth of all where that is less, so that small
    sets are split at all. Since the classes weigh the same, boosting starts from even odds: the library's
    own start knows nothing of the weights.
    """

    def __init__(
        self,
        n_estimators: int = 100,
        num_leaves: int = 31,
        learning_rate: float = 0.1,
        min_child_samples: int = 20,
        min_child_weight: float = 1.0,
    ) -> None:
        self.n_estimators = n_estimators
        self.num_leaves = num_leaves
        self.learning_rate = learning_rate
        self.min_child_samples = min_child_samples
        self.min_child_weight = min_child_weight

    def fit(self, train: Train) -> None:
        from lightgbm import Dataset
        from lightgbm import train as boost

        params = {
            "objective": "binary",
            "num_leaves": self.num_leaves,
            "learning_rate": self.learning_rate,
            "min_data_in_leaf": min(self.min_child_samples, max(1, len(train.X) // 10)),
            "min_sum_hessian_in_leaf": self.min_child_weight,
            "boost_from_average": False,
            "scale_pos_weight": weight_of_anomalies(train.y),
            "num_threads": 1,
            "seed": train.seed,
            "deterministic": True,
            "force_row_wise": True,
            "verbosity": -1,
        }
        self.model = boost(params, Dataset(train.X, train.y == 1), self.n_estimators)
        self.threshold = 0.0

    def score(self, X: Floats) -> Floats:
        return np.asarray(self.model.predict(X, raw_score=True))


@detector(name="catboost", labels=True, requires=("catboost",), family="classifier", complexity="n d", cost=6)
class CatBoost:
    """Gradient-boosted symmetric trees of CatBoost, trained on the labels (Prokhorenkova et al., 2018).

    There are 100 trees, as in the other libraries, in place of the library's 1000, which are slow.
    """

    def __init__(self, iterations: int = 100, depth: int = 6) -> None:
        self.iterations = iterations
        self.depth = depth

    def fit(self, train: Train) -> None:
        from catboost import CatBoostClassifier

        self.model = CatBoostClassifier(
            iterations=self.iterations,
            depth=self.depth,
            auto_class_weights="Balanced",
            thread_count=1,
            random_seed=train.seed,
            allow_writing_files=False,
            logging_level="Silent",
        ).fit(train.X, (train.y == 1).astype(int))
        self.threshold = 0.0

    def score(self, X: Floats) -> Floats:
        return self.model.predict(X, prediction_type="RawFormulaVal", thread_count=1)
