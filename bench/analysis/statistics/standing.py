"""Which detectors differ significantly, and which do not differ significantly from the best."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from bench.analysis.results import SuiteResults
from bench.analysis.statistics.behind import behind_best
from bench.analysis.statistics.blocks import Blocks, all_blocks
from bench.analysis.statistics.rank_tests import (
    Friedman,
    blocks_needed,
    critical_difference,
    friedman,
    holm,
    least_p_value,
    pairs,
)
from bench.analysis.statistics.ratings import ratings
from bench.analysis.wins import mean_ranks, places, win_rates
from bench.splits.arrays import Floats

ALPHA = 0.05


@dataclass(frozen=True)
class Standing:
    """What the tests say of some blocks.

    ``pairs`` are those of `rank_tests.pairs`, with ``p_holm``, corrected for all pairs of the ``comparisons``
    made together; ``alpha`` is the family-wise error rate over all of these.
    """

    blocks: Blocks
    pairs: pd.DataFrame
    comparisons: int
    alpha: float = ALPHA

    @cached_property
    def ranks(self) -> pd.Series:
        """Mean ranks over blocks, each pair on those that both have (`bench.analysis.wins`); best first."""
        return _ranked(self.blocks.wins.sum(axis=0), self.blocks.names)

    @cached_property
    def complete_ranks(self) -> pd.Series:
        """Mean ranks among the detectors with a value in each block, best first, as for Nemenyi's test."""
        kept = self.blocks.names.isin(self.blocks.complete.columns)
        return _ranked(self.blocks.wins[:, kept][:, :, kept].sum(axis=0), self.blocks.names[kept])

    @property
    def best(self) -> str:
        """The detector with the best mean rank."""
        return self.order[0]

    @cached_property
    def significant(self) -> pd.DataFrame:
        """The pairs that differ significantly."""
        return self.pairs[self.pairs["p_holm"] <= self.alpha]

    def wins(self, detector: str) -> list[str]:
        """Those that the detector is significantly better than."""
        return [worse for better, worse in self.significant.index if better == detector]

    def losses(self, detector: str) -> list[str]:
        """Those that are significantly better than the detector."""
        return [better for better, worse in self.significant.index if worse == detector]

    @property
    def top_group(self) -> list[str]:
        """The detectors that none is significantly better than: the best is among them."""
        beaten = {worse for _, worse in self.significant.index}
        return [name for name in self.order if name not in beaten] or [self.best]

    @cached_property
    def order(self) -> list[str]:
        """All detectors by mean rank."""
        return list(map(str, self.ranks.index))

    def place(self, detector: str) -> int:
        """Its place by mean rank, 1 the best; those that share a rank share the place.

        The last place for one that met no other.
        """
        return int(places(self.ranks.fillna(math.inf))[detector])

    def behind_best(self, column: str) -> int:
        """How many are behind the best by a p-value of `pairs`, "p" or "p_holm", of ``alpha`` at most."""
        found = self.pairs[self.pairs[column] <= self.alpha]
        return int((found.index.get_level_values("better") == self.best).sum())

    @property
    def least_difference(self) -> float:
        """About how far the mean over blocks must be behind the best's for a difference to be significant.

        It is found every second time, by the normal approximation and the first step of Holm's correction,
        where the difference varies over blocks as that to the best does for the median detector, by its
        interquartile range, which a failure does not move. NaN where that cannot be said.
        """
        from scipy.stats import norm

        gaps = self.blocks.ahead_by(self.best).drop(columns=self.best)
        spread = ((gaps.quantile(0.75) - gaps.quantile(0.25)) / (2 * norm.isf(0.25))).median()
        blocks = len(self.blocks.values)
        return float(norm.isf(self.alpha / (2 * self.comparisons)) * spread / math.sqrt(blocks))

    @property
    def can_tell(self) -> bool:
        """Whether there are enough blocks for any difference to be significant."""
        return least_p_value(len(self.blocks.values)) * self.comparisons <= self.alpha

    @property
    def needed(self) -> int:
        """The smallest number of blocks with which a difference can be significant."""
        return blocks_needed(self.comparisons, self.alpha)

    @property
    def friedman(self) -> Friedman | None:
        return friedman(self.blocks.complete)

    @property
    def critical_difference(self) -> float:
        """Nemenyi's, for the mean ranks."""
        return critical_difference(len(self.complete_ranks), len(self.blocks.values), self.alpha)


def standings(
    results: SuiteResults, regime: str, metric: str | None = None, alpha: float = ALPHA
) -> list[Standing]:
    """One for independent datasets, or where these are too few, one for the seeds of each dataset.

    By what ranks the boards where no ``metric`` is named. The pairs of all of them are corrected together.
    """
    if results.board(regime)["detector"].nunique() < 2:
        return []  # as `judge` would find, but with no frame made for it
    return judge(all_blocks(results, regime, metric), alpha)


def judge(blocks: Sequence[Blocks], alpha: float = ALPHA) -> list[Standing]:
    """The standing in each of several sets of blocks, all of whose pairs are corrected together."""
    comparable = [each for each in blocks if each.values.shape[1] > 1]
    if not comparable:
        return []
    compared = [pairs(each.differences, each.names) for each in comparable]
    corrected = holm(np.concatenate([each["p"].to_numpy() for each in compared]))
    ends = np.cumsum([len(each) for each in compared])
    return [
        Standing(each, found.assign(p_holm=own), int(np.count_nonzero(~np.isnan(corrected))), alpha)
        for each, found, own in zip(comparable, compared, np.split(corrected, ends[:-1]), strict=True)
    ]


def _ranked(wins: Floats, names: pd.Index) -> pd.Series:
    return mean_ranks(wins, names).sort_values(kind="stable")


def summary(standing: Standing, counted: Blocks) -> pd.DataFrame:
    """A row for each detector, best mean rank first.

    ``rank``, ``win_rate``, ``rating`` with ``rating_low`` and ``rating_high``, ``wins`` and ``losses``:
    numbers of significant ones, ``top``: whether it is in `Standing.top_group`. ``behind``, with
    ``behind_low`` and ``behind_high``: how far the mean of ``counted`` is below the highest mean, as of
    `behind_best`; ``counted`` are the standing's blocks where what did not end "ok" counts as zero.
    NaN for a detector that lacks a block.
    """
    blocks, order = standing.blocks, standing.order
    table = pd.DataFrame({"rank": standing.ranks.reindex(order)}, pd.Index(order, name="detector"))
    table["win_rate"] = win_rates(blocks.wins.sum(axis=0), blocks.names)
    table[["rating", "rating_low", "rating_high"]] = ratings(blocks.wins, blocks.names, standing.alpha)
    table["wins"] = standing.significant.groupby("better").size().reindex(order, fill_value=0)
    table["losses"] = standing.significant.groupby("worse").size().reindex(order, fill_value=0)
    table["top"] = table.index.isin(standing.top_group)
    whole = counted.complete
    found = behind_best(whole.to_numpy(float), standing.alpha) if len(whole.columns) else ((), (), ())
    for column, limits in zip(("behind", "behind_low", "behind_high"), found, strict=True):
        table[column] = pd.Series(limits, whole.columns, dtype=float)
    return table
