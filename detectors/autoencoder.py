"""The article's autoencoder, its error, and forests on what it cannot rebuild."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench import Floats, Stage, Train, detector

from ._heads import ERROR, FOREST, DifferenceForest, HistogramForest, SquaredDifference

if TYPE_CHECKING:
    from ._autoencoders import Autoencoders

HIDDEN = (128, 64, 16)


class Autoencoder(Stage):
    """An autoencoder with a small code, trained on the rows to take for normal.

    Layers of 128, 64 and 16 units lead to ``code_size`` and back, with LeakyReLU(0.2) between hidden
    layers and none after the code or the output. (The article prints no activations; without them
    neither its loss nor its figures can be reached.) Adam on the mean squared error, float32.
    """

    network: Autoencoders
    losses_by_epoch: dict[str, list[float]]

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
        from ._autoencoder_training import train_together

        one = stages[0]
        trained = train_together(
            [train.X_normal for train in trains],
            [train.seed for train in trains],
            hidden=(*HIDDEN, one.code_size),
            epochs=one.epochs,
            batch_size=one.batch_size,
            learning_rate=one.learning_rate,
            weight_decay=one.weight_decay,
            device=trains[0].device,
        )
        for stage, (network, losses) in zip(stages, trained, strict=True):
            stage.network = network
            stage.losses_by_epoch = {"mean squared error": losses}

    def difference(self, X: Floats) -> Floats:
        """Rows less their reconstructions, shape (n, d)."""
        import torch

        with torch.inference_mode():
            rebuilt = self.network.rebuild(torch.as_tensor(X, dtype=torch.float32)[None])
        return X - rebuilt[0].numpy()

    def encode(self, X: Floats) -> Floats:
        """Codes of rows, shape (n, ``code_size``); in float64, so that codes that are close stay distinct."""
        import torch

        with torch.inference_mode():
            rows = torch.as_tensor(X, dtype=torch.float64)[None]
            return self.network.double().encode(rows)[0].numpy()


@dataclass(eq=False)
class OnAutoencoder:
    """The parameters of detectors that ask for an `Autoencoder`."""

    epochs: int = 100
    code_size: int = 4

    def stage(self) -> Autoencoder:
        return Autoencoder(epochs=self.epochs, code_size=self.code_size)


@detector(name="autoencoder", **ERROR)
@dataclass(eq=False)
class AutoencoderReconstruction(OnAutoencoder, SquaredDifference):
    """Mean squared reconstruction error of an autoencoder, with no labels (Sakurada and Yairi, 2014).

    Its own threshold is the error that a fraction ``contamination`` of the training rows exceeds.
    """


@detector(**FOREST)
@dataclass(eq=False)
class AutoencoderDifferenceForest(OnAutoencoder, DifferenceForest):
    """Random forest on the differences between rows and their reconstructions (the article).

    The autoencoder learns from the normal training rows, the forest from the calibration rows. Each
    split looks at ``max_features`` differences, or at all of them where there are fewer.
    """


@detector(**FOREST)
@dataclass(eq=False)
class AutoencoderHistogramForest(OnAutoencoder, HistogramForest):
    """Random forest on each row's histogram of differences from its reconstruction (the article).

    The histogram has ``bins`` bins over [-``limit``, ``limit``]; differences outside are not counted.
    """
