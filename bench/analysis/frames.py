"""Stored results as data frames, for a notebook; `bench.load_results`."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from bench.errors import BenchError, unknown

if TYPE_CHECKING:
    import pandas as pd

    from bench.analysis.results import SuiteResults


def load_results(folder: str | PathLike[str] = "results") -> Results:
    """The runs stored in a results folder.

    Parameters
    ----------
    folder : str or path
        The results folder; its runs lie below ``runs``.

    Returns
    -------
    Results
        The tables as data frames.

    Raises
    ------
    BenchError
        Where there are no runs.
    """
    from bench.analysis.results import require_results

    return Results({each.name: each for each in require_results(Path(folder))})


class Results:
    """The results of some suites: what the tables in the results folder show, as data frames.

    `bench.load_results` returns one. ``suite`` and ``regime`` may be left out where there is only one;
    `bench.BenchError` says which there are.

    Parameters
    ----------
    suites : dict
        What is known of each suite, by its name.
    """

    def __init__(self, suites: dict[str, SuiteResults]) -> None:
        self._suites = suites

    def __repr__(self) -> str:
        parts = [f"{name} ({len(each.frame)} trials: {', '.join(each.regimes())})" for name, each in
                 self._suites.items()]  # fmt: skip
        return f"Results of {'; '.join(parts)}"

    @property
    def suites(self) -> list[str]:
        """The names of the suites that have results."""
        return list(self._suites)

    def leaderboard(self, suite: str | None = None, regime: str | None = None) -> pd.DataFrame:
        """A row for each detector, best first.

        Parameters
        ----------
        suite, regime : str, optional
            Of which suite, under which regime.

        Returns
        -------
        pandas.DataFrame
            Ranks, metrics with their standard deviations over seeds, labels read, and coverage.
        """
        from bench.analysis.leaderboard import leaderboard

        found = self.of(suite)
        return leaderboard(found, _only("regime", regime, found.regimes()))

    def by_dataset(self, suite: str | None = None, regime: str | None = None) -> pd.DataFrame:
        """A row for each detector and dataset: means and standard deviations of its metrics over seeds.

        Parameters
        ----------
        suite, regime : str, optional
            Of which suite, under which regime.

        Returns
        -------
        pandas.DataFrame
        """
        from bench.analysis.leaderboard import by_dataset

        found = self.of(suite)
        return by_dataset(found, _only("regime", regime, found.regimes()))

    def timing(self, suite: str | None = None) -> pd.DataFrame:
        """A row for each detector and regime: seconds, microseconds a scored row, memory.

        Parameters
        ----------
        suite : str, optional
            Of which suite.

        Returns
        -------
        pandas.DataFrame
        """
        from bench.analysis.timing import timing

        return timing(self.of(suite))

    def thresholds(self, suite: str | None = None, regime: str | None = None) -> pd.DataFrame:
        """A row for each threshold policy, the one that loses least F1 first.

        Parameters
        ----------
        suite, regime : str, optional
            Of which suite, under which regime.

        Returns
        -------
        pandas.DataFrame
            ``gap``, the F1 that is lost to the best possible threshold, a mean over detectors; ``gap_std``;
            other metrics of its decisions; how many ``detectors`` it applied to.
        """
        from bench.analysis.policies import by_detector, summary

        found = self.of(suite)
        chosen = _only("regime", regime, found.regimes())
        return summary(found, chosen, by_detector(found, chosen))

    def failures(self, suite: str | None = None) -> pd.DataFrame:
        """A row for each detector, regime and reason of what did not end "ok".

        Parameters
        ----------
        suite : str, optional
            Of which suite.

        Returns
        -------
        pandas.DataFrame
        """
        from bench.analysis.leaderboard import failures

        return failures(self.of(suite))

    def trials(self, suite: str | None = None) -> pd.DataFrame:
        """A row for each planned trial: status, metrics, costs, and where it ran.

        Parameters
        ----------
        suite : str, optional
            Of one suite; of all if left out.

        Returns
        -------
        pandas.DataFrame
            Metrics are columns ``POLICY.NAME``; others are ``costs.NAME``, ``rows.NAME``, ``audit.NAME``.
        """
        from bench.analysis.results import trials

        return trials(self._suites.values() if suite is None else [self.of(suite)])

    def of(self, name: str | None = None) -> SuiteResults:
        """All that is known of a suite, for functions of `bench.analysis` and `bench.report`."""
        return self._suites[_only("suite", name, self.suites)]


def _only(kind: str, name: str | None, known: list[str]) -> str:
    """The one that is named, or the only one that there is."""
    if name is None and len(known) == 1:
        return known[0]
    if not known:
        raise BenchError(f"there is no {kind} with results")
    if name is None:
        raise BenchError(f"there are several: name one {kind} of {', '.join(known)}")
    if name not in known:
        raise unknown(kind, name, known)
    return name
