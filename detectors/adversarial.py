"""An adversarially trained generator with an encoder: its errors, and forests on these."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench import detector

from ._generative import HIDDEN, Generative
from ._heads import ERROR, FOREST, DifferenceForest, HistogramForest, SquaredDifference

if TYPE_CHECKING:
    import torch

    from ._networks import Loss, Perceptrons


class BidirectionalGAN(Generative):
    """A generator and an encoder against one critic of pairs of row and code (Donahue et al., 2017).

    The critic tells (row, its code) from (generated row, drawn code). As in ALAD (Zenati et al., 2018), a
    cycle term keeps the two maps inverse to each other: ``cycle`` times the squared error of rows after
    encoding and generating.
    """

    def __init__(
        self,
        code_size: int = 4,
        epochs: int = 80,
        cycle: float = 100.0,
        batch_size: int = 128,
        learning_rate: float = 4e-3,
    ) -> None:
        self.code_size = code_size
        self.epochs = epochs
        self.cycle = cycle
        self.batch_size = batch_size
        self.learning_rate = learning_rate

    def sizes(self, columns: int) -> dict[str, Sequence[int]]:
        return {
            "encoder": (columns, *HIDDEN, self.code_size),
            "generator": (self.code_size, *HIDDEN[::-1], columns),
            "critic": (columns + self.code_size, *HIDDEN[1:], 1),
        }

    def losses(
        self, networks: dict[str, Perceptrons], X: torch.Tensor, noise: torch.Tensor
    ) -> Iterator[Loss]:
        import torch
        from torch.nn.functional import softplus

        encode, generate, judge = (networks[name] for name in ("encoder", "generator", "critic"))
        code = encode(X)
        encoded, generated = torch.cat([X, code], dim=2), torch.cat([generate(noise), noise], dim=2)

        def adversity(sign: int, pairs: torch.Tensor) -> torch.Tensor:
            """Cross-entropy of taking pairs for encoded ones (sign 1), or for generated ones (-1)."""
            return softplus(-sign * judge(pairs)).mean(dim=(1, 2))

        yield adversity(1, encoded.detach()) + adversity(-1, generated.detach()), ("critic",)
        error = (generate(code) - X).square().sum(dim=2).mean(dim=1)
        fooling = adversity(-1, encoded) + adversity(1, generated)
        yield fooling + self.cycle * error, ("encoder", "generator")

    def rebuild(self, X: torch.Tensor) -> torch.Tensor:
        return self.networks["generator"](self.networks["encoder"](X))


@dataclass(eq=False)
class OnGAN:
    """The parameters of detectors that ask for a `BidirectionalGAN`."""

    epochs: int = 80
    code_size: int = 4
    cycle: float = 100.0

    def stage(self) -> BidirectionalGAN:
        return BidirectionalGAN(epochs=self.epochs, code_size=self.code_size, cycle=self.cycle)


@detector(**ERROR)
@dataclass(eq=False)
class GAN(OnGAN, SquaredDifference):
    """Mean squared error of rows rebuilt by a generative adversarial network (Donahue et al., 2017).

    An encoder is trained along with the generator, so that no search for a row's code is needed;
    ``cycle`` weighs reconstruction against the adversarial game. The critic scores nothing: ALAD (Zenati et
    al., 2018), which has this cycle, compares a row and its reconstruction among the critic's features, as
    `alad` does. Its own threshold is the error that a fraction of ``contamination`` of the training rows
    exceeds.
    """


@detector(**FOREST)
@dataclass(eq=False)
class GANDifferenceForest(OnGAN, DifferenceForest):
    """Random forest on what a generative adversarial network cannot rebuild (Donahue et al., 2017).

    As `autoencoder_difference_forest`, with the networks of `gan`.
    """


@detector(**FOREST)
@dataclass(eq=False)
class GANHistogramForest(OnGAN, HistogramForest):
    """Random forest on histograms of an adversarial network's errors (Donahue et al., 2017).

    As `autoencoder_histogram_forest`, with the networks of `gan`.
    """
