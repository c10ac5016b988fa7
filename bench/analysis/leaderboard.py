"""Leaderboards: one per suite and regime, with the decisions of the suite's own threshold policy."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from bench.analysis.baselines import baseline_trials
from bench.analysis.columns import Column, Trials, columns
from bench.analysis.marks import MARKS
from bench.analysis.qualities import board_values, ranked_by
from bench.analysis.results import SuiteResults, column


def leaderboard(results: SuiteResults, regime: str) -> pd.DataFrame:
    """A row for each detector, best first, indexed by its label; out of competition come before the others,
    and before these the baselines, of which there are qualities alone.

    The columns are the figures of `bench.analysis.columns.columns`, in the same order, and a column of truth
    values for each of `bench.analysis.marks.MARKS`. NaN is what is not known: the rank out of competition, a
    spread over one seed.
    """
    return results.once(f"leaderboard, {regime}", lambda: _leaderboard(results, regime))


def _leaderboard(results: SuiteResults, regime: str) -> pd.DataFrame:
    trials = Trials(results, results.board(regime))
    board = _figures(trials, columns())
    headline = ranked_by(results.frame)
    best_first = not headline.metric.higher_is_better
    board = board.sort_values(
        ["rank", f"{headline.key}_mean", "detector"], ascending=[True, best_first, True], na_position="first"
    )
    baselines = Trials(results, baseline_trials(results, regime))
    board = pd.concat([_figures(baselines, [each for each in columns() if each.quality]), board])
    for mark in MARKS:
        board[mark.key] = mark.value(trials).reindex(board.index, fill_value=False)
    return board


def _figures(trials: Trials, shown: Sequence[Column]) -> pd.DataFrame:
    """The figures of some columns, a row for each detector of the trials."""
    found = {name: values for each in shown for name, values in each.values(trials).items()}
    detectors = trials.frame["detector"].drop_duplicates()
    return pd.DataFrame(found, pd.Index(detectors, name="detector"))


def by_dataset(results: SuiteResults, regime: str) -> pd.DataFrame:
    """Mean, standard deviation and number of seeds behind each detector's metrics on each dataset.

    ``leak``: fraction of the test rows that equal a training row, NaN where the records do not say. Baselines
    have qualities alone.
    """
    frame = results.board(regime)
    ok = frame[frame["status"] == "ok"]
    keys = [ok["detector"], ok["dataset"]]
    table = pd.DataFrame({"planned": frame.groupby(["detector", "dataset"]).size()})
    table["ok"] = ok.groupby(["detector", "dataset"]).size().reindex(table.index, fill_value=0)
    table["leak"] = column(ok, "audit.test_in_train").groupby(keys).mean()
    baselines = _means(baseline_trials(results, regime), results.headline)
    return pd.concat([baselines, table.join(_means(ok, results.headline))])


def _means(ok: pd.DataFrame, headline: str) -> pd.DataFrame:
    """Mean and standard deviation of each quality, by detector and dataset."""
    values = board_values(ok, headline)
    grouped = values.groupby([ok["detector"], ok["dataset"]])
    means, deviations = grouped.mean().add_suffix("_mean"), grouped.std().add_suffix("_std")
    order = [f"{key}_{figure}" for key in values for figure in ("mean", "std")]
    return pd.concat([means, deviations], axis="columns")[order]


def audited(frame: pd.DataFrame) -> pd.DataFrame:
    """A row for each dataset of which records say what the audit found, in the order of the frame.

    ``leak``: fraction of the test rows that equal a training row, ``copies``: of the training rows that equal
    an earlier one. Both are the mean over seeds, under the regime where it is the largest.
    """
    found = {"leak": column(frame, "audit.test_in_train"), "copies": column(frame, "audit.train_copies")}
    by_regime = pd.DataFrame(found).groupby([frame["dataset"], frame["regime"]], sort=False).mean()
    return by_regime.groupby("dataset", sort=False).max().dropna()


def failures(results: SuiteResults) -> pd.DataFrame:
    """Trials that did not end "ok", counted by detector, regime, status and reason, with their datasets."""
    bad = results.frame[results.frame["status"] != "ok"]
    grouped = bad.groupby(["detector", "regime", "status", "reason"], sort=True)["dataset"]
    counted = pd.DataFrame({"datasets": grouped.agg(lambda names: " ".join(names.unique()))})
    return counted.assign(trials=grouped.size()).reset_index()
