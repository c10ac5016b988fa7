"""A hidden Markov model of curves."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np

from bench import Floats, Train, detector

CHANNELS = 3


@detector(family="graphical", modalities=("curve",), requires=("hmmlearn",), complexity="n d", cost=4)
class HiddenMarkovModel:
    """Gaussian hidden Markov model of a curve's points; its negative log-likelihood (Rabiner, 1989).

    At each point a state gives a value, its change from the point before, and that change's own change,
    independent of one another. Any state may follow any other: the matrix of transitions is full. To save
    time the model learns from ``max_curves`` training curves, drawn by the seed, and reads about
    ``max_points`` points of a curve, evenly spaced. The threshold is the score that a fraction
    ``contamination`` of the curves it learnt from exceeds.
    """

    def __init__(
        self,
        n_states: int = 12,
        n_iter: int = 10,
        max_curves: int = 200,
        max_points: int = 64,
        contamination: float = 0.1,
    ) -> None:
        self.n_states = n_states
        self.n_iter = n_iter
        self.max_curves = max_curves
        self.max_points = max_points
        self.contamination = contamination

    def fit(self, train: Train) -> None:
        drawn = np.random.default_rng(train.seed).permutation(len(train.X))[: self.max_curves]
        X = train.X[drawn]
        self.step = -(-X.shape[1] // self.max_points)
        self.mean, self.scale = np.zeros(CHANNELS), np.ones(CHANNELS)
        points = self._points(X)
        self.mean, self.scale = points.mean(axis=(0, 1)), points.std(axis=(0, 1))
        self.scale[self.scale == 0] = 1
        points = self._points(X)
        try:
            self.model = self._fitted(points, train.seed, "scaling")
        except ValueError:
            # The quick way fails where a curve is so far from all states that its density is 0.
            self.model = self._fitted(points, train.seed, "log")
        self.model.implementation = "log"
        self.threshold = float(np.quantile(self.score(X), 1 - self.contamination))

    def score(self, X: Floats) -> Floats:
        return -np.array([self.model.score(curve) for curve in self._points(X)])

    def _points(self, X: Floats) -> Floats:
        """What is read of each curve, standardised; shape (n, points, channels)."""
        channels = [np.asarray(X[:, :: self.step], dtype=np.float64)]
        while len(channels) < CHANNELS:
            channels.append(np.diff(channels[-1], axis=1, prepend=channels[-1][:, :1]))
        return (np.stack(channels, axis=2) - self.mean) / self.scale

    def _fitted(self, points: Floats, seed: int, implementation: str) -> Any:
        from hmmlearn.hmm import GaussianHMM

        # It warns of what is meant here: few iterations, and few curves.
        logging.getLogger("hmmlearn").setLevel(logging.ERROR)
        flat = points.reshape(-1, CHANNELS)
        model = GaussianHMM(
            n_components=min(self.n_states, len(np.unique(flat, axis=0))),
            n_iter=self.n_iter,
            # As if each first state and each transition had been seen once more: none is impossible.
            startprob_prior=2.0,
            transmat_prior=2.0,
            implementation=implementation,
            random_state=seed,
        )
        return model.fit(flat, np.full(len(points), points.shape[1]))
