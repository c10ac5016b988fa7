"""The points of series, of which a run stores none: made again where the dataset is here as it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from bench.errors import BenchError
from bench.plugins.registry import Registry
from bench.trials.record import Record
from bench.trials.split_cache import make_split

if TYPE_CHECKING:
    from bench.splits.arrays import Floats
    from bench.splits.grouping import Indices

# Gives the test points of a record, shape (n, channels), or None.
PointsOf = Callable[[Record], "Floats | None"]


def no_points(_: Record) -> None:
    """None of any: a page that rests on stored runs alone."""


def made_again(registry: Registry) -> PointsOf:
    """What gives the test points of records, by the datasets of a registry.

    None where a dataset is not here, or its file or its data are not those of the record. A dataset is made
    with the record's parameters: nothing for records of somebody whom you would not let run trials here.
    """

    def points(record: Record) -> Floats | None:
        plugin = registry.datasets.get(record.dataset.name)
        if plugin is None or plugin.source != record.code.dataset:
            return None
        params = record.dataset.params
        try:
            if plugin.fingerprint(**plugin.own(params)) != record.code.data:
                return None
            return make_split(plugin, params, record.seed).X_test
        except BenchError:  # its files are gone
            return None

    return points


def outline(x: Floats, places: int) -> Indices:
    """The points that a line through a channel needs: the lowest and the highest of each place, in order.

    x: shape (n,). All of them where there are no more than two for a place.
    """
    if len(x) <= 2 * places:
        return np.arange(len(x))
    parts = np.array_split(np.arange(len(x)), places)
    return np.unique([part[at(x[part])] for part in parts for at in (np.argmin, np.argmax)])
