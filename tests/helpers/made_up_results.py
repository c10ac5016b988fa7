"""Results of made-up suites, from blocks of values."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd

from bench.analysis.results import SuiteResults

# Demsar (2006), table 6: AUC of C4.5 without and with its parameters m and cf tuned, on 14 datasets. In the
# last but one row m+cf is printed as 0.975, too, and ranked behind cf.
DEMSAR = pd.DataFrame(
    [
        (0.763, 0.768, 0.771, 0.798), (0.599, 0.591, 0.590, 0.569), (0.954, 0.971, 0.968, 0.967),
        (0.628, 0.661, 0.654, 0.657), (0.882, 0.888, 0.886, 0.898), (0.936, 0.931, 0.916, 0.931),
        (0.661, 0.668, 0.609, 0.685), (0.583, 0.583, 0.563, 0.625), (0.775, 0.838, 0.866, 0.875),
        (1.000, 1.000, 1.000, 1.000), (0.940, 0.962, 0.965, 0.962), (0.619, 0.666, 0.614, 0.669),
        (0.972, 0.981, 0.975, 0.9749), (0.957, 0.978, 0.946, 0.970),
    ],
    columns=["C4.5", "C4.5+m", "C4.5+cf", "C4.5+m+cf"],
)  # fmt: skip


def suite_results(values, *, seeds=1, failures=(), noise=0.0, references=(), left_out=()):
    """Results with ``values`` as F1 and as adjusted AP, datasets in rows and detectors in columns."""
    random = np.random.default_rng(0)
    rows = [
        {"detector": detector, "dataset": dataset, "seed": seed, "regime": "unsupervised", "reason": "",
         "status": "failed" if (detector, dataset) in failures else "ok",
         **dict.fromkeys(("native.f1", "ranking.adjusted_ap"),
                         math.nan if (detector, dataset) in failures else value + noise * random.normal()),
         "ranking.roc_auc": 0.5}
        for dataset, by_detector in values.iterrows()
        for detector, value in by_detector.items()
        for seed in range(seeds)
        if (detector, seed) not in left_out
    ]  # fmt: skip
    return SuiteResults("made", "Made up", "native", pd.DataFrame(rows), {}, {}, frozenset(references))


def sized(results, rows_of):
    """Results whose records say how many rows and columns each dataset has, as `RowCounts`."""
    labels = results.frame["dataset"]
    records = [SimpleNamespace(rows=rows_of(label), dataset=SimpleNamespace(label=label)) for label in labels]
    return replace(results, frame=results.frame.assign(record=records))


def on(names, values=DEMSAR):
    """Some rows of a table, under these names."""
    return values.iloc[: len(names)].set_axis(names)


FOURTEEN = [f"dataset_{i:02}" for i in range(14)]
