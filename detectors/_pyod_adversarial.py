"""Adapters for PyOD's GAAL classes and ALAD, trained here with the same random numbers in less time."""

from __future__ import annotations

from bench import Floats

from ._fast import Fast
from ._pyod_neural import AgainstNoise, WithoutDropout


class QuickGAAL(Fast, AgainstNoise):
    """A class that trains a discriminator against generators; no history of losses is kept."""

    def speed_up(self) -> None:
        if self.is_covered():
            self.model.fit, self.model.decision_function = self.train, self.answers

    def is_covered(self) -> bool:
        import torch

        return torch.device(getattr(self.model, "device", "cpu")).type == "cpu"

    def train(self, X: Floats) -> None:
        self.model._set_n_classes(None)
        self.play(X)
        self.model.decision_scores_ = self.answers(X)
        self.model._process_decision_scores()

    def answers(self, X: Floats) -> Floats:
        """The discriminator's on rows."""
        import torch

        with torch.inference_mode():
            found: Floats = self.model.discriminator(torch.tensor(X, dtype=torch.float32)).numpy().ravel()
        return found

    def play(self, X: Floats) -> None:
        """Make the discriminator, and train it."""
        raise NotImplementedError


class QuickSOGAAL(QuickGAAL):
    """SO_GAAL."""

    def play(self, X: Floats) -> None:
        from pyod.models.so_gaal import Discriminator, Generator

        from ._adversarial_training import Game

        model, (rows, columns) = self.model, X.shape
        model.discriminator, model.generator = Discriminator(columns, rows), Generator(columns)
        game = Game(model, X, [model.generator])
        game.train(3 * model.stop_epochs, generating=(model.stop_epochs + 1) * game.batches)


class QuickMOGAAL(QuickGAAL):
    """MO_GAAL, whose generators stop learning after the first batch of an epoch."""

    def play(self, X: Floats) -> None:
        from pyod.models.gaal_base import create_discriminator, create_generator

        from ._adversarial_training import ManyObjectives

        model, (rows, columns) = self.model, X.shape
        model.discriminator = create_discriminator(columns, rows)
        game = ManyObjectives(model, X, [create_generator(columns) for _ in range(model.k)])
        game.train(3 * model.stop_epochs, generating=model.stop_epochs * game.batches + 1)


class QuickNewGAAL(QuickGAAL):
    """The newer SO_GAAL."""

    def is_covered(self) -> bool:
        import torch

        model = self.model
        plain = not model.verbose and not model.use_compile and isinstance(model.criterion, torch.nn.BCELoss)
        return plain and super().is_covered()

    def play(self, X: Floats) -> None:
        from ._adversarial_training import Unmoved

        model = self.model
        model.data_num, model.feature_size = X.shape
        if model.preprocessing:
            model.X_mean, model.X_std = X.mean(axis=0), X.std(axis=0)
        model.build_model()
        Unmoved(model, self.standardised(X), [model.generator]).train(model.epoch_num)

    def answers(self, X: Floats) -> Floats:
        return super().answers(self.standardised(X))

    def standardised(self, X: Floats) -> Floats:
        model = self.model
        return (X - model.X_mean) / (model.X_std + 1e-8) if model.preprocessing else X


class QuickALAD(Fast, WithoutDropout):
    """ALAD as it is by default: tanh and dropout between the layers, nothing after the last."""

    def speed_up(self) -> None:
        import torch

        model = self.model
        if (
            model.activation_hidden_gen == model.activation_hidden_disc == "tanh"
            and not (model.output_activation or model.add_recon_loss or model.spectral_normalization)
            and 0 < model.dropout_rate < 1
            and not model.verbose
            and torch.device(model.device).type == "cpu"
        ):
            model.fit = self.train

    def train(self, X: Floats) -> None:
        from sklearn.preprocessing import StandardScaler

        from ._alad import train

        model = self.model
        model._set_n_classes(None)
        model.n_samples_, model.n_features_ = X.shape
        model._build_model()
        if model.preprocessing:
            model.scaler_ = StandardScaler().fit(X)
            X = model.scaler_.transform(X)
        train(model, X)
        model.decision_scores_ = model.get_outlier_scores(X)
        model._process_decision_scores()
