"""Detectors that expect a point from the others of its channel."""

from __future__ import annotations

import numpy as np

from bench import Floats, Train, detector, window_length, windows_of

# Of the lagged values' mean square, added to it: so that coefficients are finite where values are collinear.
RIDGE = 1e-9


@detector(family="forecast", modalities=("series",), complexity="n order² d", deterministic=True, cost=0.2)
class Autoregression:
    """Error of a linear forecast from the points before (Fox, 1972).

    Each channel has ``order`` coefficients of its own, by least squares. The first points of a stretch are
    told from those after them: a stationary series has the same coefficients in both directions. Errors are
    in deviations of those in training; of several channels the score is the mean.
    """

    def __init__(self, order: int = 20) -> None:
        self.order = order

    def fit(self, train: Train) -> None:
        self.mean = train.X.mean(axis=0)
        stretches = [train.X[s] - self.mean for s in train.segments]
        fits = [self._fit([X[:, channel] for X in stretches]) for channel in range(train.X.shape[1])]
        self.coefficients = np.stack([coefficients for coefficients, _ in fits])
        self.deviation = np.array([deviation or 1.0 for _, deviation in fits])

    def score(self, X: Floats) -> Floats:
        channels = (np.asarray(X, dtype=np.float64) - self.mean).T
        errors = [
            np.abs(x - self._forecast(x, each)) for x, each in zip(channels, self.coefficients, strict=True)
        ]
        return (np.stack(errors, axis=1) / self.deviation).mean(axis=1)

    def _fit(self, stretches: list[Floats]) -> tuple[Floats, float]:
        """Coefficients of the points before, the furthest first, and the root of the mean squared error."""
        products, points = np.zeros((self.order + 1, self.order + 1)), 0
        for x in stretches:
            if len(x) > self.order:
                lagged = windows_of(x[:, None], self.order + 1)
                products += lagged.T @ lagged
                points += len(lagged)
        among, with_next = products[:-1, :-1], products[:-1, -1]
        scale = float(np.trace(among)) / self.order
        coefficients = np.asarray(
            np.linalg.solve(among + (RIDGE * scale or 1.0) * np.eye(self.order), with_next), dtype=np.float64
        )
        squares = products[-1, -1] + coefficients @ (among @ coefficients - 2 * with_next)
        return coefficients, float(np.sqrt(max(squares, 0.0) / max(points, 1)))

    def _forecast(self, x: Floats, coefficients: Floats) -> Floats:
        """What is expected of each point, shape (n,)."""
        around = np.pad(x, self.order, mode="edge")
        before = windows_of(around[: -self.order - 1, None], self.order) @ coefficients
        first = around[self.order + 1 : 3 * self.order]
        after = windows_of(first[:, None], self.order)[:, ::-1] @ coefficients
        return np.concatenate([after[: len(x)], before[self.order :]])[: len(x)]


@detector(family="forecast", modalities=("series",), complexity="n power d", deterministic=True, cost=0.2)
class Poly:
    """POLY, as in TSB-AD: distance of points to a polynomial through those around them (Li et al., 2007).

    The series is cut into pieces as long as a window. A polynomial of degree ``power`` is fitted to the
    points around a piece, ten times as many, without it; all points of the piece get the root of the mean
    squared difference to it. The first points, a fraction ``skipped`` of them but at most 500, get 0: that is
    0.1 in TSB-AD. Nothing but the window is learnt from training. Of several channels the score is the mean.
    """

    def __init__(self, window: int | str = "auto", power: int = 4, skipped: float = 0.0) -> None:
        self.window = window
        self.power = power
        self.skipped = skipped

    def fit(self, train: Train) -> None:
        self.points = window_length(self.window, train.X[:, 0])

    def score(self, X: Floats) -> Floats:
        return np.mean([self._differences(x) for x in np.asarray(X, dtype=np.float64).T], axis=0)

    def _differences(self, x: Floats) -> Floats:
        scores = np.zeros(len(x))
        first = -(-min(500, int(self.skipped * len(x))) // self.points)
        for begin in range(first * self.points, len(x), self.points):
            piece = slice(begin, min(begin + self.points, len(x)))
            scores[piece] = np.sqrt(np.mean((x[piece] - self._expected(x, piece)) ** 2))
        return scores

    def _expected(self, x: Floats, piece: slice) -> Floats:
        """The polynomial at the points of a piece."""
        reach = min(max(10 * self.points, 100), len(x))
        begin = int(np.clip(piece.start - reach // 2, 0, len(x) - reach))
        near = np.arange(begin, begin + reach)
        others = near[(near < piece.start) | (near >= piece.stop)]
        if not len(others):
            return np.full(piece.stop - piece.start, x.mean())
        fitted = np.polynomial.Polynomial.fit(others, x[others], min(self.power, len(others) - 1))
        return np.asarray(fitted(np.arange(piece.start, piece.stop)))
