"""Scores that are drawn from known laws, for the coverage of intervals and the errors of races."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from bench.analysis.statistics.behind import Behind

# Of a detector's values over blocks, from generator, shape, and means from 0.2 to 0.9.
BLOCK_LAWS: dict[str, Callable[[np.random.Generator, tuple[int, int], Any], Any]] = {
    "normal": lambda rng, shape, means: means + _spread(shape) * rng.normal(size=shape),
    "skewed": lambda rng, shape, means: means - _spread(shape) * (rng.gamma(4, size=shape) / 2 - 2),
    "exponential": lambda rng, shape, means: means - _spread(shape) * (rng.exponential(size=shape) - 1),
    "bounded": lambda rng, shape, means: rng.beta(np.broadcast_to(2 * means, shape), 2 - 2 * means),
    "ties": lambda rng, shape, means: rng.binomial(4, np.broadcast_to(means, shape)) / 4,
}
TRUTHS: dict[str, Callable[[int], Any]] = {
    "equal": lambda detectors: np.full(detectors, 0.6),
    "two ahead": lambda detectors: np.r_[0.8, 0.8, np.linspace(0.2, 0.5, detectors - 2)],
    "one ahead": lambda detectors: np.r_[0.8, np.full(detectors - 1, 0.75)],
    "spread out": lambda detectors: np.linspace(0.3, 0.9, detectors),
}


def _spread(shape: tuple[int, int]) -> Any:
    """Detectors differ fourfold in spread."""
    return np.random.default_rng(shape[1]).permutation(np.linspace(0.05, 0.2, shape[1]))


def blocks(law: str, rng: np.random.Generator, count: int, means: Any) -> Any:
    """Values of shape (count, detectors). Some blocks are harder than others for every detector."""
    hardness = 0 if law in ("bounded", "ties") else 0.2 * rng.normal(size=(count, 1))
    return hardness + BLOCK_LAWS[law](rng, (count, len(means)), means)


def covers(found: Behind, means: Any) -> bool:
    """Whether every interval holds the distance to the best mean."""
    distance = means.max() - means
    return bool(((found.low <= distance + 1e-9) & (distance <= found.high + 1e-9)).all())


def _clipped(rng: np.random.Generator, shape: tuple[int, int], means: Any) -> Any:
    """Symmetric about the mean and within 0 and 1."""
    reach = np.minimum(means, 1 - means)
    return means + np.clip(0.03 * rng.normal(size=shape), -reach, reach)


def _collapsing(rng: np.random.Generator, shape: tuple[int, int], means: Any) -> Any:
    """The first does well on nine seeds of ten and fails on the tenth; its mean is a little below."""
    values = _clipped(rng, shape, means)
    fails = rng.random(shape[0]) < 0.1
    values[:, 0] = np.where(fails, 0.0, np.minimum(values[:, 0] / 0.9, 1.0))
    return values


def _all_collapsing(rng: np.random.Generator, shape: tuple[int, int], means: Any) -> Any:
    return np.where(rng.random(shape) < 0.1, 0.0, _clipped(rng, shape, means))


# Of detectors' values over seeds, from 0 to 1. The best are those with the highest of the means.
SEED_LAWS: dict[str, Callable[[np.random.Generator, tuple[int, int], Any], Any]] = {
    "normal, clipped": _clipped,
    "skewed": lambda rng, shape, means: rng.beta(np.broadcast_to(8 * means, shape), 8 - 8 * means),
    "0 or 1": lambda rng, shape, means: (rng.random(shape) < means).astype(float),
    "one fails on a tenth of seeds": _collapsing,
    "all fail on a tenth of seeds": _all_collapsing,
}
RACES: dict[str, Callable[[int], Any]] = {
    "equal": lambda detectors: np.r_[0.795, np.full(detectors - 1, 0.8)],
    "spread out": lambda detectors: np.linspace(0.2, 0.85, detectors),
    "two ahead": lambda detectors: np.r_[np.linspace(0.1, 0.5, detectors - 2), 0.85, 0.85],
}


def race_values(law: str, rng: np.random.Generator, seeds: int, means: Any) -> pd.DataFrame:
    """Values of detectors d0, d1, ... over seeds."""
    return pd.DataFrame(SEED_LAWS[law](rng, (seeds, len(means)), means)).add_prefix("d")


def best_of(means: Any) -> set[str]:
    """The detectors with the highest mean."""
    return {f"d{place}" for place in np.flatnonzero(means == means.max())}
