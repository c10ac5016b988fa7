"""The relevance vector machine, a sparse Bayesian classifier."""

from __future__ import annotations

import numpy as np

from bench import Floats, Train, detector


@detector(labels=True, requires=("sklearn", "fastrvm"), family="classifier", complexity="n² d", cost=4)
class RelevanceVectorMachine:
    """Relevance vector machine: sparse Bayesian kernel classification (Tipping, 2001).

    The score is the log-odds of the anomaly class, with 0 for the threshold; unlabelled rows count as
    normal. Columns are standardised; ``gamma`` is the Gaussian kernel's, as scikit-learn defines it. Of
    more than ``max_rows`` rows that many are drawn, each class by its frequency, but up to a tenth of them
    anomalous where that is less. There is no intercept, so that rows far from all others are neither
    normal nor anomalous, which still is more than normal.
    """

    def __init__(self, gamma: float | str = "scale", max_rows: int = 1000, max_iter: int = 300) -> None:
        self.gamma = gamma
        self.max_rows = max_rows
        self.max_iter = max_iter

    def fit(self, train: Train) -> None:
        from fastrvm import RVC
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        anomalous = train.y == 1
        kept = _drawn(anomalous, self.max_rows, np.random.default_rng(train.seed))
        self.model = make_pipeline(StandardScaler(), RVC(gamma=self.gamma, max_iter=self.max_iter))
        self.model.fit(train.X[kept], anomalous[kept])
        self.threshold = 0.0

    def score(self, X: Floats) -> Floats:
        return self.model.decision_function(X)


def _drawn(anomalous: np.ndarray, most: int, rng: np.random.Generator) -> np.ndarray:
    """Indices of at most ``most`` rows, where a few anomalies stay among the many normal rows."""
    order = rng.permutation(len(anomalous))
    anomalies, normals = order[anomalous[order]], order[~anomalous[order]]
    room = min(most, len(order))
    anomalies = anomalies[: max(room * len(anomalies) // len(order), room // 10)]
    return np.concatenate([anomalies, normals[: room - len(anomalies)]])
