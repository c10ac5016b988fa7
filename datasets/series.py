"""Series made up: twelve kinds of anomalous ranges in a periodic signal, whose optimum is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench import Scaling, Split, dataset

if TYPE_CHECKING:
    import numpy as np

ANOMALIES = (
    "spike", "level_shift", "frequency", "amplitude", "trend", "variance", "missing_beat", "frozen",
    "pattern_swap", "contextual", "collective", "correlation",
)  # fmt: skip


def _example(anomaly: str) -> dict[str, object]:
    """The parameters of a picture: a correlation is broken between channels."""
    return {"anomaly": anomaly, "channels": 2} if anomaly == "correlation" else {"anomaly": anomaly}


@dataset(modality="series", optimum=True, examples=tuple(_example(each) for each in ANOMALIES))
def series(
    rng: np.random.Generator,
    *,
    points: int = 5000,
    period: int = 50,
    channels: int = 1,
    signal: str = "",
    anomaly: str = "level_shift",
    ranges: int = 6,
    train_ranges: int = 2,
    length: int | None = None,
    strength: float | None = None,
    noise: float = 0.3,
    coupling: float = 0.8,
    drift: float = 0.0,
    train: float = 0.4,
    scaling: Scaling = "standard",
) -> Split:
    """A periodic signal with noise, in which some ranges are anomalous, of one channel or several.

    The signal has standard deviation 1. There are ``points`` in all, of which the fraction ``train`` comes
    first and is for training; ``train_ranges`` and ``ranges`` are the anomalous ranges in that part and after
    it. A range has ``length`` points (one period where it is not given, a single point for a spike, a fifth
    of a period for frozen and contextual ones), lies anywhere in its part, and changes one channel. Between
    two there are as many normal points at least.
    ``signal`` is waves (a few harmonics) or beats (as of a heart; for missing_beat where it is not given).
    ``noise`` is the noise's standard deviation, ``coupling`` the correlation between the channels' noise,
    ``drift`` the standard deviation of a random walk at its end, which is no anomaly.

    ``anomaly``, and what ``strength`` means to it; what is a deviation is in those of the signal:

    - spike: the standard deviation of what is added to each point (3)
    - level_shift: what is added to the range, or taken from it (0.6)
    - trend: what is added to its last point, rising from 0, or taken from it (1)
    - frequency: how many times faster the signal is (2)
    - amplitude: what the signal is multiplied by (1.5)
    - variance: what the noise is multiplied by (2)
    - missing_beat: the fraction of whole cycles that is missing (1)
    - frozen: the fraction of the noise that is left where the last value is repeated (0)
    - pattern_swap: the fraction of another pattern with the same period (0.5)
    - contextual: by which fraction of a period the signal is early, so that values are usual elsewhere (0.5)
    - collective: the standard deviation of noise in the place of the signal: usual values in no order (1)
    - correlation: how far one channel's noise, as large as ever, leaves that of the others, up to 1 (1)

    Signal, places, ways and channels, noise and drift have streams of their own. The optimum is exact for
    each kind: it knows the signal with its drift, the noise, the kind, length and number of ranges, but not
    where they are, in which channel and in which way. Sources of the kinds: Lai et al., Revisiting Time
    Series Outlier Detection, NeurIPS Datasets 2021; Wenig et al., TimeEval (GutenTAG), VLDB 2022.
    """
    from ._series_families import draw_series

    drawn = draw_series(
        rng, points=points, period=period, channels=channels, signal=signal, anomaly=anomaly, ranges=ranges,
        train_ranges=train_ranges, length=length, strength=strength,
        noise=noise, coupling=coupling, drift=drift, train=train,
    )  # fmt: skip
    return Split.in_time(drawn.recording, scaling=scaling, optimum=drawn.optimum)
