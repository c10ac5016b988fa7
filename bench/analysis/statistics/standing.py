"""Which detectors differ significantly, and which do not differ significantly from the best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from bench.analysis.results import SuiteResults
from bench.analysis.statistics.blocks import Blocks, all_blocks
from bench.analysis.statistics.intervals import mean_interval
from bench.analysis.statistics.rank_tests import (
    Friedman,
    blocks_needed,
    critical_difference,
    friedman,
    holm,
    least_p_value,
    pairs,
)
from bench.analysis.statistics.ratings import ratings, win_rates

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
        """Mean rank over the blocks, best first, of the detectors that have a value in each block."""
        found: pd.Series = self.blocks.complete.rank(axis="columns", ascending=False).mean()
        return found.sort_values(kind="stable")

    @property
    def best(self) -> str:
        """The detector with the best mean rank; with the best win rate, where none has a rank."""
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
        """All detectors by mean rank; those without one come last, by win rate."""
        by_win_rate = win_rates(self.blocks.values).sort_values(ascending=False, kind="stable").index
        return [
            *map(str, self.ranks.index),
            *(str(name) for name in by_win_rate if name not in self.ranks.index),
        ]

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
        return critical_difference(len(self.ranks), len(self.blocks.values), self.alpha)


def standings(results: SuiteResults, regime: str, metric: str = "f1", alpha: float = ALPHA) -> list[Standing]:
    """One for independent datasets, or where these are too few, one for the seeds of each dataset.

    The pairs of all of them are corrected together.
    """
    return judge(all_blocks(results, regime, metric), alpha)


def judge(blocks: Sequence[Blocks], alpha: float = ALPHA) -> list[Standing]:
    """The standing in each of several sets of blocks, all of whose pairs are corrected together."""
    comparable = [each for each in blocks if each.values.shape[1] > 1]
    if not comparable:
        return []
    compared = [pairs(each.values) for each in comparable]
    corrected = holm(np.concatenate([each["p"].to_numpy() for each in compared]))
    ends = np.cumsum([len(each) for each in compared])
    return [
        Standing(each, found.assign(p_holm=own), int(np.count_nonzero(~np.isnan(corrected))), alpha)
        for each, found, own in zip(comparable, compared, np.split(corrected, ends[:-1]), strict=True)
    ]


def summary(standing: Standing, differences: pd.DataFrame) -> pd.DataFrame:
    """A row for each detector, best mean rank first.

    ``rank``, ``win_rate``, ``rating`` with ``rating_low`` and ``rating_high``, ``wins`` and ``losses``:
    numbers of significant ones, ``top``: whether it is in `Standing.top_group`. ``behind``, with
    ``behind_low`` and ``behind_high``: how far the mean is from the best's over the blocks of
    ``differences`` that both have, which are those without what did not end "ok".
    """
    values, order = standing.blocks.values, standing.order
    table = pd.DataFrame({"rank": standing.ranks.reindex(order)}, pd.Index(order, name="detector"))
    table["win_rate"] = win_rates(values)
    table[["rating", "rating_low", "rating_high"]] = ratings(values, standing.alpha)
    table["wins"] = standing.significant.groupby("better").size().reindex(order, fill_value=0)
    table["losses"] = standing.significant.groupby("worse").size().reindex(order, fill_value=0)
    table["top"] = table.index.isin(standing.top_group)
    gaps = differences.reindex(columns=order).rsub(differences[standing.best], axis="index")
    table["behind"] = gaps.mean()
    intervals = [mean_interval(gaps[name].to_numpy(), standing.alpha) for name in order]
    table["behind_low"], table["behind_high"] = map(list, zip(*intervals, strict=True))
    return table
