"""Bumps, and nodes that cover their places and widths where these are uniform between bounds."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from bench import Floats

from ._linear_gaussians import OVERLAP, Nodes

SHAPES: dict[str, Callable[[Floats], Floats]] = {
    "gaussian": lambda z: np.exp(-(z**2) / 2),
    "lorentzian": lambda z: 1 / (1 + z**2),
}
# How far a bump may bend away from its node's tangents, in units of the noise.
BENT = 0.2


def bump_nodes(
    mus: tuple[float, float], sigmas: tuple[float, float], *, height: float, noise: float, points: int
) -> Nodes:
    """Nodes for the hidden variables (mu, sigma^(1/4)) of bumps with ``points`` values over [0, 1].

    The length of a bump's second derivatives is about height * sqrt(points / sigma^3), so nodes lie closer
    where bumps are narrow: at equal distances of sigma^(1/4), and for each sigma at equal distances of mu.
    """
    coarse = math.sqrt(2 * BENT * noise / max(height, 1e-9)) / points**0.25
    low, high = (sigma**0.25 for sigma in sigmas)
    count = math.ceil((high - low) / (min(coarse, high) / 4)) or 1
    found = []
    for root in midpoints(low, high, count):
        places = math.ceil((mus[1] - mus[0]) / min(coarse * root**3, root**4)) or 1
        centres = np.column_stack([midpoints(*mus, places), np.full(places, root)])
        steps = np.diag([(mus[1] - mus[0]) / places, (high - low) / count]) * OVERLAP
        # A fraction of d sigma = 4 sigma^(3/4) d(sigma^(1/4)).
        weights = np.full(places, root**3 / places)
        found.append((centres, np.tile(steps, (places, 1, 1)), weights))
    centres, steps, weights = (np.concatenate(part) for part in zip(*found, strict=True))
    return Nodes(centres, steps, np.log(weights / weights.sum()))


def midpoints(low: float, high: float, count: int) -> Floats:
    """The middles of ``count`` equal parts of an interval."""
    return low + (high - low) * (np.arange(count) + 0.5) / count
