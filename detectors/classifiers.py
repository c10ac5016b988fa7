"""Classifiers of scikit-learn that learn from the labels; unlabelled rows count as normal."""

from __future__ import annotations

from typing import Any

from bench import Floats, Train, detector


class _OnStandardisedRows:
    """A classifier of rows whose columns have zero mean and unit variance; scores are signed, 0 between."""

    def classifier(self) -> Any:
        raise NotImplementedError

    def fit(self, train: Train) -> None:
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        self.model = make_pipeline(StandardScaler(), self.classifier()).fit(train.X, train.y == 1)
        self.threshold = 0.0

    def score(self, X: Floats) -> Floats:
        return self.model.decision_function(X).astype(float)


@detector(
    labels=True, requires=("sklearn",), deterministic=True, family="classifier", complexity="n d", cost=0.2
)
class LogisticRegression(_OnStandardisedRows):
    """Logistic regression on standardised columns, the classes weighted equally (Cox, 1958).

    The score is the log-odds of the anomaly class, which the threshold of 0 makes even. ``C`` is the
    inverse of the penalty on squared weights.
    """

    def __init__(self, C: float = 1.0, max_iter: int = 1000) -> None:
        self.C = C
        self.max_iter = max_iter

    def classifier(self) -> Any:
        from sklearn.linear_model import LogisticRegression

        return LogisticRegression(C=self.C, max_iter=self.max_iter, class_weight="balanced")


@detector(
    labels=True, requires=("sklearn",), deterministic=True, family="classifier", complexity="n² d", cost=0.5
)
class SupportVectorClassifier(_OnStandardisedRows):
    """Support vector machine between the labelled classes, weighted equally (Cortes and Vapnik, 1995).

    The score is the signed distance from the boundary, where the threshold lies, in units of the margin.
    ``C`` is the price of a row inside the margin, ``gamma`` the kernel's as scikit-learn defines it.
    """

    def __init__(self, C: float = 1.0, kernel: str = "rbf", gamma: float | str = "scale") -> None:
        self.C = C
        self.kernel = kernel
        self.gamma = gamma

    def classifier(self) -> Any:
        from sklearn.svm import SVC

        # The solver's result does not depend on it, but without it one is drawn from the global state.
        unused = 0
        return SVC(
            C=self.C, kernel=self.kernel, gamma=self.gamma, class_weight="balanced", random_state=unused
        )
