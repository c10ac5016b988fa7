"""Ranges of a series to look at first, from the scores of its points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from bench.splits.arrays import Floats

# A range holds the points around a peak that score above this fraction of its height over the median.
HEIGHT = 0.5
# The most ranges that are looked for.
MOST = 100


@dataclass(frozen=True)
class Peak:
    """A range of points, from ``start`` to before ``stop``; ``at`` its highest, ``score`` that one's."""

    start: int
    stop: int
    at: int
    score: float


def peaks(scores: Floats, segments: Sequence[slice], most: int = MOST) -> list[Peak]:
    """Ranges around the highest scores, highest first; no two share a point.

    scores: of points in time order, shape (n,). segments: stretches without a gap, which no range leaves. A
    range is the highest point that is in none yet, and those around it whose scores are above half of its
    height over the median of all scores.
    """
    median = float(np.median(scores))
    ends = np.zeros(len(scores) + 1, dtype=bool)
    for each in segments:
        ends[each.start] = ends[each.stop] = True
    taken = np.zeros(len(scores), dtype=bool)
    found: list[Peak] = []
    for at in np.argsort(-scores, kind="stable").tolist():
        if len(found) == most or scores[at] <= median:
            break
        if taken[at]:
            continue
        above = median + HEIGHT * (scores[at] - median)
        start, stop = at, at + 1
        while not ends[start] and not taken[start - 1] and scores[start - 1] > above:
            start -= 1
        while not ends[stop] and not taken[stop] and scores[stop] > above:
            stop += 1
        # What is left of a slope beside a range that is known already is no peak of its own.
        beside = (not ends[start] and taken[start - 1]) or (not ends[stop] and taken[stop])
        taken[start:stop] = True
        if not beside:
            found.append(Peak(start, stop, at, float(scores[at])))
    return found
