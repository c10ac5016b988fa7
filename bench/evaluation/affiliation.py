"""Precision and recall by the distance between predicted and labelled ranges.

Huet et al. (2022), Local evaluation of time series anomaly detection algorithms. Each labelled range has a
zone, up to the middle of the gaps beside it, and is what predictions in its zone are judged by. A predicted
instant counts by the probability that an instant drawn from the zone is as far from the range or farther, and
a labelled one by the probability that a drawn one is as far from it as the nearest prediction or farther. The
integrals are exact: point i is the interval from i to i + 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bench.evaluation.overlap import harmonic_mean
from bench.evaluation.ranges import Ranges

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Integers = NDArray[np.intp]


class Zones(NamedTuple):
    """Labelled ranges, from ``starts`` to ``stops``, and the zone of each, from ``left`` to ``right``."""

    starts: Integers
    stops: Integers
    left: Floats
    right: Floats

    @classmethod
    def of(cls, is_anomaly: Flags) -> Zones:
        """Those of a series with an anomaly, shape (n,)."""
        starts, stops = Ranges.of(is_anomaly)
        middles = (stops[:-1] + starts[1:]) / 2
        return cls(starts, stops, np.append(0.0, middles), np.append(middles, float(len(is_anomaly))))

    def at(self, which: Integers) -> Zones:
        """One for each index."""
        return Zones(self.starts[which], self.stops[which], self.left[which], self.right[which])

    def within(self, distance: Floats) -> Floats:
        """The integral, over distances up to this, of the part of a zone that is farther from its range."""
        distance, nearer = np.maximum(distance, 0), np.zeros(len(self.left))
        for side in (self.starts - self.left, self.right - self.stops):
            nearer += np.where(distance <= side, distance**2 / 2, side * distance - side**2 / 2)
        inside = self.stops - self.starts
        return distance - (inside * distance + nearer) / (self.right - self.left)

    def cut(self, predicted: Flags) -> tuple[Integers, Floats, Floats]:
        """What is predicted, shape (n,), cut where zones meet: the zone, start and stop of each piece."""
        starts, stops = Ranges.of(predicted)
        first = np.searchsorted(self.left, starts, side="right") - 1
        pieces = np.searchsorted(self.left, stops) - first
        which = np.repeat(np.arange(len(starts)), pieces)
        zone = first[which] + np.arange(len(which)) - (np.cumsum(pieces) - pieces)[which]
        return zone, np.maximum(starts[which], self.left[zone]), np.minimum(stops[which], self.right[zone])


def affiliation_precision(predicted: Flags, is_anomaly: Flags) -> float:
    """Of a series with an anomaly, both arguments of shape (n,): the mean over zones with a prediction.

    0 where there is none at all.
    """
    zones = Zones.of(is_anomaly)
    zone, starts, stops = zones.cut(predicted)
    if not len(zone):
        return 0.0
    own = zones.at(zone)
    before = own.within(own.starts - starts) - own.within(own.starts - stops)
    after = own.within(stops - own.stops) - own.within(starts - own.stops)
    inside = np.maximum(np.minimum(stops, own.stops) - np.maximum(starts, own.starts), 0)
    found = np.bincount(zone, before + inside + after)
    length = np.bincount(zone, stops - starts)
    return float((found[length > 0] / length[length > 0]).mean())


def affiliation_recall(predicted: Flags, is_anomaly: Flags) -> float:
    """Of a series with an anomaly, both arguments of shape (n,): the mean over zones.

    0 in a zone without a prediction.
    """
    zones = Zones.of(is_anomaly)
    zone, starts, stops = zones.cut(predicted)
    own = zones.at(zone)
    # Between two pieces of a zone, half of the instants are nearer to the first.
    same, middles = zone[1:] == zone[:-1], (stops[:-1] + starts[1:]) / 2
    left = np.append(own.left[:1], np.where(same, middles, own.left[1:]))
    right = np.append(np.where(same, middles, own.right[:-1]), own.right[-1:])
    nearer = np.zeros(len(zones.starts))
    for edge, border, end in ((starts, left, own.left), (stops, right, own.right)):
        room = np.abs(end - edge)
        near = np.abs(edge - np.clip(edge, own.starts, own.stops))
        far = np.abs(edge - np.clip(border, own.starts, own.stops))
        beyond = _nearer(far, room) - _nearer(near, room)
        nearer += np.bincount(zone, beyond / (own.right - own.left), len(nearer))
    has_piece = np.bincount(zone, minlength=len(nearer)) > 0
    return float(np.where(has_piece, 1 - nearer / (zones.stops - zones.starts), 0).mean())


def affiliation_f1(predicted: Flags, is_anomaly: Flags) -> float:
    """The harmonic mean of both."""
    return harmonic_mean(
        affiliation_precision(predicted, is_anomaly), affiliation_recall(predicted, is_anomaly)
    )


def _nearer(distance: Floats, room: Floats) -> Floats:
    """The integral, over distances up to this from an edge of a piece, of how much of the zone is nearer.

    An instant d from the edge has d towards it, and on its other side d as well or all up to the end of the
    zone, which is ``room`` from the edge.
    """
    return np.where(distance <= room / 2, distance**2, room * distance - room**2 / 4)
