"""regimes.md."""

from __future__ import annotations

import pandas as pd

from bench.analysis.regimes import (
    best_possible,
    blind_choice,
    by_detector,
    by_level,
    clean_train_gain,
    competing,
)
from bench.analysis.results import SuiteResults
from bench.report.markdown import environment_lines, number, table

EXPLANATION = """\
Each figure is a ROC AUC, the mean over seeds. For a seed and a dataset all regimes share one test set, and
one train set of which they show more or less: *unsupervised* all rows and no label; *one-class* the normal
rows alone; *1 % labelled* all rows, and the labels of so many of the anomalous ones; *supervised* every
label."""
DATASETS = """\
By dataset. The figure of a level is that of the detector which is best there on all *other* datasets, so that
no dataset chooses its own winner. *Best possible* is the likelihood ratio's, where densities are known."""
GAIN = """\
What a clean train set adds, one-class less unsupervised, for each detector that can be used in both."""


def markdown(results: SuiteResults) -> str:
    """What labels and clean training rows are worth, as tables."""
    every = by_level(results)
    levels = competing(every, results.references)
    chosen, gain, detectors = blind_choice(levels), clean_train_gain(levels), by_detector(levels)
    chosen["best possible"] = best_possible(every, results.references).reindex(chosen.index)
    means = chosen.mean().where(chosen.notna().all())
    together = pd.concat([chosen, means.to_frame("mean").T])
    gain.insert(0, "mean", gain.mean(axis=1))
    parts = [
        f"# {results.title}",
        *environment_lines(results),
        EXPLANATION,
        DATASETS,
        _table("dataset", together),
        GAIN,
        _table("detector", gain.sort_values("mean", ascending=False), signed=True),
        "By detector, the mean over datasets.",
        _table("detector", detectors),
    ]
    return "\n\n".join(parts) + "\n"


def _table(name: str, frame: pd.DataFrame, *, signed: bool = False) -> str:
    rows = [
        [str(index), *("+" * (signed and value > 0) + number(value, 3) for value in row)]
        for index, *row in frame.itertuples()
    ]
    return table([name, *map(str, frame.columns)], rows)
