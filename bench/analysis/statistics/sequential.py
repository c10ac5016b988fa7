"""Which detectors differ, looked at again and again while seeds are added, with one error for all looks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd

# A race is looked at after these numbers of seeds, and after the last one.
LOOKS = (5, 8, 12, 20, 32, 50, 80, 125, 200)
# Fewer seeds than these say nothing of a spread.
FEWEST = 4
# A smaller standard deviation over seeds is taken for this one: some seeds may agree to the last digit by
# chance, above all where few test rows leave few values that a score can have.
LEAST_SPREAD = 0.005
# The exponent of Kim and DeMets (1987): most of the error is kept for the late looks, so that the last one
# decides nearly as a single look would.
POWER = 3


class Look(NamedTuple):
    """A look after ``seeds`` seeds, at which the fraction ``share`` of the error is spent."""

    seeds: int
    share: float


def looks(most: int) -> list[Look]:
    """The looks of a race of at most ``most`` seeds; their shares add up to 1."""
    times = [seeds for seeds in LOOKS if seeds < most] + [most]
    spent = np.diff([(seeds / most) ** POWER for seeds in times], prepend=0.0)
    return [Look(seeds, float(share)) for seeds, share in zip(times, spent, strict=True)]


@dataclass
class Race:
    """Some detectors, of which those drop out that another is significantly better than.

    At each look, Student's t-test on the differences over seeds of each pair that is still in the race, with
    Holm's correction for these pairs; once more among those that are left, until none drops out. The chance
    that a detector with the highest mean is ever left out is ``alpha`` at most, over all looks together
    (Boole's inequality), where differences are normal; the tests simulate it for others. ``beaten`` holds
    for each that has dropped out one that is better.
    """

    detectors: tuple[str, ...]
    alpha: float
    beaten: dict[str, str] = field(default_factory=dict)

    @property
    def contenders(self) -> list[str]:
        """The detectors that none is significantly better than."""
        return [detector for detector in self.detectors if detector not in self.beaten]

    @property
    def is_open(self) -> bool:
        """Whether more seeds could change who is best."""
        return len(self.contenders) > 1

    def look(self, values: pd.DataFrame, share: float = 1.0) -> None:
        """Decide what can be decided. ``values``: a row for each seed, a column for each contender at least;
        NaN for what a detector has not been run on.
        """
        while found := _beaten(values[self.contenders], share * self.alpha):
            self.beaten |= found


def _beaten(values: pd.DataFrame, alpha: float) -> dict[str, str]:
    """Who is significantly worse than another, with the first such."""
    names = list(map(str, values.columns))
    first, second = np.triu_indices(len(names), 1)
    array = values.to_numpy(float)
    mean, p_value = paired_t(array[:, first] - array[:, second])
    found: dict[str, str] = {}
    for place, pair in enumerate(np.argsort(p_value, kind="stable")):
        if p_value[pair] * (len(p_value) - place) > alpha:
            break
        ahead, behind = names[first[pair]], names[second[pair]]
        better, worse = (ahead, behind) if mean[pair] > 0 else (behind, ahead)
        found.setdefault(worse, better)
    return found


def paired_t(differences: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and two-sided p-value of each column of differences, shape (n, m); NaN is left out.

    The p-value is 1 where there are fewer than `FEWEST`.
    """
    from scipy import stats

    count = (~np.isnan(differences)).sum(axis=0)
    enough = count >= FEWEST
    known = np.where(enough, differences, 0.0)
    mean = np.nanmean(known, axis=0)
    spread = np.maximum(np.nanstd(known, axis=0, ddof=1), LEAST_SPREAD)
    t = np.abs(mean) * np.sqrt(count) / spread
    return mean, np.where(enough, 2 * stats.t.sf(t, np.maximum(count - 1, 1)), 1.0)


def run_race(values: pd.DataFrame, alpha: float, at: Iterable[Look]) -> tuple[Race, int]:
    """A race over values that are all there, and how many of them it looked at: detectors times seeds."""
    race, used, before = Race(tuple(map(str, values.columns)), alpha), 0, 0
    for seeds, share in at:
        used += len(race.contenders) * (seeds - before)
        before = seeds
        race.look(values.iloc[:seeds], share)
        if not race.is_open:
            break
    return race, used
