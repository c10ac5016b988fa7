"""A conditional random field along curves."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from bench import Floats, Train, detector

NORMAL, ANOMALOUS = "normal", "anomalous"


@detector(
    family="graphical", modalities=("curve",), requires=("pycrfsuite",), labels=True, complexity="n d", cost=3
)
class ConditionalRandomField:
    """Linear-chain conditional random field that labels the points of a curve (Lafferty et al., 2001).

    Each point of a training curve carries the curve's label; unlabelled curves count as normal. A point is
    described by its value, and by slope and curvature over one, two and four points to each side, each
    cut into ``bins`` that hold equally many training points. The score is the mean probability of the
    curve's points to be anomalous; the threshold is one half.

    To save time, about ``max_points`` points of a curve are read, evenly spaced, and the field learns from
    at most ``max_curves`` curves, drawn by the seed: anomalous ones make up to half of them, and normal
    ones the rest, but no more than ``max_ratio`` for each anomalous one, since with more of them the field
    only learns that curves are normal. ``penalty`` is on the squares of its coefficients.
    """

    def __init__(
        self,
        bins: int = 20,
        max_points: int = 64,
        max_curves: int = 600,
        max_ratio: int = 10,
        max_iterations: int = 50,
        penalty: float = 0.1,
    ) -> None:
        self.bins = bins
        self.max_points = max_points
        self.max_curves = max_curves
        self.max_ratio = max_ratio
        self.max_iterations = max_iterations
        self.penalty = penalty

    def fit(self, train: Train) -> None:
        anomalous = train.y == 1
        curves = self._drawn(anomalous, np.random.default_rng(train.seed))
        self.step = -(-train.X.shape[1] // self.max_points)
        described = _describe(train.X[curves])[:, :: self.step]
        shares = np.linspace(0, 1, self.bins + 1)[1:-1]
        self.edges = np.quantile(described, shares, axis=(0, 1)).T
        self._train_field(self._words(train.X[curves]), anomalous[curves])
        self.threshold = 0.5

    def score(self, X: Floats) -> Floats:
        return np.array([self._probability(curve) for curve in self._words(X)])

    def _drawn(self, anomalous: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Indices of the training curves to learn from."""
        found = rng.permutation(np.flatnonzero(anomalous))[: self.max_curves // 2]
        others = rng.permutation(np.flatnonzero(~anomalous))
        room = min(self.max_curves - len(found), self.max_ratio * max(1, len(found)))
        return np.concatenate([found, others[:room]])

    def _train_field(self, curves: list[list[list[str]]], anomalous: np.ndarray) -> None:
        import pycrfsuite

        trainer = pycrfsuite.Trainer(verbose=False)
        trainer.set_params({"c2": self.penalty, "max_iterations": self.max_iterations})
        for curve, label in zip(curves, anomalous, strict=True):
            trainer.append(curve, [ANOMALOUS if label else NORMAL] * len(curve))
        self.field = pycrfsuite.Tagger()
        # The library hands a field over in a file. Reading it from memory would need the bytes to stay.
        with TemporaryDirectory() as folder:
            file = str(Path(folder) / "field")
            trainer.train(file)
            self.field.open(file)

    def _probability(self, curve: list[list[str]]) -> float:
        self.field.set(curve)
        return float(np.mean([self.field.marginal(ANOMALOUS, i) for i in range(len(curve))]))

    def _words(self, X: Floats) -> list[list[list[str]]]:
        """The curves' points, each as the words that name the bins of its features."""
        described = _describe(X)[:, :: self.step]
        bins = [np.searchsorted(edges, described[..., i]) for i, edges in enumerate(self.edges)]
        words = np.array([[f"{i}:{b}" for b in range(self.bins)] for i in range(len(bins))], dtype=object)
        return np.stack([words[i][each] for i, each in enumerate(bins)], axis=2).tolist()


def _describe(X: Floats) -> Floats:
    """Value, slopes and curvatures at each point, shape (n, points, 7)."""
    found = [X]
    for reach in (1, 2, 4):
        beyond = np.pad(X, ((0, 0), (reach, reach)), mode="edge")
        before, after = beyond[:, : -2 * reach], beyond[:, 2 * reach :]
        found += [after - before, after - 2 * X + before]
    return np.stack(found, axis=2)
