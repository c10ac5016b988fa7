"""Features of curves: what texture, shape and edges of an image become in one dimension."""

from __future__ import annotations

import numpy as np

from bench import Floats

from ._histograms import cooccurrences, counted, haralick_measures, quantised
from ._unit_range import ROUNDING, as_mass, in_unit_range

# A peak stands out from its surroundings by this fraction of the curve's range.
PROMINENCE = 0.05
PEAKS = 3


def slopes(X: Floats) -> Floats:
    """Differences of neighbours, as many as there are values: the first one is 0."""
    return np.diff(X, axis=1, prepend=X[:, :1])


def texture(X: Floats, *, levels: int = 8, distances: tuple[int, ...] = (1, 4)) -> Floats:
    """Haralick's properties of levels that follow one another, and the fraction of each local pattern."""
    steps = quantised(X, levels)[:, None, :]
    unit = in_unit_range(X)
    found = []
    for distance in distances:
        found += [haralick_measures(cooccurrences(steps, levels, (0, distance)))]
        found += [_local_patterns(unit, distance)]
    return np.column_stack(found)


def _local_patterns(unit: Floats, distance: int) -> Floats:
    """The fraction of values of which each of four neighbours, two on either side, is higher or not."""
    width = unit.shape[1]
    padded = np.pad(unit, ((0, 0), (2 * distance, 2 * distance)), mode="edge")
    places = [2 * distance + distance * offset for offset in (-2, -1, 1, 2)]
    # What is flat but for rounding is not higher.
    is_higher = [padded[:, place : place + width] > unit + ROUNDING for place in places]
    codes = np.sum([bit.astype(int) << i for i, bit in enumerate(is_higher)], axis=0)
    return counted(codes, 16) / width


def moments(X: Floats) -> Floats:
    """Place, spread, skewness and kurtosis of each curve's mass, and its most prominent peaks."""
    mass, along = as_mass(X), np.linspace(0, 1, X.shape[1])
    centre = mass @ along
    away = along - centre[:, None]
    spread = np.sqrt((mass * away**2).sum(axis=1))
    standard = away / np.maximum(spread, ROUNDING)[:, None]
    higher = [(mass * standard**power).sum(axis=1) for power in (3, 4)]
    peaks = [_peaks(row) for row in in_unit_range(X)]
    return np.column_stack([X.mean(axis=1), np.ptp(X, axis=1), centre, spread, *higher, peaks])


def _peaks(row: Floats) -> list[float]:
    """How many peaks there are; prominence, width and place of the most prominent ones, 0 where missing."""
    from scipy.signal import find_peaks

    places, found = find_peaks(row, prominence=PROMINENCE, width=0)
    first = np.argsort(-found["prominences"], kind="stable")[:PEAKS]
    table = np.zeros((3, PEAKS))
    for line, values in zip(
        table, (found["prominences"], found["widths"] / len(row), places / len(row)), strict=True
    ):
        line[: len(first)] = values[first]
    return [len(places), *table.ravel()]


def oriented_gradients(X: Floats, *, windows: int = 8, bins: int = 8) -> Floats:
    """In windows along the curve, how much of its way up and down goes at which steepness.

    Square roots, so that a steep window does not drown the others.
    """
    steps = slopes(in_unit_range(X))
    width = X.shape[1]
    window = np.arange(width) * windows // width
    # At 45 degrees a curve would cross its range in an eighth of its length.
    angle = np.arctan(steps * width / 8)
    steepness = np.minimum(((angle / np.pi + 0.5) * bins).astype(int), bins - 1)
    return np.sqrt(counted(window * bins + steepness, windows * bins, abs(steps)))
