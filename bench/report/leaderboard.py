"""leaderboard.md and leaderboard.csv."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from bench.analysis.leaderboard import METRICS, by_dataset, failures, leaderboard
from bench.analysis.results import SuiteResults
from bench.report.markdown import NONE, environment_lines, number, table, with_spread

HEADERS = {
    "f1": "F1",
    "precision": "precision",
    "recall": "recall",
    "roc_auc": "ROC AUC",
    "average_precision": "AP",
    "oracle_f1": "F1 (oracle)",
}
EXPLANATION = """\
Each figure is the mean over datasets of the mean over seeds, with the standard deviation over seeds.
Rows are ordered by *rank*: the mean rank by F1 over datasets and seeds, where what did not end `ok`
shares the last place. Precision, recall and F1 are those of the anomaly class. *F1 (oracle)* has its
threshold chosen with the test labels: it bounds what the scores allow and ranks nothing. *Labels* are
those a detector read, on average. A detector with † has no threshold of its own; the training score that
the stated share of rows exceeds stands in for it. *Coverage* counts the trials that ended `ok`, which the
means are over. A slow detector with ‡ was given fewer seeds than the others, and its spread is over
those. Regimes see different labels and are not to be compared with each other."""


def markdown(loaded: Sequence[SuiteResults]) -> str:
    """The leaderboards of all suites, a section for each regime."""
    parts = ["# Leaderboards", EXPLANATION]
    for results in loaded:
        parts += [f"## {results.name}: {results.title}", *environment_lines(results)]
        parts.append(f"F1, precision and recall under the threshold policy `{results.headline}`.")
        for regime in results.regimes():
            parts += [f"### {regime}", board_table(results, regime)]
            parts += balance(results, regime)
            if results.board(regime)["dataset"].nunique() > 1:
                parts += ["F1 by dataset:", dataset_table(results, regime)]
        bad = failures(results)
        if len(bad):
            rows = [[str(value) for value in row] for row in bad.itertuples(index=False)]
            parts += ["### Not `ok`", table([str(name) for name in bad.columns], rows, left=5)]
    return "\n\n".join(parts) + "\n"


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
    rows = board_rows(board)
    return table(["", "detector", "rank", *HEADERS.values(), "labels", "coverage"], rows, left=2)


def board_rows(board: pd.DataFrame) -> list[list[str]]:
    """The cells of a leaderboard: place, detector, rank, metrics, labels, coverage."""
    return [
        [
            str(place),
            marked(str(detector), row),
            number(row["rank"], 1),
            *(with_spread(row[f"{name}_mean"], row[f"{name}_std"]) for name in METRICS),
            number(row["labels_used"], 0),
            f"{row['ok']:.0f}/{row['planned']:.0f}",
        ]
        for place, (detector, row) in enumerate(board.iterrows(), start=1)
    ]


def marked(detector: str, row: pd.Series) -> str:
    """The detector's name, with the marks that `EXPLANATION` explains."""
    marks = ("†" if row["stand_in"] else "") + ("‡" if row["fewer_seeds"] else "")
    return f"{detector} {marks}" if marks else detector


def dataset_table(results: SuiteResults, regime: str) -> str:
    """F1 of each detector, in the leaderboard's order, on each dataset."""
    cells = {
        place: with_spread(row["f1_mean"], row["f1_std"])
        for place, row in by_dataset(results, regime).iterrows()
    }
    frame = results.board(regime)
    datasets = list(frame["dataset"].unique())

    rows = [
        [str(detector), *(cells.get((detector, dataset), NONE) for dataset in datasets)]
        for detector in leaderboard(results, regime).index
    ]
    return table(["detector", *datasets], rows)


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
    first = ["suite", "regime", "detector", "dataset", "policy", "rank", "labels_used", "ok", "planned"]
    figures = [f"{name}_{part}" for name in METRICS for part in ("mean", "std")]
    text: str = together[first + figures].to_csv(index=False, float_format="%.6g", lineterminator="\n")
    return text
