"""leaderboard.md and leaderboard.csv."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from bench import escaping
from bench.analysis.baselines import anomaly_counts
from bench.analysis.cells import NONE, Row, count, with_spread
from bench.analysis.columns import Column, columns
from bench.analysis.leaderboard import audited, by_dataset, failures, leaderboard
from bench.analysis.marks import MARKS
from bench.analysis.qualities import board_qualities, ranked_by
from bench.analysis.results import SuiteResults
from bench.analysis.wins import places
from bench.evaluation.baselines import BASELINES
from bench.evaluation.metrics import RANKED_BY
from bench.report.audit import share
from bench.report.markdown import environment_lines, heading, items, table
from bench.spec import without_shared

# Marks a dataset whose test rows are among the training rows.
LEAKS = "⚠"
# A share of copies that is worth a word.
MANY_COPIES = 0.1
# Marks a dataset with fewer anomalies among its test rows than `FEW`.
FEW_ANOMALIES = "◇"
FEW = 10
FIGURES = (
    "Each figure is the mean over datasets of the mean over seeds, with the standard deviation over seeds "
    "where there are several."
)
SECTIONS = """\
A row without a place is out of competition. Regimes see different labels and are not to be compared with each
other."""


def explanation(loaded: Sequence[SuiteResults]) -> str:
    """How to read the leaderboards: what each column that they have says, and each mark."""
    ranked = ranked_by_title(loaded)
    shown = [column.explanation(ranked) for column in columns() if _is_shown(column, loaded)]
    baselines = ", ".join(f"*{each.name}* is {each.explanation}" for each in BASELINES.values())
    nothing_run = f"Rows without a run: {baselines}. What a detector has beyond them is what it knows."
    return "\n\n".join([FIGURES, items([*shown, *(mark.note for mark in MARKS), nothing_run]), SECTIONS])


def ranked_by_title(loaded: Sequence[SuiteResults]) -> str:
    """What the boards are ranked by, in words."""
    found = {ranked_by(each.frame).metric for each in loaded}
    first, *others = [metric for metric in reversed(RANKED_BY) if metric in found] or RANKED_BY[-1:]
    return first.title + "".join(f" (in suites of series {other.title})" for other in others)


def section(results: SuiteResults) -> str:
    """The leaderboards of a suite, a part for each regime."""
    parts = [heading(results), *environment_lines(results), decided_by(results)]
    parts += [escaping.markdown(line) for line in notes(results)]
    for regime in results.regimes():
        parts += [f"### {regime}", board_table(results, regime)]
        parts += balance(results, regime)
        if results.board(regime)["dataset"].nunique() > 1:
            parts += dataset_table(results, regime)
    bad = failures(results)
    if len(bad):
        parts += ["### Not `ok`", table(*failure_cells(bad), left=5)]
    return "\n\n".join(parts)


def decided_by(results: SuiteResults) -> str:
    """A line that says under which policy the suite's detectors decide."""
    titles = [
        quality.title
        for quality in board_qualities().values()
        if quality.metric.has_threshold
        and quality.policy is None
        and quality.is_known(results.frame, results.headline)
    ]
    if not titles:
        return "No threshold policy applied to any trial."
    *others, last = titles
    what = f"{', '.join(others)} and {last}" if others else last
    return f"{what[0].upper()}{what[1:]} under the threshold policy `{escaping.markdown(results.headline)}`."


def notes(results: SuiteResults) -> list[str]:
    """What to know of a suite's data before its boards are read, a line each."""
    return [*audit_lines(results), *limits(results), *left_out_settings(results)]


def limits(results: SuiteResults) -> list[str]:
    """What so few seeds and anomalies cannot show."""
    lines = []
    if results.frame["seed"].nunique() == 1:
        lines.append("One seed: the figures have no spread, and what of a difference is chance is not known.")
    few, datasets = few_anomalies(results.frame), results.frame["dataset"].nunique()
    if few:
        lines.append(
            f"In {len(few)} of {datasets} datasets, marked {FEW_ANOMALIES}, fewer than {FEW} test rows are "
            "anomalies: there one of them more or less moves recall by a tenth or more."
        )
    return lines


def left_out_settings(results: SuiteResults) -> list[str]:
    """A line that says how many settings no board has; none where none were tried."""
    count = len(results.settings)
    return [f"{count} settings that were tried besides stand on no board, but in a study."] if count else []


def few_anomalies(frame: pd.DataFrame) -> set[str]:
    """The datasets that have fewer than `FEW` anomalies among their test rows, on average over seeds."""
    means = anomaly_counts(frame).groupby("dataset")["anomalies"].mean()
    return set(means.index[means < FEW])


def audit_lines(results: SuiteResults) -> list[str]:
    """What the audit found in the splits; none where the records are older than the audit."""
    found = audited(results.frame)
    if not len(found):
        return []
    copies = found["copies"][found["copies"] >= MANY_COPIES].sort_values(ascending=False)
    leaks = found["leak"][found["leak"] > 0].sort_values(ascending=False)
    lines = [f"Audit: in none of {len(found)} datasets does a test row equal a training row."]
    if len(leaks):
        lines = [f"Audit: test rows equal training rows, which favours detectors that remember, in {LEAKS} "
                 f"{_shares(leaks)}."]  # fmt: skip
    if len(copies):
        lines.append(f"Copies of other training rows among the training rows: {_shares(copies)}.")
    return lines


