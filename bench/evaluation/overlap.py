"""Precision and recall of ranges by how much predicted and labelled ones overlap.

Tatbul et al. (2018), Precision and recall for time series, with what the package prts calls alpha=0,
bias="flat" and cardinality="reciprocal": a range counts by the fraction of its points that is hit, over the
number of ranges that hit it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bench.evaluation.ranges import Ranges

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]


def range_precision(predicted: Flags, is_anomaly: Flags) -> float:
    """Of a series, both arguments of shape (n,): the mean over predicted ranges; 0 without one."""
    return range_recall(is_anomaly, predicted)


def range_recall(predicted: Flags, is_anomaly: Flags) -> float:
    """Of a series, both arguments of shape (n,): the mean over labelled ranges; 0 without one."""
    labelled = Ranges.of(is_anomaly)
    if not len(labelled.starts):
        return 0.0
    hits = np.maximum(labelled.met_by(Ranges.of(predicted)), 1)
    return float((labelled.counts(predicted) / labelled.lengths / hits).mean())


def range_f1(predicted: Flags, is_anomaly: Flags) -> float:
    """The harmonic mean of both."""
    return harmonic_mean(range_precision(predicted, is_anomaly), range_recall(predicted, is_anomaly))


def harmonic_mean(first: float, second: float) -> float:
    """0 where both are."""
    return 2 * first * second / (first + second) if first + second else 0.0
