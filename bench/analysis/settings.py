"""Detectors by default and with the settings that were tried besides, on the same independent datasets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from bench.analysis.results import SuiteResults
from bench.analysis.statistics.blocks import all_blocks
from bench.analysis.statistics.intervals import FEWEST
from bench.analysis.statistics.rank_tests import holm, signed_rank
from bench.analysis.ties import without_rounding
from bench.spec import Spec
from bench.splits.arrays import Floats

# Fewer settings are no distribution.
FEWEST_SETTINGS = 5
# What lies between these quantiles is the spread of settings: four fifths of them.
LOW, HIGH = 0.1, 0.9


@dataclass(frozen=True)
class Varied:
    """A detector's values, the higher the better: by default, shape (blocks,), and with settings, shape
    (blocks, settings)."""

    name: str
    default: Floats
    settings: Floats

    @property
    def means(self) -> Floats:
        """The mean over blocks of each setting, shape (settings,)."""
        found: Floats = self.settings.mean(axis=0)
        return found

    @property
    def reach(self) -> float:
        """How far apart the means of four fifths of the settings lie."""
        low, high = np.quantile(self.means, (LOW, HIGH))
        return float(high - low)

    @property
    def sensitivity(self) -> Floats:
        """How far apart four fifths of the settings lie in each block, shape (blocks,)."""
        low, high = np.quantile(self.settings, (LOW, HIGH), axis=1)
        found: Floats = high - low
        return found

    @property
    def oracle(self) -> Floats:
        """The best there is in each block in hindsight, the default among it, shape (blocks,)."""
        found: Floats = np.maximum(self.default, self.settings.max(axis=1))
        return found

    @property
    def beaten(self) -> Floats:
        """The share of the settings that the default is ahead of in each block, a tie being half."""
        ahead = np.sign(without_rounding(self.default[:, None] - self.settings))
        found: Floats = ((ahead + 1) / 2).mean(axis=1)
        return found

    @property
    def ranks(self) -> Floats:
        """The rank of the default among itself and the settings in each block, 1 the best."""
        found: Floats = 1 + self.settings.shape[1] * (1 - self.beaten)
        return found


@dataclass(frozen=True)
class Pairs:
    """How pairs of detectors compare by default, beside what settings do.

    pairs: how many there are. within: of how many the means by default differ by less than the mean of the
    two detectors' `Varied.reach`. told: how many signed-rank tests tell apart by default, after Holm's
    correction, and told_within: how many of these differ by less. reversed: how likely the one that is ahead
    by default is behind where both have a random setting, on average.
    """

    pairs: int
    within: int
    told: int
    told_within: int
    reversed: float


def varied(results: SuiteResults, regime: str, metric: str) -> list[Varied]:
    """The detectors of which enough settings were tried, the best by default first.

    Blocks are independent datasets, those on which each setting was run; what did not end "ok" counts as 0.
    None where there are too few datasets for an interval.
    """
    over = all_blocks(replace(results, settings=frozenset()), regime, metric, "zero")
    if len(over) != 1 or over[0].unit != "dataset" or len(over[0].values) < FEWEST:
        return []
    values = over[0].complete
    tried: dict[str, list[str]] = {}
    for label in values.columns:
        if label in results.settings:
            tried.setdefault(Spec.parse(label).name, []).append(label)
    found = [
        Varied(name, values[name].to_numpy(float), values[labels].to_numpy(float))
        for name, labels in tried.items()
        if name in values.columns and len(labels) >= FEWEST_SETTINGS
    ]
    return sorted(found, key=lambda each: -each.default.mean())


def compare_pairs(found: Sequence[Varied], alpha: float = 0.05) -> Pairs:
    """What `Pairs` says of two detectors or more, each earlier one being ahead by default."""
    ordered = list(combinations(found, 2))
    gaps = np.column_stack([first.default - second.default for first, second in ordered])
    told = holm(signed_rank(gaps).p_value) <= alpha
    reach = np.array([(first.reach + second.reach) / 2 for first, second in ordered])
    within = np.abs(gaps.mean(axis=0)) < reach
    behind = [1 - _chance_ahead(first.means, second.means) for first, second in ordered]
    return Pairs(len(ordered), int(within.sum()), int(told.sum()), int((told & within).sum()),
                 float(np.mean(behind)))  # fmt: skip


def _chance_ahead(first: Floats, second: Floats) -> float:
    """How likely one of the first is above one of the second, a tie being half."""
    gaps = np.sign(without_rounding(first[:, None] - second[None, :]))
    return float(((gaps + 1) / 2).mean())