def _shares(found: pd.Series) -> str:
    return ", ".join(f"{dataset} ({share(value)})" for dataset, value in found.items())


def balance(results: SuiteResults, regime: str) -> list[str]:
    """A line that says what an unfinished run leaves out; none for a finished one."""
    competing = results.frame[~results.frame["detector"].isin(results.settings)]
    planned = competing[competing["regime"] == regime]
    left_out = len(planned) - len(results.board(regime))
    if not left_out:
        return []
    return [
        f"Balanced: {left_out} of {len(planned)} planned trials are on datasets and seeds that not every "
        "detector has been run on, and are left out."
    ]


def board_table(results: SuiteResults, regime: str) -> str:
    board = leaderboard(results, regime)
    return table(*board_cells(board), left=2)


def board_cells(board: pd.DataFrame) -> tuple[list[str], list[Row]]:
    """Headers and cells of a leaderboard: place and detector, then the columns that have something to show.

    A row for each detector; one out of competition has no place, and those that share a rank share the place.
    """
    shown = [column for column in columns() if column.shown(board)]
    rows: list[Row] = [
        [
            NONE if math.isnan(place) else count(place),
            marked(str(detector), row),
            *(column.cell(row) for column in shown),
        ]
        for place, (detector, row) in zip(places(board["rank"]), board.iterrows(), strict=True)
    ]
    return ["", "detector", *(column.header for column in shown)], rows


def failure_cells(bad: pd.DataFrame) -> tuple[list[str], list[Row]]:
    """The table of `bench.analysis.leaderboard.failures`."""
    *words, trials = map(str, bad.columns)
    rows: list[Row] = [[*map(str, texts), count(number)] for *texts, number in bad.itertuples(index=False)]
    return [*words, trials], rows


def marked(detector: str, row: pd.Series) -> str:
    """The detector's name with its marks, which the explanation explains."""
    signs = "".join(mark.sign for mark in MARKS if row[mark.key])
    return f"{detector} {signs}" if signs else detector


def dataset_table(results: SuiteResults, regime: str) -> list[str]:
    """What each detector is ranked by, on each dataset, in the leaderboard's order: a line and a table."""
    headline = ranked_by(results.frame)
    cells = {
        place: with_spread(row[f"{headline.key}_mean"], row[f"{headline.key}_std"])
        for place, row in by_dataset(results, regime).iterrows()
    }
    frame = results.board(regime)
    datasets = list(frame["dataset"].unique())
    leaks, few = audited(frame)["leak"], few_anomalies(frame)
    short, shared = without_shared(datasets)
    marks = {LEAKS: set(leaks.index[leaks > 0]), FEW_ANOMALIES: few}
    marked = [
        " ".join([name, *(sign for sign, those in marks.items() if dataset in those)])
        for name, dataset in zip(short, datasets, strict=True)
    ]
    rows: list[Row] = [
        [str(detector), *(cells.get((detector, dataset), NONE) for dataset in datasets)]
        for detector in leaderboard(results, regime).index
    ]
    rows = [row for row in rows if row[0] not in BASELINES or set(row[1:]) != {NONE}]
    each = f", each of `{escaping.markdown(shared)}`" if shared else ""
    return [f"{headline.heading} by dataset{each}:", table(["detector", *marked], rows)]


# The columns of leaderboard.csv that stand before the others, where files have always had them.
FIRST = ("suite", "regime", "detector", "dataset", "policy", "rank", "rank_if_ok", "labels_used", "ok",
         "planned", "of_optimum", "leak")  # fmt: skip


def csv(results: SuiteResults) -> str:
    """All boards of a suite as one table, with a row "(all)" and a row for each dataset; every figure that
    columns have, empty where its records have none.
    """
    frames = []
    for regime in results.regimes():
        board = leaderboard(results, regime).reset_index().assign(dataset="(all)")
        each = by_dataset(results, regime).reset_index()
        named = {"suite": results.name, "regime": regime, "policy": results.headline}
        frames += [board.assign(**named), each.assign(**named)]
    together = pd.concat(frames, ignore_index=True)
    names = dict.fromkeys([*FIRST, *(name for column in columns() for name in column.names)])
    return escaping.csv(together.reindex(columns=list(names)), float_format="%.6g")


def shown_names(loaded: Sequence[SuiteResults]) -> list[str]:
    """The names of the figures of `csv` that any of the suites has."""
    shown = [name for column in columns() if _is_shown(column, loaded) for name in column.names]
    return list(dict.fromkeys([*FIRST, *shown]))


def _is_shown(column: Column, loaded: Sequence[SuiteResults]) -> bool:
    """Whether any suite's records have what the column shows."""
    quality = column.quality
    return quality is None or any(quality.is_known(each.frame, each.headline) for each in loaded)
