"""Local densities: Parzen windows whose width the rows choose, and histograms joined with neighbours."""

from __future__ import annotations

import math

import numpy as np

from bench import Floats, Train, detector

from ._kernels import KernelDensity, log_densities_among_others
from ._torch import KDE, LeaveOneOut

# Bandwidths that the likelihood chooses from, in standard deviations.
GRID = np.geomspace(0.01, 2, 16)


@detector(family="density", complexity="n² d", requires=("torch",), gpu=True, deterministic=True, cost=1.5)
class ParzenWindows:
    """Density under a Gaussian window around each training row (Parzen, 1962).

    The score is the negative log density. ``bandwidth``: "likelihood" for the one, of 16, under which each
    training row is most likely given the others (Duin, 1976); "scott" or "silverman" for the rules that suit
    one Gaussian; or a number. All but the number are relative to the columns' common standard deviation. A
    few rows far off make the likelihood ask for wide windows. Of rows that all occur twice, any window is
    too wide: then the narrowest is taken. The threshold is the score that a fraction ``contamination`` of
    the training rows exceeds, each without its own window.
    """

    def __init__(self, bandwidth: str | float = "likelihood", contamination: float = 0.1) -> None:
        self.bandwidth = bandwidth
        self.contamination = contamination

    def fit(self, train: Train) -> None:
        bandwidths = self.candidates(train.X)
        on_cpu = train.device == "cpu"
        among_others = log_densities_among_others if on_cpu else LeaveOneOut(train.device).log_densities
        left_out = among_others(train.X, bandwidths)
        best = left_out.mean(axis=0).argmax()
        width = float(bandwidths[best])
        self.windows = (KernelDensity(width) if on_cpu else KDE(width, train.device)).fit(train.X)
        self.left_out = -left_out[:, best]
        self.threshold = float(np.quantile(self.left_out, 1 - self.contamination))

    def candidates(self, X: Floats) -> Floats:
        n, d = X.shape
        deviation = math.sqrt(X.var(axis=0).mean()) or 1.0
        if self.bandwidth == "likelihood":
            return deviation * GRID
        if self.bandwidth == "scott":
            return np.array([deviation * n ** (-1 / (d + 4))])
        if self.bandwidth == "silverman":
            return np.array([deviation * (n * (d + 2) / 4) ** (-1 / (d + 4))])
        return np.array([float(self.bandwidth)])

    def score(self, X: Floats) -> Floats:
        return self.windows.score(X)

    def leave_one_out(self) -> Floats | None:
        """Each training row without its own window; None where the rows choose the width of windows."""
        return None if isinstance(self.bandwidth, str) else self.left_out


@detector(family="density", complexity="n² d", requires=("sklearn",), deterministic=True, cost=0.5)
class HistogramNeighbourDensity:
    """Histogram of each column and nearest-neighbour density of the row (Loftsgaarden and Quesenberry, 1965).

    The histograms see a value that is rare in its column, as in `hbos`; the neighbours see values that are
    rare together: the log density is minus d times the log distance to the ``n_neighbors``-th training row.
    Each negative log density is standardised by its median and interquartile range over the training rows,
    and the score is their sum. (Ranks would end at the most extreme training row.) Bins have the width of
    Freedman and Diaconis (1981), but are no more than the square root of the rows; each counts one row more
    than it holds, so that what lies outside of them has a density, too. A training row is no neighbour of
    itself. The threshold is the score that a fraction ``contamination`` of the training rows exceeds.
    """

    def __init__(self, n_neighbors: int = 10, contamination: float = 0.1) -> None:
        self.n_neighbors = n_neighbors
        self.contamination = contamination

    def fit(self, train: Train) -> None:
        from sklearn.neighbors import NearestNeighbors

        wanted = max(1, min(self.n_neighbors, len(train.X) - 1))
        self.histograms = Histograms(train.X)
        self.neighbours = NearestNeighbors(n_neighbors=wanted).fit(train.X)
        radii = self.neighbours.kneighbors()[0][:, -1]
        # Rows among their own copies are taken to be as dense as the densest others.
        self.least = radii[radii > 0].min(initial=np.inf) if radii.any() else 1.0
        surprises = self.surprises(train.X, radii)
        self.centre = np.median(surprises, axis=0)
        spread = np.subtract(*np.quantile(surprises, [0.75, 0.25], axis=0))
        self.scale = np.where(spread > 0, spread, 1.0)
        self.threshold = float(np.quantile(self.joined(surprises), 1 - self.contamination))

    def surprises(self, X: Floats, radii: Floats) -> Floats:
        """Both negative log densities but for constants, shape (n, 2)."""
        return np.column_stack([self.histograms.surprise(X), np.log(np.maximum(radii, self.least))])

    def joined(self, surprises: Floats) -> Floats:
        return ((surprises - self.centre) / self.scale).sum(axis=1)

    def score(self, X: Floats) -> Floats:
        return self.joined(self.surprises(X, self.neighbours.kneighbors(X)[0][:, -1]))


class Histograms:
    """One histogram for each column, with bins of equal width."""

    def __init__(self, X: Floats) -> None:
        n, d = X.shape
        self.low, self.high = X.min(axis=0), X.max(axis=0)
        quartiles = np.quantile(X, [0.25, 0.75], axis=0)
        width = 2 * (quartiles[1] - quartiles[0]) / n ** (1 / 3)
        most = math.ceil(math.sqrt(n))
        extent = self.high - self.low
        wanted = np.divide(extent, width, out=np.full(d, float(most)), where=width > 0)
        self.bins = np.ceil(wanted).clip(1, most).astype(int)
        self.width = np.where(extent > 0, extent, 1.0) / self.bins
        # The places before the first and after the last bin are for what lies outside.
        counts = np.zeros((d, most + 2))
        np.add.at(counts, (np.arange(d), self.places(X)), 1)
        self.table = np.log(n + self.bins)[:, None] - np.log(counts + 1)

    def places(self, X: Floats) -> np.ndarray:
        bins = np.floor((X - self.low) / self.width).clip(-1, self.bins)
        # The last bin includes its upper edge.
        inside = (self.low <= X) & (self.high >= X)
        return np.where(inside, np.minimum(bins, self.bins - 1), bins).astype(int) + 1

    def surprise(self, X: Floats) -> Floats:
        """Sum over the columns of minus the log probability of the bin, shape (n,)."""
        return self.table[np.arange(X.shape[1]), self.places(X)].sum(axis=1)
