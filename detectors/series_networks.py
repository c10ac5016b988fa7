"""Networks that forecast a series."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bench import Floats, Train, detector

if TYPE_CHECKING:
    import torch

# Points that a network sees at a time in training, of which it forecasts those that it knows enough before.
CROP = 256
# Points that are scored together.
AT_ONCE = 50_000


@detector(family="forecast", modalities=("series",), requires=("torch",), complexity="n channels²", cost=6)
class ConvolutionalForecast:
    """Error of a network's forecast of the next point, by dilated convolutions (Munir et al., 2019).

    ``layers`` convolutions of width 3, each of which reaches twice as far back as the one before: with 5 a
    point is told from the 63 before it, in all channels. Trained by ``steps`` batches of pieces of the
    series, drawn by the seed. The first points of a stretch are told from its points in reverse order, as if
    they came before. Errors are in deviations of those in training; of several channels the score is the
    mean.
    """

    def __init__(
        self,
        layers: int = 5,
        channels: int = 16,
        steps: int = 400,
        batch_size: int = 16,
        learning_rate: float = 0.01,
    ) -> None:
        self.layers = layers
        self.channels = channels
        self.steps = steps
        self.batch_size = batch_size
        self.learning_rate = learning_rate

    def fit(self, train: Train) -> None:
        import torch

        self.mean, deviation = train.X.mean(axis=0), train.X.std(axis=0)
        self.deviation = np.where(deviation > 0, deviation, 1)
        pieces = min(CROP, max(segment.stop - segment.start for segment in train.segments)) + self._reach
        padded = [self._padded(train.X[segment], pieces) for segment in train.segments]
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(train.seed)
            self.network = self._network(train.X.shape[1])
            self._train(padded, pieces)
        self.network.double()
        errors = np.concatenate([self._errors(train.X[segment]) for segment in train.segments])
        size = np.sqrt((errors**2).mean(axis=0))
        self.size = np.where(size > 0, size, 1)

    def score(self, X: Floats) -> Floats:
        return (self._errors(X) / self.size).mean(axis=1)

    @property
    def _reach(self) -> int:
        """The points that a forecast rests on."""
        return 2 ** (self.layers + 1) - 1

    def _network(self, width: int) -> torch.nn.Module:
        from torch import nn

        parts: list[nn.Module] = []
        for layer in range(self.layers):
            inputs = self.channels if layer else width
            parts += [nn.Conv1d(inputs, self.channels, 3, dilation=2**layer), nn.LeakyReLU(0.2)]
        return nn.Sequential(*parts, nn.Conv1d(self.channels, width, 1))

    def _train(self, padded: list[Floats], length: int) -> None:
        """On pieces of that length of stretches, each of which has as many points."""
        import torch

        stretches = [torch.as_tensor(X.T.copy(), dtype=torch.float32) for X in padded]
        sizes = torch.tensor([float(X.shape[1]) for X in stretches])
        optimizer = torch.optim.Adam(self.network.parameters(), self.learning_rate)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, self.learning_rate, self.steps)
        for _ in range(self.steps):
            batch = torch.stack(
                [_piece(stretches[int(i)], length) for i in sizes.multinomial(self.batch_size, True)]
            )
            loss = (self.network(batch[..., :-1]) - batch[..., self._reach :]).abs().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()

    def _errors(self, X: Floats) -> Floats:
        """By point and channel, shape (n, channels)."""
        import torch

        padded = torch.as_tensor(self._padded(X).T.copy())
        found = []
        with torch.no_grad():
            for start in range(0, len(X), AT_ONCE):
                part = padded[:, start : start + AT_ONCE + self._reach]
                found.append((self.network(part[None, :, :-1])[0] - part[:, self._reach :]).abs().numpy().T)
        return np.concatenate(found)

    def _padded(self, X: Floats, least: int = 0) -> Floats:
        """Standardised, with as many points before as a forecast rests on, or more where few are left."""
        standard = (np.asarray(X, dtype=np.float64) - self.mean) / self.deviation
        before = max(self._reach, least - len(X))
        mirrored = standard[1 : before + 1][::-1]
        padding = ((before - len(mirrored), 0), (0, 0))
        return np.pad(np.concatenate([mirrored, standard]), padding, mode="edge")


def _piece(X: torch.Tensor, length: int) -> torch.Tensor:
    """So many points of a stretch, drawn at random, shape (channels, length)."""
    import torch

    start = int(torch.randint(X.shape[1] - length + 1, ()))
    return X[:, start : start + length]
