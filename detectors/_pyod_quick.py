"""Adapters for PyOD's networks that are trained here with the same random numbers in less time."""

from __future__ import annotations

import contextlib

import numpy as np

from bench import Floats

from ._fast import Fast
from ._pyod import AloneInTorch
from ._pyod_neural import DeviationLoss


class QuickTraining(Fast):
    """A class whose training loop is the library's, with quicker batches and optimizers, or one of ours."""

    def fit_model(self, X: Floats) -> None:
        from ._quick_training import quick_training

        quick = self.implementation == "fast" and not self.covered()
        with quick_training(self.wrapped_class.__module__) if quick else contextlib.nullcontext():
            super().fit_model(X)

    def covered(self) -> bool:
        """Whether there is a loop of ours for the parameters of ``self.model``."""
        return False

    def speed_up(self) -> None:
        if self.covered():
            self.replace_loop()

    def replace_loop(self) -> None:
        """Let ``self.model`` train by our loop."""


class QuickAnoGAN(Fast, AloneInTorch):
    """AnoGAN as it is by default: tanh and dropout between the layers, nothing after the last."""

    def speed_up(self) -> None:
        model = self.model
        if model.activation_hidden == "tanh" and not model.output_activation and 0 < model.dropout_rate < 1:
            model.fit, model.decision_function = self.train, self.distances

    def train(self, X: Floats) -> None:
        from pyod.models.anogan import Discriminator, Generator, QueryModel
        from sklearn.preprocessing import StandardScaler

        from ._anogan import Game

        model = self.model
        model._set_n_classes(None)
        self.scale = StandardScaler().fit(X).transform if model.preprocessing else np.asarray
        rows = self.scale(X).astype(np.float32)
        of_both = {
            "n_features": X.shape[1],
            "dropout_rate": model.dropout_rate,
            "activation_hidden": model.activation_hidden,
        }
        model.generator = Generator(
            model.latent_dim_G, G_layers=model.G_layers, output_activation=None, **of_both
        )
        model.discriminator = Discriminator(D_layers=model.D_layers, **of_both)
        game = Game(model)
        game.train(rows)
        model.query_model = QueryModel(model.generator, model.discriminator, model.latent_dim_G)
        model.decision_scores_ = game.query(rows, model.query_model.z_gamma_layer)
        model._process_decision_scores()
        model.query_model.eval()

    def distances(self, X: Floats) -> Floats:
        """From what is made of the code that the search has ended with; the library does not search anew."""
        import torch

        with torch.inference_mode():
            rows = torch.as_tensor(self.scale(X), dtype=torch.float32)
            _, made, answer = self.model.query_model(torch.zeros(1, self.model.latent_dim_G))
            found = (rows - made).abs().mean(dim=1) + (self.model.discriminator(rows) - answer).abs()[:, 0]
            return found.numpy()


class QuickDevNet(Fast, DeviationLoss):
    """DevNet with one hidden layer, as it is by default.

    Which side of the references' mean a row is on turns its gradient around, so that differences of rounding
    grow fast: after 50 epochs on 1760 x 256 normal values the library's scores of the rows and of the rows
    times 1 + 1e-7 have a rank correlation of 0.92, and its scores and ours one of 0.96.
    """

    def speed_up(self) -> None:
        import torch

        if self.model.network_depth == 2 and torch.device(self.model.device).type == "cpu":
            self.model.fit, self.model.decision_function = self.train, self.answers

    def train(self, X: Floats, anomalous: Floats) -> None:
        from pyod.models.devnet import deviation_network

        from ._deviation_network import train

        model = self.model
        model.model, _ = deviation_network(X.shape[1], model.network_depth)
        train(model, X, anomalous)
        model.decision_scores_ = self.answers(X)
        model._process_decision_scores()

    def answers(self, X: Floats) -> Floats:
        import torch

        with torch.inference_mode():
            found: Floats = self.model.model(torch.tensor(X, dtype=torch.float32)).numpy().ravel()
        return found
