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
from typing import Literal

import pandas as pd

from bench.analysis.qualities import qualities
from bench.analysis.results import SuiteResults
from bench.splits.sources import related_group

FEW = 5

Failures = Literal["worst", "left out"]


@dataclass(frozen=True)
class Blocks:
    """``values``: blocks in rows, detectors in columns, NaN where a detector was not planned.

    ``unit`` is what a block is; ``dataset`` is the one that the blocks are seeds of, empty for datasets.
    """

    values: pd.DataFrame
    unit: Literal["dataset", "seed"]
    dataset: str = ""

    @property
    def complete(self) -> pd.DataFrame:
        """The detectors that have a value in every block: ranks can be taken of no others."""
        return self.values.dropna(axis="columns")


def all_blocks(
    results: SuiteResults, regime: str, metric: str = "f1", failures: Failures = "worst"
) -> list[Blocks]:
    """Blocks of independent datasets; where there are fewer than `FEW`, of seeds, for each dataset.

    ``metric`` is the key of one of `bench.analysis.qualities.qualities`. Under "worst", what did not end "ok"
    counts as below any value there can be; "left out", it does not count at all.
    """
    values = by_dataset_and_seed(results, regime, metric, failures)
    over_datasets = _over_datasets(values).dropna(axis="columns", how="all")
    if len(over_datasets) >= FEW:
        return [Blocks(over_datasets, "dataset")]
    return [
        Blocks(part.droplevel("dataset").dropna(axis="columns", how="all"), "seed", str(dataset))
        for dataset, part in values.groupby("dataset", sort=False)
    ]


def by_dataset_and_seed(
    results: SuiteResults, regime: str, metric: str, failures: Failures = "worst"
) -> pd.DataFrame:
    """The metric of the competing detectors, in columns; rows are indexed by dataset and seed.

    Values are turned so that the higher is the better.
    """
    quality = qualities()[metric]
    frame = results.board(regime)
    frame = frame[~frame["detector"].isin(results.references)]
    failed = quality.metric.failure if failures == "worst" else float("nan")
    found = quality.values(frame, results.headline).where(frame["status"] == "ok", failed)
    found = quality.metric.oriented(found)
    keys = [frame[name] for name in ("dataset", "seed", "detector")]
    wide: pd.DataFrame = found.groupby(keys, sort=False).first().unstack("detector", sort=False)
    return wide


def coverage(results: SuiteResults, regime: str) -> pd.DataFrame:
    """How many trials of each detector ended "ok", and how many are compared, ``planned``."""
    frame = results.board(regime)
    ok = (frame["status"] == "ok").groupby(frame["detector"])
    return pd.DataFrame({"ok": ok.sum(), "planned": ok.size()})


def _over_datasets(values: pd.DataFrame) -> pd.DataFrame:
    """One row for each independent dataset: the mean over seeds, then over related datasets."""
    means = values.groupby("dataset", sort=False).mean()
    grouped = means.groupby([related_group(str(dataset)) for dataset in means.index], sort=False)
    # A detector that lacks one of the related datasets would be judged on easier or harder ones.
    return grouped.mean().where(grouped.count().eq(grouped.size(), axis="index"))


def unit_count(results: SuiteResults, regime: str) -> Mapping[str, int]:
    """How many datasets are compared under a regime, and how many of them are independent."""
    datasets = results.board(regime)["dataset"].unique()
    return {"datasets": len(datasets), "independent": len({related_group(name) for name in datasets})}
