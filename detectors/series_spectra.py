"""What the spectrum of a series says of its points."""

from __future__ import annotations

import numpy as np

from bench import Floats, Train, detector

# Of the largest amplitude: what is below it is rounding.
ROUNDING = 1e-15


@detector(
    family="forecast", modalities=("series",), complexity="n log n d", deterministic=True, cost=0.1,
    flaws=("mirror",),
)  # fmt: skip
class SpectralResidual:
    """What is left when each frequency's amplitude is divided by that of those around it (Ren et al., 2019).

    As in TSB-AD, with its average of the logarithms over ``smooth`` frequencies, which takes the first and
    the last value of the series for what lies beyond the first and the last frequency: a negated series has
    other scores. The points scored are read as a whole, and nothing is learnt from training. Where values
    freeze, scores are low. Of several channels the score is the mean.
    """

    def __init__(self, smooth: int = 100) -> None:
        self.smooth = smooth

    def fit(self, train: Train) -> None:
        pass

    def score(self, X: Floats) -> Floats:
        return np.mean([self._residual(x) for x in np.asarray(X, dtype=np.float64).T], axis=0)

    def _residual(self, x: Floats) -> Floats:
        if len(x) < 2 or np.ptp(x) == 0:
            return np.zeros(len(x))
        x = (x - x.min()) / np.ptp(x)
        spectrum = np.fft.rfft(x)
        amplitudes = np.abs(spectrum)
        logs = np.log(np.maximum(amplitudes, ROUNDING * amplitudes.max()))
        before = (self.smooth - 1) // 2
        around = np.concatenate([np.full(before, x[0]), logs[1:], np.full(self.smooth - 1 - before, x[-1])])
        logs[1:] = np.convolve(around, np.full(self.smooth, 1 / self.smooth), "valid")
        return np.abs(np.fft.irfft(spectrum / np.exp(logs), len(x)))
