"""What decisions are worth where the share of anomalies that they rest on is stated wrong.

What a detector is told of contamination moves its threshold and leaves the order of its scores as it is. So
stored scores tell it, and no trial is run for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bench.analysis.results import SuiteResults
from bench.evaluation.ranking import counts_from_the_top
from bench.splits.sources import related_group

if TYPE_CHECKING:
    from bench.splits.arrays import Floats, Labels

# By how much the stated share differs from the true one.
FACTORS = (0.25, 0.5, 1.0, 2.0, 4.0)
METRICS = ("f1", "precision", "recall", "false_alarm_rate")


def as_stated(scores: Floats, y: Labels) -> Floats:
    """Of each of `FACTORS` the `METRICS`, where so many times as many rows are called as there are anomalies.

    Those with the highest scores are called; of tied rows some, and what is returned, shape (factors,
    metrics), is the mean over all ways to choose these. ``scores``: finite, ``y``: of both classes, both of
    shape (n,).
    """
    _, found, called = counts_from_the_top(scores, y)
    anomalies, rows = int(found[-1]), int(called[-1])
    calls = np.minimum(np.array(FACTORS) * anomalies, rows)
    right = np.interp(calls, np.append(0, called), np.append(0, found))
    wrong = calls - right
    return np.column_stack(
        [2 * right / (calls + anomalies), right / calls, right / anomalies, wrong / (rows - anomalies)]
    )


def perfect(factor: float) -> float:
    """The F1 of scores that tell all anomalies from all normal rows, where there are rows enough to call."""
    return 2 * min(factor, 1.0) / (1 + factor)


def by_source(results: SuiteResults, regime: str) -> pd.DataFrame:
    """What each detector reaches on independent datasets, over the trials whose raw scores are kept.

    Rows are indexed by source and detector, columns by one of `METRICS` and one of `FACTORS`: the mean over
    seeds, then over datasets of one source. A detector that lacks one of the datasets is left out.
    """
    found = list(_each(results, regime))
    columns = pd.MultiIndex.from_product([FACTORS, METRICS]).swaplevel()
    each = pd.DataFrame([values.ravel() for *_, values in found], columns=columns, dtype=float)
    datasets, detectors = ([names[place] for names in found] for place in (0, 1))
    means = each.groupby([pd.Index(datasets, dtype=str), pd.Index(detectors, dtype=str)], sort=False).mean()
    means.index.names = ["dataset", "detector"]
    met = means.groupby("detector").size()
    complete = met.index[met == len(set(datasets))]
    means = means[means.index.isin(complete, level="detector")]
    sources = means.index.get_level_values("dataset").map(related_group).rename("source")
    return means.groupby([sources, means.index.get_level_values("detector")], sort=False).mean()


def _each(results: SuiteResults, regime: str) -> Iterator[tuple[str, str, Floats]]:
    """Dataset, detector and what `as_stated` gives, of each trial that has raw scores."""
    frame = results.board(regime)
    frame = frame[(frame["status"] == "ok") & ~frame["detector"].isin(results.references)]
    for run, record in zip(frame["run"], frame["record"], strict=True):
        scored = results.runs[run].scored_rows(record) if run in results.runs else None
        if scored is not None:
            yield record.dataset.label, record.detector.label, as_stated(*scored)
