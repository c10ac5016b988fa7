"""Tables whose normal rows lie along a shape: blobs, moons and rings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bench import DataError, Floats, Split, check_choice, dataset

from ._laws import Box, Jittered, Law, Mixture, log_ratio

# How much larger than the shape the box is that anomalies lie in.
BOX = 1.5
# Sets of centres that the one for the blobs is chosen from.
DRAWS = 50


@dataset(optimum=True, examples=({"anomaly": "around"}, {"anomaly": "between"}))
def blobs(
    rng: np.random.Generator,
    *,
    normals: int = 1000,
    anomalies: int = 100,
    test_normals: int = 500,
    test_anomalies: int = 100,
    calibration: float = 0.2,
    columns: int = 2,
    centres: int = 4,
    jitter: float = 0.15,
    anomaly: str = "around",
) -> Split:
    """Round clusters, with anomalies anywhere in a box around them, or halfway between two of them.

    ``centres`` points lie in the cube of side 2, well apart, others for each seed; ``jitter`` is the standard
    deviation of normal rows about them. ``anomaly``: around, or between (with the same jitter).
    """
    [shape_rng] = rng.spawn(1)
    if centres < (2 if anomaly == "between" else 1) or columns < 1:
        raise DataError("blobs need a column and a centre, and two centres to lie between")
    places = _apart(shape_rng.uniform(-1, 1, (DRAWS, centres, columns)))
    first, second = np.triu_indices(centres, k=1)
    return _split(
        rng, anomaly, jitter, Mixture.round(places, jitter),
        Mixture.round((places[first] + places[second]) / 2, jitter),
        Box(-np.ones(columns), np.ones(columns)),
        normals=normals, anomalies=anomalies,
        test_normals=test_normals, test_anomalies=test_anomalies, calibration=calibration,
    )  # fmt: skip


@dataset(optimum=True, examples=({"anomaly": "around"}, {"anomaly": "between"}))
def moons(
    rng: np.random.Generator,
    *,
    normals: int = 1000,
    anomalies: int = 100,
    test_normals: int = 500,
    test_anomalies: int = 100,
    calibration: float = 0.2,
    jitter: float = 0.1,
    anomaly: str = "around",
) -> Split:
    """Two half circles that hold each other, with anomalies in a box around them, or on the line between.

    The half circles have the radius 1; ``jitter`` is the standard deviation of rows about them. ``anomaly``:
    around, or between (with the same jitter).
    """

    def upper(t: Floats) -> Floats:
        return _circle(1.0)(t / 2)

    def lower(t: Floats) -> Floats:
        return np.array([1.0, 0.5]) - _circle(1.0)(t / 2)

    def gap(t: Floats) -> Floats:
        # Along it both half circles are equally far; beyond this length it would come close to them.
        return np.array([0.5, 0.25]) + 0.8 * (t[:, None] - 0.5) * np.array([-0.447, 0.894])

    return _split(
        rng, anomaly, jitter, Jittered([upper, lower], jitter), Jittered([gap], jitter),
        Box(np.array([-1.0, -0.5]), np.array([2.0, 1.0])),
        normals=normals, anomalies=anomalies,
        test_normals=test_normals, test_anomalies=test_anomalies, calibration=calibration,
    )  # fmt: skip


@dataset(optimum=True, examples=({"anomaly": "around"}, {"anomaly": "between"}))
def rings(
    rng: np.random.Generator,
    *,
    normals: int = 1000,
    anomalies: int = 100,
    test_normals: int = 500,
    test_anomalies: int = 100,
    calibration: float = 0.2,
    rings: int = 2,
    jitter: float = 0.05,
    anomaly: str = "around",
) -> Split:
    """Concentric circles, with anomalies in a box around them, or on circles halfway between.

    ``rings`` circles up to the radius 1, equally far from one another and the centre; ``jitter`` is the
    standard deviation of rows about them. ``anomaly``: around, or between (with the same jitter).
    """
    if rings < 1:
        raise DataError("'rings' must be 1 or more")
    radii = np.arange(1, rings + 1) / rings
    return _split(
        rng, anomaly, jitter, Jittered([_circle(radius) for radius in radii], jitter),
        Jittered([_circle(radius - 0.5 / rings) for radius in radii], jitter),
        Box(-np.ones(2), np.ones(2)),
        normals=normals, anomalies=anomalies,
        test_normals=test_normals, test_anomalies=test_anomalies, calibration=calibration,
    )  # fmt: skip


def _apart(draws: Floats) -> Floats:
    """Of several sets of points the one whose nearest two are farthest from each other."""
    from scipy.spatial.distance import pdist

    return max(draws, key=lambda places: pdist(places).min(initial=np.inf))


def _circle(radius: float) -> Callable[[Floats], Floats]:
    def path(t: Floats) -> Floats:
        return radius * np.column_stack([np.cos(2 * np.pi * t), np.sin(2 * np.pi * t)])

    return path


def _split(
    rng: np.random.Generator,
    anomaly: str,
    jitter: float,
    normal: Law,
    between: Law,
    box: Box,
    **sizes: Any,
) -> Split:
    """A split of a shape that lies in a box, but for its jitter."""
    if jitter <= 0:
        raise DataError(f"'jitter' must be above 0, not {jitter:g}")
    laws = {"around": box.widened(BOX), "between": between}
    check_choice("anomaly", anomaly, laws)
    law = laws[anomaly]
    return Split.drawn(rng, normal.draw, law.draw, optimum=log_ratio(normal, law), **sizes)
