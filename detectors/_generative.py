"""What stages that rebuild rows by trained networks have in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from bench import Floats, Stage, Train

if TYPE_CHECKING:
    import torch

    from ._networks import Loss, Perceptrons

HIDDEN = (128, 64)


class Generative(Stage):
    """Networks that are trained side by side and rebuild rows; `difference` is what they cannot rebuild."""

    code_size: int
    epochs: int
    batch_size: int
    learning_rate: float
    networks: dict[str, Perceptrons]
    losses_by_epoch: dict[str, list[float]]

    def sizes(self, columns: int) -> dict[str, Sequence[int]]:
        """Units in each layer of each network, by its name."""
        raise NotImplementedError

    def losses(
        self, networks: dict[str, Perceptrons], X: torch.Tensor, noise: torch.Tensor
    ) -> Iterator[Loss]:
        """Losses of each model in the order in which they are minimised, and the networks that they teach."""
        raise NotImplementedError

    def rebuild(self, X: torch.Tensor) -> torch.Tensor:
        """Rows (1, n, d) as the trained networks rebuild them."""
        raise NotImplementedError

    def rows(self, train: Train) -> Floats:
        """What the networks learn from."""
        return train.X_normal

    def fit(self, train: Train) -> None:
        self.fit_many([self], [train])

    @classmethod
    def fit_many(cls, stages: Sequence[Any], trains: Sequence[Train]) -> None:
        from ._networks import train_together

        one = stages[0]
        fitted = train_together(
            [one.rows(train) for train in trains],
            [train.seed for train in trains],
            one.losses,
            sizes=one.sizes(trains[0].X.shape[1]),
            noise_size=one.code_size,
            epochs=one.epochs,
            batch_size=one.batch_size,
            learning_rate=one.learning_rate,
            device=trains[0].device,
        )
        for stage, (networks, losses) in zip(stages, fitted, strict=True):
            stage.networks = networks
            stage.losses_by_epoch = losses

    def difference(self, X: Floats) -> Floats:
        """Rows less their reconstructions, shape (n, d)."""
        import torch

        with torch.inference_mode():
            return X - self.rebuild(torch.as_tensor(X, dtype=torch.float64)[None])[0].numpy()
