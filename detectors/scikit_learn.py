"""Detectors that scikit-learn ships, with the article's parameters where the article uses them."""

from __future__ import annotations

from typing import Any

from bench import Floats, Train, detector, estimator

from ._pyod import UnitWeights

# The fraction of anomalies in the article's rows, which it passes to both of its unsupervised detectors.
ARTICLE_CONTAMINATION = 200 / 2200

one_class_svm = estimator(
    "sklearn.svm.OneClassSVM",
    "One-class support vector machine (Schölkopf et al., 2001).",
    sign=-1,
    params={"nu": ARTICLE_CONTAMINATION},
    adapter=UnitWeights,
    deterministic=True,
    flaws=("global-random-state",),
    family="boundary",
    complexity="n² d",
)


@detector(family="isolation", complexity="trees · sample log sample")
class IsolationForest:
    """Isolation forest: anomalies are separated by few random cuts (Liu et al., 2008).

    Each tree sees ``max_features`` columns, or all of them where there are fewer.
    """

    def __init__(
        self,
        n_estimators: int = 100,
        contamination: float = ARTICLE_CONTAMINATION,
        max_features: int = 100,
        max_samples: float | str = "auto",
    ) -> None:
        self.n_estimators = n_estimators
        self.contamination = contamination
        self.max_features = max_features
        self.max_samples = max_samples

    def fit(self, train: Train) -> None:
        from sklearn.ensemble import IsolationForest

        self.forest = IsolationForest(
            n_estimators=self.n_estimators,
            contamination=self.contamination,
            max_features=min(self.max_features, train.X.shape[1]),
            max_samples=self.max_samples,
            random_state=train.seed,
        ).fit(train.X)
        self.threshold = 0.0

    def score(self, X: Floats) -> Floats:
        return -self.forest.decision_function(X)


@detector(requires=("sklearn", "torch"), gpu=True, deterministic=True, cost=0.2, family="linear",
          complexity="n d² + d³")  # fmt: skip
class Mahalanobis:
    """Squared Mahalanobis distance, with the covariance of all training rows (Mahalanobis, 1936)."""

    def fit(self, train: Train) -> None:
        from sklearn.covariance import EmpiricalCovariance

        from ._torch import Mahalanobis

        self.in_torch = train.device != "cpu"
        model: Any = Mahalanobis(train.device) if self.in_torch else EmpiricalCovariance()
        self.model = model.fit(train.X)

    def score(self, X: Floats) -> Floats:
        return self.model.score(X) if self.in_torch else self.model.mahalanobis(X)


# Slower than most with the article's parameters: at each split it looks at 100 columns.
@detector(labels=True, slow=True, cost=3, family="classifier", complexity="trees · columns · n log n")
class RandomForest:
    """Random forest trained on the labels; unlabelled rows count as normal (Breiman, 2001).

    The score is the fraction of votes for the anomaly class. Each split looks at ``max_features`` columns,
    or at all of them where there are fewer.
    """

    def __init__(self, n_estimators: int = 100, max_features: int = 100) -> None:
        self.n_estimators = n_estimators
        self.max_features = max_features

    def fit(self, train: Train) -> None:
        from ._forests import GrownForestClassifier

        self.forest = GrownForestClassifier(
            n_estimators=self.n_estimators,
            max_features=min(self.max_features, train.X.shape[1]),
            random_state=train.seed,
        ).fit(train.X, train.y == 1)
        self.threshold = 0.5

    def score(self, X: Floats) -> Floats:
        return self.forest.predict_proba(X)[:, 1]
