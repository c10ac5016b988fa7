"""What tables and pictures of a regime share, worked out once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from bench.analysis.leaderboard import by_dataset, leaderboard
from bench.analysis.qualities import Quality, main_qualities, ranked_by
from bench.analysis.results import SuiteResults
from bench.evaluation.baselines import BASELINES
from bench.report.answers import Lead
from bench.report.page.signals import PointsOf, no_points


@dataclass(frozen=True)
class RegimeView:
    """A suite's results under a regime. ``points`` gives the test points of a series' record, or None."""

    results: SuiteResults
    regime: str
    points: PointsOf = no_points

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The trials that can be compared."""
        return self.results.board(self.regime)

    @cached_property
    def board(self) -> pd.DataFrame:
        """The leaderboard, the best first."""
        return leaderboard(self.results, self.regime)

    @cached_property
    def by_dataset(self) -> pd.DataFrame:
        """Means over seeds, a row for each detector and dataset."""
        return by_dataset(self.results, self.regime)

    @cached_property
    def qualities(self) -> list[Quality]:
        """What pictures show: the main qualities that its records have."""
        run = self.board[self.board["planned"].notna()]
        return [each for each in main_qualities().values() if run[f"{each.key}_mean"].notna().any()]

    @cached_property
    def lead(self) -> Lead:
        """How far each detector may be behind the best."""
        return Lead.of(self.results, self.regime)

    @cached_property
    def ranked_by(self) -> Quality:
        """What ranks the board."""
        return ranked_by(self.results.frame)

    @property
    def detectors(self) -> list[str]:
        """The detectors in the order of the leaderboard, without the baselines."""
        return [str(name) for name in self.board.index if name not in BASELINES]

    @property
    def competing(self) -> list[str]:
        """Those of them that have a place."""
        return [name for name in self.detectors if name not in self.references]

    @property
    def baselines(self) -> list[str]:
        """The baselines whose values are known."""
        return [name for name in BASELINES if name in self.board.index]

    @property
    def datasets(self) -> list[str]:
        """The datasets in the order of the suite."""
        return list(self.frame["dataset"].unique())

    @property
    def references(self) -> frozenset[str]:
        """The detectors out of competition."""
        return self.results.references
