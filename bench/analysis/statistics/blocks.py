"""What is compared: detectors in columns, and in rows the blocks, which are independent of one another.

Which unit may be called independent decides what a test says:

- Seeds of one dataset repeat one question. Their mean is one observation, and a test over datasets speaks
  of datasets like these.
- Datasets of one source (`bench.splits.sources`) and variants of one synthetic family share rows or a
  generator. What suits a detector in one suits it in all, so their mean is one observation, too.
- Where fewer than `FEW` blocks are left, a test over them could hardly find anything. The seeds of each
  dataset are the blocks then, and the test speaks of new seeds of that dataset, of no other dataset.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd

from bench.analysis.qualities import qualities, ranked_by
from bench.analysis.results import SuiteResults
from bench.analysis.ties import without_rounding
from bench.analysis.wins import differences, won
from bench.splits.arrays import Floats
from bench.splits.sources import related_group

FEW = 5

Failures = Literal["worst", "zero", "left out"]


@dataclass(frozen=True)
class Blocks:
    """``values``: blocks in rows, detectors in columns, NaN where a detector was not planned.

    ``unit`` is what a block is; ``dataset`` is the one that the blocks are seeds of, empty for datasets.
    ``paired``, shape (blocks, k, k), is how far the first of a pair is above the second where both were
    planned; None where that is the difference of their values, as where all have the same seeds.
    """

    values: pd.DataFrame
    unit: Literal["dataset", "seed"]
    dataset: str = ""
    paired: Floats | None = None

    @property
    def names(self) -> pd.Index:
        """The detectors."""
        return self.values.columns

    @cached_property
    def differences(self) -> Floats:
        """How far the first of a pair is above the second, shape (blocks, k, k); NaN where one is missing."""
        return differences(self.values.to_numpy(float)) if self.paired is None else self.paired

    @cached_property
    def wins(self) -> Floats:
        """Who is ahead in each block, as of `bench.analysis.wins.won`."""
        return won(self.differences)

    def ahead_by(self, detector: str) -> pd.DataFrame:
        """How far a detector is above each, blocks in rows, detectors in columns."""
        gaps = self.differences[:, list(self.names).index(detector)]
        return pd.DataFrame(gaps, self.values.index, self.names)

    @property
    def complete(self) -> pd.DataFrame:
        """The detectors that have a value in every block: Friedman's and Nemenyi's tests are of no others."""
        return self.values.dropna(axis="columns")


def all_blocks(
    results: SuiteResults, regime: str, metric: str | None = None, failures: Failures = "worst"
) -> list[Blocks]:
    """Blocks of independent datasets; where there are fewer than `FEW`, of seeds, for each dataset.

    ``metric`` is the key of one of `bench.analysis.qualities.qualities`; None for what ranks the boards.
    Under "worst", what did not end "ok" counts as below any value there can be; under "zero", as 0, or the
    worst value of a metric that is better low or never 0; "left out", it does not count.
    """
    values = by_dataset_and_seed(results, regime, metric, failures)
    found = over_datasets(values)
    if len(found.values) >= FEW:
        return [found]
    return [
        Blocks(part.droplevel("dataset").dropna(axis="columns", how="all"), "seed", str(dataset))
        for dataset, part in values.groupby("dataset", sort=False)
    ]


def by_dataset_and_seed(
    results: SuiteResults, regime: str, metric: str | None = None, failures: Failures = "worst"
) -> pd.DataFrame:
    """The metric of the competing detectors, in columns; rows are indexed by dataset and seed.

    ``metric`` and ``failures`` are as for `all_blocks`. Values are turned so that the higher is the better.
    """
    quality = ranked_by(results.frame) if metric is None else qualities()[metric]
    frame = results.board(regime)
    frame = frame[~frame["detector"].isin(results.references)]
    low, high = quality.metric.bounds
    zero = 0.0 if quality.metric.higher_is_better and low <= 0 < high else quality.metric.worst
    counts_as = {"worst": quality.metric.failure, "zero": zero, "left out": float("nan")}
    found = quality.values(frame, results.headline).where(frame["status"] == "ok", counts_as[failures])
    found = quality.metric.oriented(found)
    keys = [frame[name] for name in ("dataset", "seed", "detector")]
    wide: pd.DataFrame = found.groupby(keys, sort=False).first().unstack("detector", sort=False)
    return wide


def coverage(results: SuiteResults, regime: str) -> pd.DataFrame:
    """How many trials of each detector ended "ok", and how many are compared, ``planned``."""
    frame = results.board(regime)
    ok = (frame["status"] == "ok").groupby(frame["detector"])
    return pd.DataFrame({"ok": ok.sum(), "planned": ok.size()})


def over_datasets(values: pd.DataFrame) -> Blocks:
    """One row for each independent dataset: the mean over seeds, then over related datasets.

    ``values``: as of `by_dataset_and_seed`, or some of its rows.
    """
    values = values.dropna(axis="columns", how="all")
    means = values.groupby("dataset", sort=False).mean()
    groups = pd.Series([related_group(str(dataset)) for dataset in means.index], means.index)
    grouped = means.groupby(groups, sort=False)
    # A detector that lacks one of the related datasets would be judged on easier or harder ones.
    found = grouped.mean().where(grouped.count().eq(grouped.size(), axis="index"))
    found = found.dropna(axis="columns", how="all")
    each = {
        dataset: over_seeds(part[found.columns].to_numpy(float))
        for dataset, part in values.groupby("dataset", sort=False)
    }
    paired = [np.mean([each[name] for name in names], axis=0) for names in grouped.groups.values()]
    return Blocks(found, "dataset", paired=without_rounding(np.array(paired)))


def over_seeds(values: Floats) -> Floats:
    """Shape (k, k): how far the first is above the second, the mean over the seeds that both have.

    ``values``: shape (seeds, k).
    """
    apart = differences(values)
    met = ~np.isnan(apart)
    count = met.sum(axis=0)
    found: Floats = np.full(count.shape, np.nan)
    np.divide(np.nansum(apart, axis=0), count, out=found, where=count > 0)
    return without_rounding(found)


def unit_count(results: SuiteResults, regime: str) -> Mapping[str, int]:
    """How many datasets are compared under a regime, and how many of them are independent."""
    datasets = results.board(regime)["dataset"].unique()
    return {"datasets": len(datasets), "independent": len({related_group(name) for name in datasets})}
