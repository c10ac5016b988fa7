"""What the page says, before it is laid out."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench import escaping
from bench.analysis.results import SuiteResults
from bench.report import critical_difference, leaderboard
from bench.report.answers import answer
from bench.report.markdown import environment_lines
from bench.report.page import tables
from bench.report.page.figure import Figure
from bench.report.page.figures import answering, figures
from bench.report.page.signals import PointsOf, no_points
from bench.report.page.tables import Table
from bench.report.page.view import RegimeView
from bench.report.statistics import Comparisons, figure_file


@dataclass(frozen=True)
class Diagram:
    """A drawing as it is, by its address, with what it shows in words."""

    title: str
    description: str
    source: str


@dataclass(frozen=True)
class RegimePart:
    """What the page shows of a regime: the answer and its evidence, the leaderboard, what is behind it."""

    name: str
    anchor: str
    answer: str
    evidence: Sequence[Figure]
    notes: Sequence[str]
    board: Table
    statistics: Sequence[Table]
    thresholds: Sequence[Table]
    figures: Sequence[Figure]
    diagrams: Sequence[Diagram]


@dataclass(frozen=True)
class SuitePart:
    """What the page shows of a suite. ``finished`` of ``planned`` trials ended "ok"."""

    name: str
    title: str
    anchor: str
    notes: Sequence[str]
    detectors: int
    datasets: int
    seeds: int
    finished: int
    planned: int
    regimes: Sequence[RegimePart]
    timing: Table
    failures: Table | None
    environment: Sequence[str]


def suite_part(
    results: SuiteResults,
    judged: Sequence[Comparisons],
    drawings: Mapping[str, str],
    points: PointsOf = no_points,
) -> SuitePart:
    """What the page shows of a suite. ``drawings`` are the diagrams of the comparisons, by their files;
    ``points`` gives the test points of series.
    """
    frame, anchor = results.frame, results.name
    return SuitePart(
        name=results.name,
        title=results.title,
        anchor=anchor,
        notes=[
            leaderboard.decided_by(results),
            *map(escaping.markdown, leaderboard.notes(results)),
        ],
        detectors=frame["detector"].nunique(),
        datasets=frame["dataset"].nunique(),
        seeds=frame["seed"].nunique(),
        finished=int((frame["status"] == "ok").sum()),
        planned=len(frame),
        regimes=[
            _regime(
                RegimeView(results, regime, points),
                [each for each in judged if each.regime == regime],
                drawings,
            )
            for regime in results.regimes()
        ],
        timing=tables.timing_table(results, f"{anchor}-timing"),
        failures=tables.failure_table(results, f"{anchor}-failures"),
        environment=environment_lines(results),
    )


def _regime(view: RegimeView, judged: Sequence[Comparisons], drawings: Mapping[str, str]) -> RegimePart:
    anchor = f"{view.results.name}-{view.regime}"
    found = next((each.standings for each in judged if each.metric == view.ranked_by.key), [])
    standings = [tables.standing_table(each, f"{anchor}-{each.metric}-standing") for each in judged]
    return RegimePart(
        name=view.regime,
        anchor=anchor,
        answer=answer(view.ranked_by, view.lead, found),
        evidence=answering(view),
        notes=leaderboard.balance(view.results, view.regime),
        board=tables.board_table(view, f"{anchor}-board"),
        statistics=[table for table in standings if table is not None],
        thresholds=tables.threshold_tables(view, anchor),
        figures=figures(view),
        diagrams=[diagram for each in judged for diagram in _diagrams(each, drawings)],
    )


def _diagrams(judged: Comparisons, drawings: Mapping[str, str]) -> list[Diagram]:
    if not judged.drawn:
        return []
    drawing = drawings[figure_file(judged)].encode()
    return [
        Diagram(
            f"Mean ranks by {judged.title}, {judged.regime}",
            critical_difference.in_words(judged.drawn),
            # As an image, which runs no script and whose ids are its own.
            f"data:image/svg+xml;base64,{base64.b64encode(drawing).decode()}",
        )
    ]
