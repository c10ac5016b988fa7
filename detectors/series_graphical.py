"""Chains along a series: a hidden Markov model of its points, and a field that labels them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from bench import Floats, Labels, Train, detector

NORMAL, ANOMALOUS = "normal", "anomalous"
# Points of a piece of a series that is learnt from whole or not at all.
PIECE = 256


@detector(
    family="graphical", modalities=("series",), requires=("hmmlearn",), complexity="n states² d", cost=3
)
class SeriesHiddenMarkovModel:
    """Gaussian hidden Markov model of a series: how unlikely a point is after those before (Rabiner, 1989).

    In a state each channel has a value, and a change from the point before, independent of one another. Any
    state may follow any other. The model learns from ``max_points`` points, in pieces drawn by the seed. The
    score is the negative logarithm of the density that a point has, given the points before.
    """

    def __init__(self, n_states: int = 12, n_iter: int = 10, max_points: int = 20_000) -> None:
        self.n_states = n_states
        self.n_iter = n_iter
        self.max_points = max_points

    def fit(self, train: Train) -> None:
        pieces = _pieces(train.segments)
        drawn = np.random.default_rng(train.seed).permutation(len(pieces))
        chosen = [pieces[i] for i in sorted(drawn[: -(-self.max_points // PIECE)])]
        described = [_with_changes(train.X[piece]) for piece in chosen]
        every = np.concatenate(described)
        self.mean, deviation = every.mean(axis=0), every.std(axis=0)
        self.deviation = np.where(deviation > 0, deviation, 1)
        self.model = self._fitted(
            (every - self.mean) / self.deviation, [len(each) for each in described], train.seed
        )

    def score(self, X: Floats) -> Floats:
        points = (_with_changes(X) - self.mean) / self.deviation
        logs = np.stack(
            [self._log_densities(points, state) for state in range(self.model.n_components)], axis=1
        )
        highest = logs.max(axis=1)
        densities = np.exp(logs - highest[:, None])
        scores, state = np.empty(len(X)), self.model.startprob_
        for i, each in enumerate(densities):
            joint = state * each
            total = joint.sum()
            scores[i] = -np.log(total) - highest[i]
            state = (joint / total) @ self.model.transmat_
        return scores

    def _log_densities(self, points: Floats, state: int) -> Floats:
        mean, variance = self.model.means_[state], np.diag(self.model.covars_[state])
        return -((points - mean) ** 2 / variance + np.log(2 * np.pi * variance)).sum(axis=1) / 2

    def _fitted(self, points: Floats, lengths: list[int], seed: int) -> Any:
        from hmmlearn.hmm import GaussianHMM

        # It warns of what is meant here: few iterations, and few points.
        logging.getLogger("hmmlearn").setLevel(logging.ERROR)
        model = GaussianHMM(
            n_components=min(self.n_states, len(np.unique(points, axis=0))),
            n_iter=self.n_iter,
            # As if each first state and each transition had been seen once more: none is impossible.
            startprob_prior=2.0,
            transmat_prior=2.0,
            implementation="log",
            random_state=seed,
        )
        return model.fit(points, lengths)


@detector(
    family="graphical",
    modalities=("series",),
    requires=("pycrfsuite",),
    labels=True,
    complexity="n d",
    cost=3,
)
class SeriesConditionalRandomField:
    """Linear-chain conditional random field that labels the points of a series (Lafferty et al., 2001).

    A point is described by each channel's value, and by slope and curvature over one, two, four and eight
    points to each side, each cut into ``bins`` that hold equally many training points. Unlabelled points
    count as normal. The score is a point's probability to be anomalous; the threshold is one half.

    The field learns from pieces of the series: all that have a labelled range, and ``max_ratio`` others,
    drawn by the seed, for each of them. ``penalty`` is on the squares of its coefficients.
    """

    def __init__(
        self, bins: int = 20, max_ratio: int = 20, max_iterations: int = 50, penalty: float = 0.1
    ) -> None:
        self.bins = bins
        self.max_ratio = max_ratio
        self.max_iterations = max_iterations
        self.penalty = penalty

    def fit(self, train: Train) -> None:
        described = np.concatenate([_describe(train.X[segment]) for segment in train.segments])
        self.edges = np.quantile(described, np.linspace(0, 1, self.bins + 1)[1:-1], axis=0).T
        anomalous = train.y == 1
        words = self._words(described)
        chosen = self._drawn(train.segments, anomalous, train.seed)
        self._train_field([words[piece] for piece in chosen], [anomalous[piece] for piece in chosen])
        self.threshold = 0.5

    def score(self, X: Floats) -> Floats:
        self.field.set(self._words(_describe(X)))
        return np.array([self.field.marginal(ANOMALOUS, i) for i in range(len(X))])

    def _drawn(self, segments: Sequence[slice], anomalous: Labels, seed: int) -> list[slice]:
        """The pieces to learn from."""
        pieces = _pieces(segments)
        labelled = [piece for piece in pieces if anomalous[piece].any()]
        others = [piece for piece in pieces if not anomalous[piece].any()]
        drawn = np.random.default_rng(seed).permutation(len(others))
        return labelled + [others[i] for i in drawn[: self.max_ratio * max(1, len(labelled))]]

    def _train_field(self, pieces: list[list[list[str]]], anomalous: list[Labels]) -> None:
        import pycrfsuite

        trainer = pycrfsuite.Trainer(verbose=False)
        trainer.set_params({"c2": self.penalty, "max_iterations": self.max_iterations})
        for words, each in zip(pieces, anomalous, strict=True):
            trainer.append(words, [ANOMALOUS if label else NORMAL for label in each])
        self.field = pycrfsuite.Tagger()
        # The library hands a field over in a file. Reading it from memory would need the bytes to stay.
        with TemporaryDirectory() as folder:
            file = str(Path(folder) / "field")
            trainer.train(file)
            self.field.open(file)

    def _words(self, described: Floats) -> list[list[str]]:
        """Each point as the words that name the bins of its features."""
        bins = [np.searchsorted(edges, x) for edges, x in zip(self.edges, described.T, strict=True)]
        words = [np.array([f"{i}:{b}" for b in range(self.bins)], dtype=object) for i in range(len(bins))]
        return np.stack([each[b] for each, b in zip(words, bins, strict=True)], axis=1).tolist()


def _pieces(segments: Sequence[slice]) -> list[slice]:
    return [
        slice(start, min(start + PIECE, each.stop))
        for each in segments
        for start in range(each.start, each.stop, PIECE)
    ]


def _with_changes(X: Floats) -> Floats:
    """Each channel's value and its change from the point before, shape (n, 2 channels)."""
    X = np.asarray(X, dtype=np.float64)
    return np.concatenate([X, np.diff(X, axis=0, prepend=X[:1])], axis=1)


def _describe(X: Floats) -> Floats:
    """Each channel's value, slopes and curvatures, shape (n, 9 channels)."""
    X = np.asarray(X, dtype=np.float64)
    found = [X]
    for reach in (1, 2, 4, 8):
        beyond = np.pad(X, ((reach, reach), (0, 0)), mode="edge")
        before, after = beyond[: -2 * reach], beyond[2 * reach :]
        found += [after - before, after - 2 * X + before]
    return np.concatenate(found, axis=1)
