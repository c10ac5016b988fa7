"""What the report says of one suite, which depends on no other."""

from __future__ import annotations

from functools import cached_property

from msgspec import Struct

from bench.analysis.results import SuiteResults
from bench.report import alerts, leaderboard, statistics, thresholds, timing
from bench.report.keeping import fingerprint, kept
from bench.report.page import page_section
from bench.report.page.section import PageSection
from bench.report.page.signals import PointsOf, no_points
from bench.report.statistics import Comparisons
from bench.report.studies import study_texts


class Tables(Struct, frozen=True):
    """Its sections of the files that all suites share: Markdown, or CSV with a line of names. ``diagrams``
    are files of its own, by name.
    """

    leaderboard: str
    leaderboard_csv: str
    timing: str
    thresholds: str
    alerts: str
    statistics: str
    statistics_csv: str
    diagrams: dict[str, str]


class Studies(Struct, frozen=True):
    """The files of its studies, by name."""

    files: dict[str, str]


class SuiteReport:
    """The texts about a suite. Each part is made when it is first asked for, and kept for the next time.

    ``points`` gives the test points of series, which the page draws.
    """

    def __init__(self, results: SuiteResults, points: PointsOf = no_points) -> None:
        self.results = results
        self.points = points

    @cached_property
    def tables(self) -> Tables:
        return kept(Tables, self._key, self._make_tables)

    @cached_property
    def studies(self) -> Studies:
        return kept(Studies, self._key, lambda: Studies(study_texts(self.results)))

    @cached_property
    def page(self) -> PageSection:
        if self.points is not no_points and self._has_series:
            return self._make_page()  # not kept: it is made of the data that are here, too
        return kept(PageSection, self._key, self._make_page)

    @cached_property
    def _key(self) -> str:
        return fingerprint(self.results)

    @cached_property
    def _judged(self) -> list[Comparisons]:
        return statistics.judge_all(self.results)

    @property
    def _has_series(self) -> bool:
        return any(getattr(record, "layout", None) for record in self.results.frame["record"])

    def _make_page(self) -> PageSection:
        return page_section(self.results, self._judged, self.tables.diagrams, self.points)

    def _make_tables(self) -> Tables:
        results, judged = self.results, self._judged
        return Tables(
            leaderboard=leaderboard.section(results),
            leaderboard_csv=leaderboard.csv(results),
            timing=timing.section(results),
            thresholds=thresholds.section(results),
            alerts=alerts.section(results),
            statistics=statistics.section(results, judged),
            statistics_csv=statistics.csv(judged),
            diagrams=statistics.diagrams(judged),
        )
