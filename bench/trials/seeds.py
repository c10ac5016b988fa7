"""The independent random streams derived from a trial's seed."""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Purpose(IntEnum):
    """The purposes of streams; draws from one do not change another."""

    DATA = 0
    REGIME = 1
    DETECTOR = 2
    STAGE = 3
    CORRUPTION = 4
    FOLDS = 5
    ALONE = 6


def stream(seed: int, purpose: Purpose) -> np.random.Generator:
    """A trial's random generator for a purpose."""
    return np.random.default_rng(_sequence(seed, purpose))


def whole_seed(seed: int, purpose: Purpose) -> int:
    """A trial's seed for a purpose: an integer of 31 bits, as scikit-learn and torch take it."""
    return int(_sequence(seed, purpose).generate_state(1)[0] >> 1)


def _sequence(seed: int, purpose: Purpose) -> np.random.SeedSequence:
    return np.random.SeedSequence(seed, spawn_key=(int(purpose),))
