"""Adapters for PyOD's networks, and for its classes that learn from labels."""

from __future__ import annotations

from inspect import signature
from typing import Any

import numpy as np

from bench import Floats, Train

from ._pyod import Alone, AloneInTorch, Clipped


class FullBatches(AloneInTorch):
    """`BaseDeepLearningDetector` drops the last batch if it is not full: of few rows nothing is left."""

    below_rows = ("batch_size",)


class KnowsColumns(AloneInTorch):
    """DeepSVDD asks for the number of columns."""

    def arguments(self, train: Train) -> dict[str, Any]:
        return {"n_features": train.X.shape[1], **super().arguments(train)}


class Rescored(AloneInTorch):
    """A network whose scores of the training rows, and with them the threshold, are not those of `score`."""

    def fit_model(self, X: Floats) -> None:
        super().fit_model(X)
        self.settle()
        self.model.decision_scores_ = self.model.decision_function(X)
        self.model._process_decision_scores()

    def settle(self) -> None:
        """Make the fitted network ready to score."""
        raise NotImplementedError


class WithoutDropout(Rescored):
    """ALAD never leaves training mode: with dropout still on, it scores a row otherwise each time."""

    def settle(self) -> None:
        for network in (self.model.enc, self.model.dec, self.model.disc_xx):
            network.eval()


class MeanCode(Rescored, FullBatches):
    """VAE draws the code whenever it scores; here a row is rebuilt from the mean of its codes."""

    def settle(self) -> None:
        self.model.model.reparameterize = lambda mean, _: mean


class AgainstNoise(AloneInTorch):
    """The GAAL classes score by the probability that a row is real, which is high for normal ones: here by
    that of the opposite. What their generators begin with are values from 0 to 1, so the rows are brought to
    that range, as in the paper. On nine tables of ADBench the mean ROC AUC so rose from 0.4 to 0.8.
    """

    def fit_model(self, X: Floats) -> None:
        from sklearn.preprocessing import MinMaxScaler

        self.scale = MinMaxScaler().fit(X).transform
        super().fit_model(self.scale(X))
        self.model.decision_scores_ = 1 - self.model.decision_scores_
        self.model._process_decision_scores()

    def score(self, X: Floats) -> Floats:
        return 1 - super().score(self.scale(X))


class NoLoneRow(AloneInTorch):
    """AE1SVM and DevNet raise where a batch is left with a single row, in fitting and in scoring."""

    def arguments(self, train: Train) -> dict[str, Any]:
        arguments = super().arguments(train)
        size = arguments.get("batch_size", signature(self.wrapped_class).parameters["batch_size"].default)
        arguments["batch_size"] = size + 1 if len(train.X) % size == 1 else size
        return arguments

    def fit_model(self, X: Floats) -> None:
        self.X = X
        super().fit_model(X)

    def score(self, X: Floats) -> Floats:
        lone = len(X) % self.model.batch_size == 1
        return super().score(np.concatenate([X, self.X[:lone]]))[: len(X)]


class Labelled(Clipped):
    """A class that is fitted on labels, 1 for anomalies; rows that are not labelled count as normal."""

    def fit(self, train: Train) -> None:
        self.anomalous = (train.y == 1).astype(int)
        super().fit(train)

    def fit_model(self, X: Floats) -> None:
        self.model.fit(X, self.anomalous)


class LabelledProbability(Alone, Labelled):
    """XGBOD scores by a probability, and keeps no threshold. Its support vector machines draw from the global
    generator.
    """

    def fit_model(self, X: Floats) -> None:
        super().fit_model(X)
        self.model.threshold_ = 0.5


class DeviationLoss(NoLoneRow, Labelled):
    """DevNet calls its loss with labels and scores swapped, and in shapes that compare each row's score with
    every row's label; here the loss gets them as it asks for them, while this detector is being fitted.
    """

    def fit_model(self, X: Floats) -> None:
        from unittest.mock import patch

        from pyod.models import devnet

        loss = devnet.deviation_loss
        with patch.object(devnet, "deviation_loss", lambda scores, labels: loss(labels[:, None], scores)):
            super().fit_model(X)
