"""What can be made of a stage that rebuilds rows: a score by its error, and forests on its differences.

A head is a dataclass that leaves ``stage()`` open; a detector is a head together with a class that names
the stage and adds its parameters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from bench import Declaration, Floats, Train

# How detectors with the two kinds of heads are declared.
ERROR: Declaration = {
    "family": "reconstruction",
    "complexity": "n d",
    "requires": ("torch",),
    "gpu": True,
    "cost": 4,
}
FOREST: Declaration = {**ERROR, "labels": True, "calibration": True, "regimes": ("supervised",)}


class Rebuilding(Protocol):
    """A fitted stage that rebuilds rows."""

    def difference(self, X: Floats) -> Floats:
        """Rows less their reconstructions, shape (n, d)."""


@dataclass(eq=False)
class SquaredDifference:
    """Mean squared error; the threshold is what a fraction ``contamination`` of the training rows exceeds."""

    contamination: float = 0.1

    def fit(self, train: Train) -> None:
        import numpy as np

        self.fitted: Rebuilding = train.stage
        self.threshold = float(np.quantile(self.score(train.X), 1 - self.contamination))

    def score(self, X: Floats) -> Floats:
        return (self.fitted.difference(X) ** 2).mean(axis=1)


class _Forest:
    """A forest, fitted on labelled calibration rows, that reads what the stage cannot rebuild."""

    fitted: Rebuilding

    def fit_forest(self, train: Train, **parameters: Any) -> None:
        from sklearn.ensemble import RandomForestClassifier

        self.fitted = train.stage
        rows, labels = train.calibration
        self.forest = RandomForestClassifier(**parameters, random_state=train.seed)
        self.forest.fit(self.features(rows), labels == 1)
        self.threshold = 0.5

    def features(self, X: Floats) -> Floats:
        return self.fitted.difference(X)

    def score(self, X: Floats) -> Floats:
        return self.forest.predict_proba(self.features(X))[:, 1]


@dataclass(eq=False)
class DifferenceForest(_Forest):
    """Each split looks at ``max_features`` differences, or at all of them where there are fewer."""

    n_estimators: int = 100
    max_features: int = 100

    def fit(self, train: Train) -> None:
        columns = min(self.max_features, train.X.shape[1])
        self.fit_forest(train, n_estimators=self.n_estimators, max_features=columns)


@dataclass(eq=False)
class HistogramForest(_Forest):
    """A row's histogram of differences, ``bins`` bins over [-``limit``, ``limit``]; others do not count."""

    n_estimators: int = 10
    bins: int = 10
    limit: float = 0.3

    def fit(self, train: Train) -> None:
        self.fit_forest(train, n_estimators=self.n_estimators)

    def features(self, X: Floats) -> Floats:
        import numpy as np

        edges = np.linspace(-self.limit, self.limit, self.bins + 1)
        return np.stack([np.histogram(row, edges)[0] for row in super().features(X)])
