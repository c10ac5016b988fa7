"""Variational autoencoders, plain and conditioned on the label: their errors, and forests on these."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bench import Declaration, Floats, Train, detector

from ._generative import HIDDEN, Generative
from ._heads import ERROR, FOREST, DifferenceForest, HistogramForest, SquaredDifference

if TYPE_CHECKING:
    import torch

    from ._networks import Loss, Perceptrons

LABELLED_ERROR: Declaration = {**ERROR, "labels": True}


class VariationalAutoencoder(Generative):
    """A variational autoencoder (Kingma and Welling, 2014), trained on the rows to take for normal.

    It minimises a row's squared error plus ``beta`` times the divergence of its code's distribution from
    the standard normal. Rows are rebuilt from the mean of that distribution.
    """

    # Columns after a row's own on which both networks are conditioned.
    conditions = 0

    def __init__(
        self,
        code_size: int = 4,
        epochs: int = 100,
        beta: float = 0.01,
        batch_size: int = 64,
        learning_rate: float = 2e-3,
    ) -> None:
        self.code_size = code_size
        self.epochs = epochs
        self.beta = beta
        self.batch_size = batch_size
        self.learning_rate = learning_rate

    def sizes(self, columns: int) -> dict[str, Sequence[int]]:
        return {
            "encoder": (columns + self.conditions, *HIDDEN, 2 * self.code_size),
            "decoder": (self.code_size + self.conditions, *HIDDEN[::-1], columns),
        }

    def losses(
        self, networks: dict[str, Perceptrons], X: torch.Tensor, noise: torch.Tensor
    ) -> Iterator[Loss]:
        import torch

        columns = X.shape[2] - self.conditions
        mean, log_variance = networks["encoder"](X).chunk(2, dim=2)
        code = mean + noise * (log_variance / 2).exp()
        rebuilt = networks["decoder"](torch.cat([code, X[:, :, columns:]], dim=2))
        error = (rebuilt - X[:, :, :columns]).square().sum(dim=2)
        divergence = (mean.square() + log_variance.exp() - 1 - log_variance).sum(dim=2) / 2
        yield (error + self.beta * divergence).mean(dim=1), ("encoder", "decoder")

    def rebuild(self, X: torch.Tensor) -> torch.Tensor:
        import torch

        # Zero conditions: as if the rows were normal.
        condition = X.new_zeros((*X.shape[:2], self.conditions))
        code = self.networks["encoder"](torch.cat([X, condition], dim=2))[:, :, : self.code_size]
        return self.networks["decoder"](torch.cat([code, condition], dim=2))


class ConditionalVariationalAutoencoder(VariationalAutoencoder):
    """A variational autoencoder conditioned on which rows are anomalous (Sohn et al., 2015).

    It learns from all training rows, conditioned on whether they are labelled anomalous, and rebuilds
    each row as if it were normal.
    """

    conditions = 1

    def rows(self, train: Train) -> Floats:
        return np.column_stack([train.X, train.y == 1])


@dataclass(eq=False)
class OnVAE:
    """The parameters of detectors that ask for a `VariationalAutoencoder`."""

    epochs: int = 100
    code_size: int = 4
    beta: float = 0.01

    def stage(self) -> VariationalAutoencoder:
        return VariationalAutoencoder(epochs=self.epochs, code_size=self.code_size, beta=self.beta)


@dataclass(eq=False)
class OnConditionalVAE(OnVAE):
    """The parameters of detectors that ask for a `ConditionalVariationalAutoencoder`."""

    def stage(self) -> ConditionalVariationalAutoencoder:
        return ConditionalVariationalAutoencoder(epochs=self.epochs, code_size=self.code_size, beta=self.beta)


@detector(**ERROR)
@dataclass(eq=False)
class VAE(OnVAE, SquaredDifference):
    """Mean squared reconstruction error of a variational autoencoder (Kingma and Welling, 2014).

    It sees no labels. Rows are rebuilt from their mean code, with nothing drawn: this is not the
    reconstruction probability of An and Cho (2015), a mean likelihood over drawn codes. Its own threshold is
    the error that a fraction ``contamination`` of the training rows exceeds. ``beta`` weighs the codes'
    divergence from the standard normal against the squared error.
    """


@detector(**FOREST)
@dataclass(eq=False)
class VAEDifferenceForest(OnVAE, DifferenceForest):
    """Random forest on what a variational autoencoder cannot rebuild (Kingma and Welling, 2014).

    As `autoencoder_difference_forest`, with the other autoencoder; ``beta`` as in `vae`.
    """


@detector(**FOREST)
@dataclass(eq=False)
class VAEHistogramForest(OnVAE, HistogramForest):
    """Random forest on histograms of a variational autoencoder's errors (Kingma and Welling, 2014).

    As `autoencoder_histogram_forest`, with the other autoencoder; ``beta`` as in `vae`.
    """


@detector(**LABELLED_ERROR)
@dataclass(eq=False)
class ConditionalVAE(OnConditionalVAE, SquaredDifference):
    """Mean squared error of rows rebuilt as if normal by a conditional autoencoder (Sohn et al., 2015).

    The variational autoencoder learns from all training rows, conditioned on which are labelled anomalous;
    no likelihood is scored. Threshold and ``beta`` as in `vae`.
    """


@detector(**FOREST)
@dataclass(eq=False)
class ConditionalVAEDifferenceForest(OnConditionalVAE, DifferenceForest):
    """Random forest on differences of rows from themselves rebuilt as if normal (Sohn et al., 2015).

    As `autoencoder_difference_forest`, with the autoencoder of `conditional_vae`.
    """


@detector(**FOREST)
@dataclass(eq=False)
class ConditionalVAEHistogramForest(OnConditionalVAE, HistogramForest):
    """Random forest on histograms of differences from rows rebuilt as if normal (Sohn et al., 2015).

    As `autoencoder_histogram_forest`, with the autoencoder of `conditional_vae`.
    """
