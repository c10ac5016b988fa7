"""The tables of the page: the rows that the Markdown reports have, to be sorted and filtered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from bench.analysis.cells import Row, TableCell
from bench.analysis.leaderboard import failures
from bench.analysis.policies import by_detector, shown_policies, summary
from bench.analysis.results import SuiteResults
from bench.analysis.statistics.blocks import all_blocks, coverage
from bench.analysis.statistics.standing import summary as standing_summary
from bench.analysis.timing import timing
from bench.report import statistics, thresholds
from bench.report import timing as timing_report
from bench.report.leaderboard import board_cells, failure_cells
from bench.report.page.view import RegimeView
from bench.report.statistics import Comparisons
from bench.report.thresholds import SHOWN


@dataclass(frozen=True)
class Table:
    """A table. ``left`` columns are words; ``detectors`` are those that its rows are about."""

    name: str
    caption: str
    note: str
    headers: Sequence[str]
    rows: Sequence[Sequence[TableCell]]
    detectors: Sequence[str]
    left: int


def make_table(
    name: str,
    caption: str,
    cells: tuple[Sequence[str], Sequence[Row]],
    detectors: Sequence[str],
    *,
    note: str = "",
    left: int = 1,
) -> Table:
    """A table of headers and rows, in which words are sorted as texts."""
    headers, rows = cells
    whole = [[cell if isinstance(cell, TableCell) else TableCell(cell) for cell in row] for row in rows]
    return Table(name, caption, note, headers, whole, detectors, left)


def board_table(view: RegimeView, name: str) -> Table:
    board = view.board
    caption = f"Leaderboard, {view.regime}: means over datasets ± standard deviation over seeds"
    return make_table(name, caption, board_cells(board), list(map(str, board.index)), left=2)


def threshold_tables(view: RegimeView, name: str) -> list[Table]:
    """F1 lost to the threshold by policy, and F1 of each detector; none where no trial ended "ok"."""
    each = by_detector(view.results, view.regime)
    found = summary(view.results, view.regime, each)
    if found.empty:
        return []
    shown = shown_policies(found, SHOWN)
    each = each.reindex([name for name in view.detectors if name in each.index])
    of_policies = make_table(
        f"{name}-policies",
        f"Threshold policies, {view.regime}: F1 lost to each",
        thresholds.summary_cells(found),
        [""] * len(found),
    )
    of_detectors = make_table(
        f"{name}-policies-detectors",
        f"F1 of each detector by threshold policy, {view.regime}",
        thresholds.detector_cells(each, shown),
        list(map(str, each.index)),
    )
    return [of_policies, of_detectors]


def standing_table(judged: Comparisons, name: str) -> Table | None:
    """Who cannot be told from the best; None where there are no two detectors to compare."""
    results, regime, metric, found = judged
    if not found:
        return None
    by = judged.title
    if found[0].blocks.unit == "seed":
        caption = f"Who cannot be told from the best on each dataset, by {by}, {regime}"
        return make_table(
            name, caption, statistics.seed_cells(found), [""] * len(found),
            note=statistics.power(max(found, key=lambda each: len(each.blocks.values))), left=1,
        )  # fmt: skip
    [standing] = found
    [counted] = all_blocks(results, regime, metric, "zero")
    table = standing_summary(standing, counted)
    return make_table(
        name,
        f"Who cannot be told from the best (●), by {by}, {regime}",
        statistics.standing_cells(table, coverage(results, regime)),
        list(map(str, table.index)),
        note=statistics.power(standing),
    )


def timing_table(results: SuiteResults, name: str) -> Table:
    detectors = [str(detector) for detector, _ in timing(results).index]
    title = f"Costs of {results.name}: means ± standard deviations over trials"
    return make_table(name, title, timing_report.timing_table(results), detectors, left=timing_report.LEFT)


def failure_table(results: SuiteResults, name: str) -> Table | None:
    """What did not end "ok", with its reason; None where all did."""
    bad: pd.DataFrame = failures(results)
    if bad.empty:
        return None
    caption = f"What did not end ok in {results.name}, and why"
    return make_table(name, caption, failure_cells(bad), list(bad["detector"]), left=5)
