"""Adapters for PyOD's networks that are trained here by gradients written out, from equal random numbers."""

from __future__ import annotations

from typing import Any

from bench import Floats

from ._pyod_neural import FullBatches, KnowsColumns, MeanCode, NoLoneRow
from ._pyod_quick import QuickTraining


class QuickDeepSVDD(QuickTraining, KnowsColumns):
    """DeepSVDD."""

    def covered(self) -> bool:
        model = self.model
        return (model.optimizer, model.hidden_activation, model.use_ae) == (
            "adam",
            "relu",
            False,
        ) and model.dropout_rate < 1

    def replace_loop(self) -> None:
        self.slow_fit, self.model.fit = self.model.fit, self.train

    def train(self, X: Floats) -> None:
        from unittest.mock import patch

        import numpy as np

        from ._pyod_epochs import train_deep_svdd

        model = self.model
        with patch.object(model, "epochs", 0):  # the centre and all that comes before the loop
            self.slow_fit(X)
        rows = model.scaler_.transform(X) if model.preprocessing else X
        train_deep_svdd(model, rows.astype(np.float32))
        model.decision_scores_ = model.decision_function(X)
        model._process_decision_scores()


class QuickErrors(QuickTraining, FullBatches):
    """Autoencoders whose loop and scoring are methods of `BaseDeepLearningDetector`."""

    def covered(self) -> bool:
        model = self.model
        return (
            (model.optimizer_name, model.hidden_activation_name) == ("adam", "relu")
            and not (model.use_compile or model.verbose or model.optimizer_params.keys() - {"weight_decay"})
            and model.batch_size > 1
            and model.dropout_rate < 1
            and on_cpu(model.device)
        )

    def replace_loop(self) -> None:
        self.model.train, self.model.evaluate = self.train, self.errors

    def train(self, loader: Any) -> None:
        from ._pyod_epochs import standardised

        self.learn(standardised(loader.dataset))

    def learn(self, rows: Any) -> None:
        from ._pyod_epochs import train_autoencoder

        train_autoencoder(self.model, rows)

    def errors(self, loader: Any) -> Floats:
        from ._pyod_epochs import scored, standardised

        self.model.evaluating_prepare()
        return scored(standardised(loader.dataset), self.model.evaluating_forward)


class QuickAutoEncoder(QuickErrors):
    """AutoEncoder."""


class QuickVAE(QuickErrors, MeanCode):
    """VAE without capacity."""

    def covered(self) -> bool:
        model = self.model
        return super().covered() and model.capacity == 0 and model.output_activation_name == "identity"

    def learn(self, rows: Any) -> None:
        from ._pyod_epochs import train_vae

        train_vae(self.model, rows)


class QuickAE1SVM(QuickTraining, NoLoneRow):
    """AE1SVM."""

    def covered(self) -> bool:
        from torch.nn import MSELoss

        model, loss = self.model, self.model.loss_fn
        return (
            model.hidden_activation == "relu"
            and type(loss) is MSELoss
            and loss.reduction == "mean"
            and model.batch_size > 1
            and model.dropout_rate < 1
            and on_cpu(model.device)
        )

    def replace_loop(self) -> None:
        self.model._train_autoencoder, self.model.decision_function = self.train, self.errors

    def train(self, loader: Any) -> None:
        from ._pyod_epochs import standardised, train_ae1svm

        train_ae1svm(self.model, standardised(loader.dataset))

    def errors(self, X: Floats) -> Floats:
        from pyod.utils.stat_models import pairwise_distances_no_broadcast
        from pyod.utils.torch_utility import TorchDataset

        from ._pyod_epochs import scored, standardised

        network = self.model.model.eval()
        rows = standardised(TorchDataset(X, mean=self.model.mean, std=self.model.std))
        return scored(
            rows,
            lambda part: pairwise_distances_no_broadcast(
                part.numpy(), network.decoder(network.encoder(part)).numpy()
            ),
        )


def on_cpu(device: Any) -> bool:
    import torch

    return torch.device(device).type == "cpu"
