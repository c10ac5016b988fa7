"""Curves of four shapes, with anomalies of ten kinds, and the best score that there can be for each."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from bench import Floats, Split, check_choice, dataset

from ._curves import BASES, Change, log_ratio

# A change starts, or is centred, at one of this many positions; most kinds leave out a fifth at either end.
PLACES = 31
MIDDLE = np.linspace(0.2, 0.8, PLACES)[:, None]
WIDTHS = (0.01, 0.02, 0.03, 0.04, 0.05)


# Each kind lists all the changes of some size that there can be. An anomaly has one of them, each as likely.


def extra_bump(times: Floats, height: float) -> Change:
    """A second, small bump on top of the curve."""
    bumps = [np.exp(-(((times - MIDDLE) / width) ** 2) / 2) for width in WIDTHS]
    return Change.of(times, offset=height * np.concatenate(bumps))


def missing_bump(times: Floats, share: float) -> Change:
    """A fraction of the bump's height is missing."""
    return Change.of(times, gain=np.array([[1 - min(share, 1)]]))


def shift(times: Floats, distance: float) -> Change:
    """From some place on, the curve is early or late."""
    return Change.of(times + _either_way(distance * _afterwards(times)))


def spike(times: Floats, height: float) -> Change:
    """A single value is too high or too low."""
    return Change.of(times, offset=_either_way(height * np.eye(len(times))))


def dropout(times: Floats, length: float) -> Change:
    """Values in a short window are read as 0."""
    return Change.of(times, gain=1 - _windows(times, length))


def level(times: Floats, height: float) -> Change:
    """From some place on, the values are higher or lower."""
    return Change.of(times, offset=_either_way(height * _afterwards(times)))


def phase(times: Floats, angle: float) -> Change:
    """From some place on, each sinusoid is ahead by the same angle, or behind."""
    return Change.of(times, phase=_either_way(min(angle, np.pi) * _afterwards(times)))


def frequency(times: Floats, exponent: float) -> Change:
    """From some place on, the curve runs faster or slower."""
    passed = np.maximum(times - MIDDLE, 0)
    return Change.of(times + np.concatenate([np.expm1(exponent) * passed, np.expm1(-exponent) * passed]))


def noise_burst(times: Floats, spread: float) -> Change:
    """More noise in a window."""
    return Change.of(times, burst=spread * _windows(times, 0.15))


def asymmetric_bump(times: Floats, exponent: float) -> Change:
    """The bump's right flank is wider or narrower than its left one."""
    return Change.of(times, skew=_either_way(np.array([[exponent]])))


class Kind(NamedTuple):
    """The changes of a kind of anomaly, and their size at strength 1 on each base that it makes sense for."""

    changes: Callable[[Floats, float], Change]
    sizes: dict[str, float]


def _sizes(*sizes: float) -> dict[str, float]:
    return dict(zip(BASES, sizes, strict=False))


# Sizes such that good detectors find most anomalies of strength 1, and not all of them.
KINDS = {
    "extra_bump": Kind(extra_bump, _sizes(0.3, 0.3, 0.3, 0.4)),
    "missing_bump": Kind(missing_bump, _sizes(0.1, 0.1)),
    "shift": Kind(shift, _sizes(0.15, 0.15, 0.015, 0.3)),
    "spike": Kind(spike, _sizes(0.4, 0.4, 0.35, 0.35)),
    "dropout": Kind(dropout, _sizes(0.06, 0.06, 0.05, 0.12)),
    "level": Kind(level, _sizes(0.2, 0.2, 0.08, 0.3)),
    "phase": Kind(phase, {"sinusoids": 0.3}),
    "frequency": Kind(frequency, {"sinusoids": 0.06}),
    "noise_burst": Kind(noise_burst, _sizes(0.1, 0.1, 0.1, 0.1)),
    "asymmetric_bump": Kind(asymmetric_bump, _sizes(1.0, 1.0)),
}


@dataset(
    modality="curve",
    optimum=lambda noise, **_: noise > 0,
    examples=tuple(
        {"base": base, "anomaly": name, "strength": 3.0, "noise": 0.02}
        for base, name in (
            *((next(iter(kind.sizes)), name) for name, kind in KINDS.items()),
            ("lorentzian", "extra_bump"),
            ("random_walk", "level"),
        )
    ),
)
def curves(
    rng: np.random.Generator,
    *,
    normals: int = 1000,
    anomalies: int = 100,
    test_normals: int = 100,
    test_anomalies: int = 100,
    calibration: float = 0.2,
    points: int = 128,
    base: str = "gaussian",
    anomaly: str = "extra_bump",
    strength: float = 1.0,
    noise: float = 0.05,
) -> Split:
    """Curves of one of four shapes; an anomaly has been changed in one of ten ways.

    A curve has ``points`` values over [0, 1]. ``base`` is what normal curves are: gaussian or lorentzian (a
    bump of height 1 with uniform place and width), sinusoids (a mixture of twelve, with random amplitudes
    and phases) or random_walk (its end has the standard deviation 0.4). ``noise`` is the standard deviation
    of Gaussian noise on each value. ``calibration`` is the fraction of ``normals`` and ``anomalies`` that is
    set apart from the training rows.

    ``anomaly``: extra_bump, missing_bump, shift, spike, dropout, level, phase, frequency, noise_burst or
    asymmetric_bump. ``strength`` is how much a curve is changed: the larger, the easier to find. Bumps are
    missing or asymmetric only where there is one, phases and frequencies change only in sinusoids.

    The optimum is known where there is noise.
    """
    _refuse(base, anomaly, strength)
    shape, kind, times = BASES[base], KINDS[anomaly], np.linspace(0, 1, points)
    unchanged, changes = Change.of(times), kind.changes(times, strength * kind.sizes[base])

    def normal(source: np.random.Generator, size: int) -> Floats:
        return shape.curves(shape.draw(source, size, points), unchanged)

    def anomalous(source: np.random.Generator, size: int) -> Floats:
        hidden = shape.draw(source, size, points)
        change = changes.at(source.integers(len(changes.times), size=size))
        return shape.curves(hidden, change) + change.burst * source.standard_normal((size, points))

    return Split.drawn(
        rng, normal, anomalous, normals=normals, anomalies=anomalies, test_normals=test_normals,
        test_anomalies=test_anomalies, calibration=calibration, noise=noise,
        optimum=partial(log_ratio, shape, times, changes, noise) if noise > 0 else None,
    )  # fmt: skip


def _refuse(base: str, anomaly: str, strength: float) -> None:
    check_choice("base", base, BASES)
    check_choice("anomaly", anomaly, KINDS)
    if base not in KINDS[anomaly].sizes:
        others = " or ".join(KINDS[anomaly].sizes)
        raise ValueError(f"anomaly={anomaly} makes no sense for base={base}; use base={others}")
    if strength < 0:
        raise ValueError(f"'strength' must be 0 or more, not {strength:g}")


def _afterwards(times: Floats) -> Floats:
    """For each place, 1 from there on and 0 before."""
    return (times >= MIDDLE).astype(float)


def _windows(times: Floats, length: float) -> Floats:
    """Windows of some length, half of the curve at most, evenly spread: 1 within and 0 without."""
    points = np.arange(len(times))
    size = min(max(round(length * len(times)), 1), len(times) // 2)
    starts = np.linspace(0, len(times) - size, PLACES).round()[:, None]
    return ((points >= starts) & (points < starts + size)).astype(float)


def _either_way(changes: Floats) -> Floats:
    return np.concatenate([changes, -changes])
