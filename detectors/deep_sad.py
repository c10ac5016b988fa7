"""Deep semi-supervised anomaly detection: a learned sphere that labelled anomalies are pushed out of."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bench import Floats, Train, detector

if TYPE_CHECKING:
    import torch

    from ._networks import Perceptrons

HIDDEN = (128, 64)


@detector(
    name="deep_sad", labels=True, requires=("torch",), gpu=True, family="neural", complexity="n d", cost=1
)
class DeepSAD:
    """Distance to a learned centre that labelled anomalies are pushed away from (Ruff et al., 2020).

    An encoder without biases, pre-trained as half of an autoencoder for ``pretrain_epochs``, maps rows to
    codes. The centre is the mean code of the rows to take for normal; training pulls them towards it, and
    labelled anomalies add ``eta`` times their inverse squared distance to the loss. Its own threshold is
    the score that a fraction ``contamination`` of the rows to take for normal exceeds.
    """

    def __init__(
        self,
        eta: float = 1.0,
        epochs: int = 50,
        pretrain_epochs: int = 50,
        code_size: int = 16,
        batch_size: int = 128,
        learning_rate: float = 1e-3,
        weight_decay: float = 1e-6,
        contamination: float = 0.1,
    ) -> None:
        self.eta = eta
        self.epochs = epochs
        self.pretrain_epochs = pretrain_epochs
        self.code_size = code_size
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.contamination = contamination

    def fit(self, train: Train) -> None:
        import numpy as np
        import torch

        from ._networks import Perceptrons

        X = torch.as_tensor(train.X, dtype=torch.float32, device=train.device)
        anomalous = torch.as_tensor(train.y == 1, device=train.device)
        generator = torch.Generator().manual_seed(train.seed)
        sizes = (X.shape[1], *HIDDEN, self.code_size)
        encoder, decoder = (
            Perceptrons.initial(each, [generator], train.device, bias=False) for each in (sizes, sizes[::-1])
        )

        def rebuilding(batch: torch.Tensor, rebuilt: torch.Tensor) -> torch.Tensor:
            return rebuilt.sub_(X[batch]).mul_(2 / rebuilt.numel())

        def gathering(batch: torch.Tensor, codes: torch.Tensor) -> torch.Tensor:
            rest = codes.sub_(self.centre)
            # Far anomalies cost nothing; the small summand keeps one at the centre from costing infinity.
            pushed = rest.square().sum(dim=1).add_(1e-6).square_().reciprocal_().mul_(-self.eta)
            factors = torch.where(anomalous[batch], pushed, 1.0).mul_(2 / len(batch))
            return rest.mul_(factors[:, None])

        with torch.inference_mode():
            self._minimise(rebuilding, [encoder, decoder], self.pretrain_epochs, X, generator)
            self.centre = _away_from_zero(encoder(X[None, ~anomalous])[0].mean(dim=0))
            self._minimise(gathering, [encoder], self.epochs, X, generator)
        self.encoder, self.centre = encoder.alone(0), self.centre.cpu().double()
        self.threshold = float(np.quantile(self.score(train.X_normal), 1 - self.contamination))

    def _minimise(
        self,
        gradient: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
        networks: list[Perceptrons],
        epochs: int,
        X: torch.Tensor,
        generator: torch.Generator,
    ) -> None:
        """Minimise a mean loss over batches of rows.

        ``gradient`` is that of the loss by what the networks make of a batch, one after the other; it is
        given the rows' indices, and what was made.
        """
        import torch

        from ._chains import Chain

        chain = Chain(networks, self.learning_rate, self.weight_decay)
        for _ in range(epochs):
            for batch in torch.randperm(len(X), generator=generator).to(X.device).split(self.batch_size):
                chain.step(gradient(batch, chain.forward(X[batch])))

    def score(self, X: Floats) -> Floats:
        import torch

        with torch.inference_mode():
            codes = self.encoder(torch.as_tensor(X, dtype=torch.float64)[None])[0]
            return (codes - self.centre).square().sum(dim=1).numpy()


def _away_from_zero(centre: torch.Tensor, least: float = 0.1) -> torch.Tensor:
    """A code's coordinate of zero could be reached by weights of zero, for all rows."""
    import torch

    return torch.where(centre < 0, -1.0, 1.0) * centre.abs().clamp(min=least)
