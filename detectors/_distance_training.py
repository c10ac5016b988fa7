"""The epochs of LUNAR, of which the one is kept that ranks rows best that are held out."""

from __future__ import annotations

from typing import Any

import numpy as np

from bench import Floats

from ._distance_weights import DistanceWeights
from ._slices import Values


def train(detector: Any, distances: Floats, labels: Values, held_out: Floats, held_labels: Values) -> None:
    """Let ``detector.network`` learn as LUNAR does, and keep what ranks the held-out rows best."""
    order = distances.sum(axis=1).argsort(kind="stable")
    network = DistanceWeights(detector.network, detector.lr, detector.wd)
    rows, labels, held_out_rows = network.rows(distances[order]), labels[order], network.rows(held_out)
    state = [network.learnt.values, *network.running, network.batches]
    best, kept = 0.0, [each.copy() for each in state]
    for epoch in range(detector.n_epochs):
        if epoch:
            network.learn(rows, labels)
        area = area_under_curve(held_labels, network.answers(held_out_rows))
        if area >= best:
            best, kept = area, [each.copy() for each in state]
    for each, values in zip(state, kept, strict=True):
        each[...] = values


def area_under_curve(labels: Values, scores: Values) -> float:
    """`sklearn.metrics.roc_auc_score` to the last digit, by which epochs that rank alike are told apart."""
    order = scores.argsort(kind="stable")[::-1]
    scores = scores[order]
    ends = np.append(np.flatnonzero(np.diff(scores)), len(scores) - 1)
    hits = labels[order].cumsum(dtype=float)[ends]
    misses = 1 + ends - hits
    if len(ends) > 2:
        corners = np.r_[True, np.diff(misses, 2).astype(bool) | np.diff(hits, 2).astype(bool), True]
        hits, misses = hits[corners], misses[corners]
    hits, misses = np.r_[0.0, hits], np.r_[0.0, misses]
    return float(np.trapezoid(hits / hits[-1], misses / misses[-1]))
