"""leaderboard.md and leaderboard.csv."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from bench.analysis.leaderboard import METRICS, audited, by_dataset, failures, leaderboard
from bench.analysis.results import SuiteResults
from bench.report.audit import share
from bench.report.markdown import NONE, environment_lines, escape, number, percent, table, with_spread
from bench.spec import without_shared

HEADERS = {
    "f1": "F1",
    "precision": "precision",
    "recall": "recall",
    "roc_auc": "ROC AUC",
    "average_precision": "AP",
    "oracle_f1": "F1 (oracle)",
}
# Marks a dataset whose test rows are among the training rows.
LEAKS = "⚠"
# A share of copies that is worth a word.
MANY_COPIES = 0.1
EXPLANATION = """\
Each figure is the mean over datasets of the mean over seeds, with the standard deviation over seeds.
Rows are ordered by *rank*: the mean rank by F1 over datasets and seeds, where what did not end `ok`
shares the last place; *rank if ok*, where there are failures, is the mean rank among the trials that ended
`ok`. Precision, recall and F1 are those of the anomaly class. *F1 (oracle)* has its
threshold chosen with the test labels: it bounds what the scores allow and ranks nothing. *Of optimum* is
how far ROC AUC has come from chance to the best that is possible, over the synthetic datasets for which
that is known; a row without a place is out of competition. *Labels* are those a detector read, on average.
A detector with † has no threshold of its own; the training score that the stated share of rows exceeds
stands in for it. *Coverage* counts the trials that ended `ok`, which the means are over. A slow detector
with ‡ was given fewer seeds than the others, and its spread is over those. Regimes see different labels and
are not to be compared with each other."""


def markdown(loaded: Sequence[SuiteResults]) -> str:
    """The leaderboards of all suites, a section for each regime."""
    parts = ["# Leaderboards", EXPLANATION]
    for results in loaded:
        parts += [f"## {results.name}: {results.title}", *environment_lines(results)]
        parts.append(f"F1, precision and recall under the threshold policy `{results.headline}`.")
        parts += [escape(line) for line in audit_lines(results)]
        for regime in results.regimes():
            parts += [f"### {regime}", board_table(results, regime)]
            parts += balance(results, regime)
            if results.board(regime)["dataset"].nunique() > 1:
                parts += dataset_table(results, regime)
        bad = failures(results)
        if len(bad):
            rows = [[str(value) for value in row] for row in bad.itertuples(index=False)]
            parts += ["### Not `ok`", table([str(name) for name in bad.columns], rows, left=5)]
    return "\n\n".join(parts) + "\n"


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
    planned = results.frame[results.frame["regime"] == regime]
    left_out = len(planned) - len(results.board(regime))
    if not left_out:
        return []
    return [
        f"Balanced: {left_out} of {len(planned)} planned trials are on datasets and seeds that not every "
        "detector has been run on, and are left out."
    ]


def board_table(results: SuiteResults, regime: str) -> str:
    board = leaderboard(results, regime)
    return table(board_headers(board), board_rows(board), left=2)


def board_headers(board: pd.DataFrame) -> list[str]:
    """The headers of `board_rows`: the share of the optimum is among them where it is known, and the rank
    without failures where there are some.
    """
    if_ok = ["rank if ok"] if has_failures(board) else []
    of_optimum = ["of optimum"] if board["of_optimum"].notna().any() else []
    return ["", "detector", "rank", *if_ok, *HEADERS.values(), *of_optimum, "labels", "coverage"]


def has_failures(board: pd.DataFrame) -> bool:
    """Whether a detector in competition has trials that did not end "ok"."""
    return bool((board["ok"] < board["planned"])[board["rank"].notna()].any())


def board_rows(board: pd.DataFrame) -> list[list[str]]:
    """The cells of a leaderboard, a row for each detector; one out of competition has no place."""
    has_optimum, failed = board["of_optimum"].notna().any(), has_failures(board)
    first = 1 - int(board["rank"].isna().sum())
    return [
        [
            NONE if math.isnan(row["rank"]) else str(place),
            marked(str(detector), row),
            number(row["rank"], 1),
            *([number(row["rank_if_ok"], 1)] if failed else []),
            *(with_spread(row[f"{name}_mean"], row[f"{name}_std"]) for name in METRICS),
            *([percent(row["of_optimum"])] if has_optimum else []),
            number(row["labels_used"], 0),
            f"{row['ok']:.0f}/{row['planned']:.0f}",
        ]
        for place, (detector, row) in enumerate(board.iterrows(), start=first)
    ]


def marked(detector: str, row: pd.Series) -> str:
    """The detector's name, with the marks that `EXPLANATION` explains."""
    marks = ("†" if row["stand_in"] else "") + ("‡" if row["fewer_seeds"] else "")
    return f"{detector} {marks}" if marks else detector


def dataset_table(results: SuiteResults, regime: str) -> list[str]:
    """F1 of each detector, in the leaderboard's order, on each dataset: what it is, and the table."""
    cells = {
        place: with_spread(row["f1_mean"], row["f1_std"])
        for place, row in by_dataset(results, regime).iterrows()
    }
    frame = results.board(regime)
    datasets = list(frame["dataset"].unique())
    leaks = audited(frame)["leak"]
    short, shared = without_shared(datasets)
    marked = [
        f"{name} {LEAKS}" if leaks.get(dataset, 0) > 0 else name
        for name, dataset in zip(short, datasets, strict=True)
    ]
    rows = [
        [str(detector), *(cells.get((detector, dataset), NONE) for dataset in datasets)]
        for detector in leaderboard(results, regime).index
    ]
    each = f", each of `{shared}`" if shared else ""
    return [f"F1 by dataset{each}:", table(["detector", *marked], rows)]


def csv(loaded: Sequence[SuiteResults]) -> str:
    """All boards as one table, with a row "(all)" and a row for each dataset."""
    frames = []
    for results in loaded:
        for regime in results.regimes():
            board = leaderboard(results, regime).reset_index().assign(dataset="(all)")
            each = by_dataset(results, regime).reset_index()
            named = {"suite": results.name, "regime": regime, "policy": results.headline}
            frames += [board.assign(**named), each.assign(**named)]
    together = pd.concat(frames, ignore_index=True)
    first = ["suite", "regime", "detector", "dataset", "policy", "rank", "rank_if_ok", "labels_used", "ok",
             "planned", "of_optimum", "leak"]  # fmt: skip
    figures = [f"{name}_{part}" for name in METRICS for part in ("mean", "std")]
    text: str = together[first + figures].to_csv(index=False, float_format="%.6g", lineterminator="\n")
    return text
