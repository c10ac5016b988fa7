"""Series with labelled ranges, for tests of their metrics."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st


def flags(n, *ranges):
    """Which of n points lie in ranges, each from its first point up to the one after its last."""
    found = np.zeros(n, dtype=bool)
    for start, stop in ranges:
        found[start:stop] = True
    return found


def stretches(min_size=1, max_size=40):
    """Flags that come in stretches, at the ends as well; of one or the other kind alone, too."""
    runs = st.lists(st.tuples(st.booleans(), st.integers(1, 8)), min_size=1, max_size=10)
    found = runs.map(lambda runs: np.repeat([flag for flag, _ in runs], [length for _, length in runs]))
    return found.map(lambda all_flags: all_flags[:max_size]).filter(lambda some: len(some) >= min_size)


@st.composite
def scored_series(draw, max_size=40):
    """Scores, often tied, and which points are anomalies, one or more."""
    is_anomaly = draw(stretches(max_size=max_size).filter(np.any))
    scores = draw(st.lists(st.integers(-5, 5), min_size=len(is_anomaly), max_size=len(is_anomaly)))
    return np.array(scores, dtype=float), is_anomaly


def volumes_by_definition(scores, is_anomaly, window, thresholds=250):
    """VUS-ROC and VUS-PR as they are defined, in time for the points by the windows by the thresholds."""
    order = -np.sort(-scores)
    levels = [order[int(rank)] for rank in np.linspace(0, len(scores) - 1, thresholds)]
    edges = np.diff(is_anomaly.astype(int), prepend=0, append=0)
    ranges = list(zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1, strict=True))
    areas = [_areas_by_definition(scores, is_anomaly, ranges, length, levels) for length in range(window + 1)]
    return tuple(np.mean(areas, axis=0))


def _areas_by_definition(scores, is_anomaly, ranges, window, levels):
    points, reach = np.arange(len(scores)), window // 2
    labels = is_anomaly.astype(float)
    for first, last in ranges:
        distance = np.maximum(np.maximum(first - points, points - last), 0)
        near = (distance > 0) & (distance <= reach)
        labels[near] += np.sqrt(1 - distance[near] / window)
    labels = np.minimum(labels, 1)
    buffered = [[first - reach, last + reach] for first, last in ranges[:1]]
    for first, last in ranges[1:]:
        if buffered[-1][1] < first - reach:
            buffered.append([first - reach, last + reach])
        buffered[-1][1] = last + reach
    false_rates, rates, precisions = [0.0], [0.0], []
    for level in levels:
        alarms = scores >= level
        found = labels[alarms].sum()
        positives = (is_anomaly.sum() + np.where(is_anomaly | alarms, labels, 0).sum()) / 2
        met = np.mean([alarms[max(first, 0) : last + 1].any() for first, last in buffered])
        rates.append(min(found / positives, 1) * met)
        false_rates.append((alarms.sum() - found) / (len(scores) - positives))
        precisions.append(found / alarms.sum())
    pr = np.dot(np.diff(rates), precisions)
    heights = np.array([*rates, 1])
    return np.dot(np.diff([*false_rates, 1]), heights[1:] + heights[:-1]) / 2, pr
