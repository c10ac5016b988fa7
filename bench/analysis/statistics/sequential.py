"""Which detectors may be the best, looked at again and again while seeds are added.

Tests by betting (Waudby-Smith and Ramdas, Estimating means of bounded random variables by betting, Journal
of the Royal Statistical Society B 86, 2024). Against each detector a bettor stakes, seed by seed, that those
that lead by the seeds before are ahead of it. If none is better than the detector, the game is not
favourable: the wealth, 1 at first, reaches w with chance 1 / w at most, however often one looks (Ville's
inequality). That takes nothing but bounded values, so it holds where a detector does well on most seeds and
fails on some.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from bench.splits.arrays import Floats

# A race is looked at after these numbers of seeds, and after the last one. Looks cost no error.
LOOKS = (8, 12, 16, 20, 26, 32, 40, 50, 65, 80, 100, 125, 160, 200)
# The fractions of the wealth that are staked, a third of it each way at first: the last wins soonest where
# one detector is ahead on every seed, the others where seeds differ.
STAKES = (0.1, 0.5, 1.0)


def looks(most: int) -> list[int]:
    """The numbers of seeds at which a race of at most ``most`` seeds is looked at."""
    return [*(seeds for seeds in LOOKS if seeds < most), most]


@dataclass
class Race:
    """Some detectors, of which those drop out that are not the best.

    The chance that any of the detectors with the highest mean ever drops out is ``alpha`` at most. ``beaten``
    holds for each that has dropped out the one that led then.
    """

    detectors: tuple[str, ...]
    alpha: float
    beaten: dict[str, str] = field(default_factory=dict)

    @property
    def contenders(self) -> list[str]:
        """The detectors that may be the best."""
        return [detector for detector in self.detectors if detector not in self.beaten]

    @property
    def is_open(self) -> bool:
        """Whether more seeds could change who is best."""
        return len(self.contenders) > 1

    def look(self, values: pd.DataFrame) -> None:
        """Decide what can be decided.

        values: a row for each seed, in order, and a column for each detector, the higher the better; NaN for
        what has not been run. Seeds that a contender lacks are left out. Raises ValueError for a value
        that is not from 0 to 1.
        """
        if not self.is_open:
            return
        known = values[values[self.contenders].notna().all(axis="columns")].reindex(columns=self.detectors)
        array = known.to_numpy(float)
        if ((array < 0) | (array > 1)).any():
            raise ValueError("a race needs values from 0 to 1")
        still = np.isin(self.detectors, self.contenders)
        dropped = ~may_be_best(wealth(array)[still], self.alpha)
        out = [name for name, drops in zip(self.contenders, dropped, strict=True) if drops]
        leader = str(known[self.contenders].mean().idxmax()) if out else ""
        self.beaten |= dict.fromkeys(out, leader)


def wealth(values: Floats) -> Floats:
    """What bets against each detector have come to, shape (k,); ``values`` from 0 to 1, shape (seeds, k).

    NaN from the seed on that a detector is no more run with. The stake is on the leaders by all seeds before,
    in equal parts where several lead; one that leads alone is not bet against.
    """
    known = ~np.isnan(values)
    filled = np.where(known, values, 0.0)
    before = np.where(known, np.cumsum(filled, axis=0) - filled, -np.inf)
    leads = before >= before.max(axis=1, keepdims=True)
    leaders = (filled * leads).sum(axis=1, keepdims=True) / leads.sum(axis=1, keepdims=True)
    won = np.where(known, np.clip(leaders - filled, -1, 1), 0.0)
    return np.asarray(np.mean([np.prod(1 + stake * won, axis=0) for stake in STAKES], axis=0))


def may_be_best(wealths: Floats, alpha: float) -> np.ndarray:
    """A mask of the detectors that cannot be excluded, shape (k,); the error of all together is ``alpha``.

    Closed testing with means of e-values (Vovk and Wang, E-values: calibration, combination and applications,
    Annals of Statistics 49, 2021). A detector is out if no set of detectors that it is in can be all the best
    ones; a set cannot if the mean wealth of its bets is 1 / alpha. The least mean is that with the poorest.
    """
    sizes = np.arange(1, len(wealths) + 1)
    least = [
        np.min(np.cumsum(np.r_[own, np.sort(np.delete(wealths, place))]) / sizes)
        for place, own in enumerate(wealths)
    ]
    return np.asarray(least) < 1 / alpha


def run_race(values: pd.DataFrame, alpha: float, at: Iterable[int]) -> tuple[Race, int]:
    """A race over values that are all there, and how many of them it needed: detectors times seeds."""
    race, used, before = Race(tuple(map(str, values.columns)), alpha), 0, 0
    for seeds in at:
        used += len(race.contenders) * (seeds - before)
        before = seeds
        race.look(values.iloc[:seeds])
        if not race.is_open:
            break
    return race, used
