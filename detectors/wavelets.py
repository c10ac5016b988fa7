"""A Markov model over the scales of a wavelet decomposition."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from bench import Floats, Train, detector


@detector(
    family="graphical", modalities=("curve", "image"), requires=("pywt",), complexity="n d log n",
    deterministic=True, cost=1,
)  # fmt: skip
class WaveletMarkovField:
    """Density of wavelet coefficients, each given its parent's size on a coarser scale (Crouse et al., 1998).

    The score is the negative log density, but for a constant. Each coefficient has a mean and a deviation
    of its own; what these leave is Gaussian, with a variance that depends on its parent: the coefficient
    at the same place, and in an image of the same direction, on the next coarser scale. Where the article
    has hidden states, the parents' magnitudes on a scale are cut into ``bins`` of equal size. The parent
    of the coarsest details is the approximation, which has none; it is scored, too, so that an offset counts.

    ``wavelet`` is a name that PyWavelets knows; rows too short for it are decomposed with Haar's. Edges are
    mirrored, and there are as many scales as fit. ``floor`` is added to each coefficient's variance, as
    a fraction of the mean variance on its scale. The threshold is the score that a fraction ``contamination``
    of the training rows exceeds.
    """

    def __init__(
        self, wavelet: str = "db4", bins: int = 4, floor: float = 1e-3, contamination: float = 0.1
    ) -> None:
        self.wavelet = wavelet
        self.bins = bins
        self.floor = floor
        self.contamination = contamination

    def fit(self, train: Train) -> None:
        self.shape = train.shape
        scales = self._decompose(train.X)
        self.means = [scale.mean(axis=0) for scale in scales]
        self.deviations = [self._deviation(scale) for scale in scales]
        standard = self._standardise(scales)
        self.links = [_Link(parent, child, self.bins) for parent, child in pairwise(standard)]
        self.threshold = float(np.quantile(self.score(train.X), 1 - self.contamination))

    def score(self, X: Floats) -> Floats:
        scales = self._standardise(self._decompose(X))
        root = (scales[0] ** 2).reshape(len(X), -1).sum(axis=1) / 2
        steps = zip(self.links, pairwise(scales), strict=True)
        return root + sum(link.energy(parent, child) for link, (parent, child) in steps)

    def _decompose(self, X: Floats) -> list[Floats]:
        """Coefficients by scale, coarsest first; each of shape (n, directions, places, ...)."""
        import pywt

        rows = np.asarray(X, dtype=np.float64).reshape(len(X), *self.shape)
        axes = range(1, rows.ndim)
        wavelet = self.wavelet if pywt.dwtn_max_level(self.shape, self.wavelet) else "haar"
        approximation, *details = pywt.wavedecn(rows, wavelet, axes=axes)
        directions = (list(detail.values()) for detail in details)
        return [approximation[:, None], *(np.stack(each, axis=1) for each in directions)]

    def _deviation(self, scale: Floats) -> Floats:
        variance = scale.var(axis=0)
        return np.sqrt(variance + (self.floor * variance.mean() or 1.0))

    def _standardise(self, scales: list[Floats]) -> list[Floats]:
        return [
            (scale - mean) / deviation
            for scale, mean, deviation in zip(scales, self.means, self.deviations, strict=True)
        ]


class _Link:
    """The variance of one scale's coefficients, for each bin of their parents' magnitudes."""

    def __init__(self, parent: Floats, child: Floats, bins: int) -> None:
        sizes = _over_children(parent, child)
        self.edges = np.quantile(sizes, np.linspace(0, 1, bins + 1)[1:-1])
        places = np.searchsorted(self.edges, sizes).ravel()
        # As if each bin held one more coefficient of unit variance: a bin may be empty, or hold zeros.
        sums = 1 + np.bincount(places, weights=(child**2).ravel(), minlength=bins)
        self.variances = sums / (1 + np.bincount(places, minlength=bins))

    def energy(self, parent: Floats, child: Floats) -> Floats:
        """Negative log density of the coefficients given their parents, but for a constant; shape (n,)."""
        variance = self.variances[np.searchsorted(self.edges, _over_children(parent, child))]
        return (child**2 / variance + np.log(variance)).reshape(len(child), -1).sum(axis=1) / 2


def _over_children(parent: Floats, child: Floats) -> Floats:
    """The magnitude of each coefficient's parent, in the shape of ``child``."""
    # Mirrored edges make scales longer than half the next one, so places are matched in proportion.
    for axis in range(2, child.ndim):
        places = np.linspace(0, parent.shape[axis] - 1, child.shape[axis]).round().astype(int)
        parent = parent.take(places, axis=axis)
    return np.broadcast_to(np.abs(parent), child.shape)
