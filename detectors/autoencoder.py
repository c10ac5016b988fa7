"""The article's autoencoder and what it is good for: its error, and forests on what it cannot rebuild."""

from __future__ import annotations

from collections.abc import Sequence

from bench import Stage, Train, detector

HIDDEN = (128, 64, 16)


class Autoencoder(Stage):
    """An autoencoder with a small code, trained on the rows to take for normal.

    Layers of 128, 64 and 16 units lead to ``code_size`` and back, with LeakyReLU(0.2) between hidden
    layers and none after the code or the output. (The article prints no activations; without them
    neither its loss nor its figures can be reached.) Adam on the mean squared error, float32.
    """

    def __init__(
        self,
        code_size: int = 4,
        epochs: int = 100,
        batch_size: int = 32,
        learning_rate: float = 1e-3,
        weight_decay: float = 1e-5,
    ) -> None:
        self.code_size = code_size
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay

    def fit(self, train: Train) -> None:
        self.fit_many([self], [train])

    @classmethod
    def fit_many(cls, stages: Sequence[Autoencoder], trains: Sequence[Train]) -> None:
        from ._autoencoders import train_together

        one = stages[0]
        networks = train_together(
            [train.X_normal for train in trains],
            [train.seed for train in trains],
            hidden=(*HIDDEN, one.code_size),
            epochs=one.epochs,
            batch_size=one.batch_size,
            learning_rate=one.learning_rate,
            weight_decay=one.weight_decay,
            device=trains[0].device,
        )
        for stage, network in zip(stages, networks, strict=True):
            stage.network = network

    def difference(self, X):
        """Rows less their reconstructions, shape (n, d)."""
        import torch

        with torch.inference_mode():
            rebuilt = self.network.rebuild(torch.as_tensor(X, dtype=torch.float32)[None])
        return X - rebuilt[0].numpy()


@detector(name="autoencoder", requires=("torch",), gpu=True, cost=4)
class ReconstructionError:
    """Mean squared reconstruction error of an autoencoder, with no labels (Sakurada and Yairi, 2014).

    Its own threshold is the error that a share of ``contamination`` of the training rows exceeds.
    """

    def __init__(self, contamination: float = 0.1, epochs: int = 100, code_size: int = 4) -> None:
        self.contamination = contamination
        self.epochs = epochs
        self.code_size = code_size

    def stage(self) -> Autoencoder:
        return Autoencoder(epochs=self.epochs, code_size=self.code_size)

    def fit(self, train: Train) -> None:
        import numpy as np

        self.autoencoder = train.stage
        self.threshold = float(np.quantile(self.score(train.X), 1 - self.contamination))

    def score(self, X):
        return (self.autoencoder.difference(X) ** 2).mean(axis=1)


class _ForestOnDifferences:
    """A forest, fitted on labelled calibration rows, that reads what the autoencoder cannot rebuild."""

    epochs: int
    code_size: int

    def stage(self) -> Autoencoder:
        return Autoencoder(epochs=self.epochs, code_size=self.code_size)

    def fit_forest(self, train: Train, **parameters) -> None:
        from sklearn.ensemble import RandomForestClassifier

        self.autoencoder = train.stage
        rows, labels = train.calibration
        self.forest = RandomForestClassifier(**parameters, random_state=train.seed)
        self.forest.fit(self.features(rows), labels == 1)
        self.threshold = 0.5

    def features(self, X):
        return self.autoencoder.difference(X)

    def score(self, X):
        return self.forest.predict_proba(self.features(X))[:, 1]


@detector(labels=True, calibration=True, regimes=("supervised",), requires=("torch",), gpu=True, cost=4)
class AutoencoderDifferenceForest(_ForestOnDifferences):
    """Random forest on the differences between rows and their reconstructions (the article).

    The autoencoder learns from the normal training rows, the forest from the calibration rows. Each
    split looks at ``max_features`` differences, or at all of them where there are fewer.
    """

    def __init__(
        self, n_estimators: int = 100, max_features: int = 100, epochs: int = 100, code_size: int = 4
    ) -> None:
        self.n_estimators = n_estimators
        self.max_features = max_features
        self.epochs = epochs
        self.code_size = code_size

    def fit(self, train: Train) -> None:
        columns = min(self.max_features, train.X.shape[1])
        self.fit_forest(train, n_estimators=self.n_estimators, max_features=columns)


@detector(labels=True, calibration=True, regimes=("supervised",), requires=("torch",), gpu=True, cost=4)
class AutoencoderHistogramForest(_ForestOnDifferences):
    """Random forest on each row's histogram of differences from its reconstruction (the article).

    The histogram has ``bins`` bins over [-``limit``, ``limit``]; differences outside are not counted.
    """

    def __init__(
        self,
        n_estimators: int = 10,
        bins: int = 10,
        limit: float = 0.3,
        epochs: int = 100,
        code_size: int = 4,
    ) -> None:
        self.n_estimators = n_estimators
        self.bins = bins
        self.limit = limit
        self.epochs = epochs
        self.code_size = code_size

    def fit(self, train: Train) -> None:
        self.fit_forest(train, n_estimators=self.n_estimators)

    def features(self, X):
        import numpy as np

        edges = np.linspace(-self.limit, self.limit, self.bins + 1)
        return np.stack([np.histogram(row, edges)[0] for row in super().features(X)])
