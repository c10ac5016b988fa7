"""Leaderboards: one per suite and regime, ranked by F1 under the suite's own threshold policy."""

from __future__ import annotations

import pandas as pd

from bench.analysis.results import SuiteResults
from bench.evaluation.policies import STAND_IN

# A failure ranks below any F1 there can be.
BELOW_ALL = -1.0
# The ROC AUC of scores that know nothing.
CHANCE = 0.5
DECISIONS = ("f1", "precision", "recall")
METRICS = ("f1", "precision", "recall", "roc_auc", "average_precision", "oracle_f1")


def metrics(frame: pd.DataFrame, headline: str) -> pd.DataFrame:
    """A column for each of METRICS; a detector without a threshold of its own gets the stand-in's."""
    decisions = {
        name: column(frame, f"{headline}.{name}").fillna(column(frame, f"{STAND_IN}.{name}"))
        for name in DECISIONS
    }
    return pd.DataFrame(
        {
            **decisions,
            "roc_auc": column(frame, "ranking.roc_auc"),
            "average_precision": column(frame, "ranking.average_precision"),
            "oracle_f1": column(frame, "oracle.f1"),
        }
    )


def leaderboard(results: SuiteResults, regime: str) -> pd.DataFrame:
    """A row for each detector, best first, indexed by its label; out of competition come before the others.

    ``rank``: mean over datasets and seeds of the rank by F1, in which what did not end "ok" shares the
    last place; NaN out of competition. ``rank_if_ok``: the same among the trials that ended "ok" alone.
    ``NAME_mean``: mean over datasets of the mean over seeds.
    ``NAME_std``: standard deviation over seeds of the mean over datasets, NaN for one seed.
    ``of_optimum``: how far ROC AUC has come from chance to the best possible, 1 for all the way: mean over
    the datasets for which that is known, NaN where there is none. ``labels_used``: mean number of labels
    read. ``ok`` and ``planned``: trials that count in the means, and trials there should be.
    ``fewer_seeds``: whether it was planned with fewer seeds than others, as slow detectors may be.
    ``stand_in``: whether the detector's F1 is the stand-in policy's, for lack of a threshold of its own.
    """
    frame = results.board(regime)
    is_reference = frame["detector"].isin(results.references)
    grouped = frame.groupby("detector")
    board = pd.DataFrame(index=grouped.size().index)
    competing = frame[~is_reference]
    board["rank"] = mean_ranks(competing, results.headline)
    board["rank_if_ok"] = mean_ranks(competing[competing["status"] == "ok"], results.headline)
    ok = frame[frame["status"] == "ok"]
    for name, values in metrics(ok, results.headline).items():
        by_dataset = values.groupby([ok["detector"], ok["dataset"]]).mean()
        board[f"{name}_mean"] = by_dataset.groupby("detector").mean()
        board[f"{name}_std"] = _std_over_seeds(ok, values)
    board["of_optimum"] = _of_optimum(ok, results.references)
    board["labels_used"] = column(ok, "labels_used").groupby(ok["detector"]).mean()
    without = column(ok, f"{results.headline}.f1").isna()
    board["stand_in"] = without.groupby(ok["detector"]).any().reindex(board.index, fill_value=False)
    seeds = grouped["seed"].nunique()
    board["fewer_seeds"] = seeds < seeds.max()
    board["ok"] = grouped["status"].agg(lambda statuses: int((statuses == "ok").sum()))
    board["planned"] = grouped.size()
    board.index.name = "detector"
    return board.sort_values(
        ["rank", "f1_mean", "detector"], ascending=[True, False, True], na_position="first"
    )


def mean_ranks(frame: pd.DataFrame, headline: str) -> pd.Series:
    """Each detector's mean rank by F1 over datasets and seeds, 1 the best."""
    f1 = metrics(frame, headline)["f1"].where(frame["status"] == "ok", BELOW_ALL)
    ranks = f1.groupby([frame["dataset"], frame["seed"]]).rank(ascending=False)
    mean: pd.Series = ranks.groupby(frame["detector"]).mean()
    return mean


def by_dataset(results: SuiteResults, regime: str) -> pd.DataFrame:
    """Mean, standard deviation and number of seeds behind each detector's metrics on each dataset.

    ``leak``: share of the test rows that equal a training row, NaN where the records do not say.
    """
    frame = results.board(regime)
    ok = frame[frame["status"] == "ok"]
    keys = [ok["detector"], ok["dataset"]]
    table = pd.DataFrame({"planned": frame.groupby(["detector", "dataset"]).size()})
    table["ok"] = ok.groupby(["detector", "dataset"]).size().reindex(table.index, fill_value=0)
    table["leak"] = column(ok, "audit.test_in_train").groupby(keys).mean()
    for name, values in metrics(ok, results.headline).items():
        grouped = values.groupby(keys)
        table[f"{name}_mean"] = grouped.mean()
        table[f"{name}_std"] = grouped.std()
    return table


def audited(frame: pd.DataFrame) -> pd.DataFrame:
    """A row for each dataset of which records say what the audit found, in the order of the frame.

    ``leak``: share of the test rows that equal a training row, ``copies``: share of the training rows that
    equal an earlier one. Both are the mean over seeds, under the regime where it is the largest.
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


def _of_optimum(ok: pd.DataFrame, references: frozenset[str]) -> pd.Series:
    """The share of the way from chance to the best possible ROC AUC that each detector's comes."""
    gain = (column(ok, "ranking.roc_auc") - CHANCE).groupby([ok["detector"], ok["dataset"]]).mean()
    is_reference = gain.index.isin(references, level="detector")
    possible = gain[is_reference].groupby("dataset").max()
    share = gain / possible.reindex(gain.index.get_level_values("dataset")).to_numpy()
    mean: pd.Series = share.groupby("detector").mean()
    return mean


def _std_over_seeds(ok: pd.DataFrame, values: pd.Series) -> pd.Series:
    """How much the mean over datasets moves with the seed.

    Each dataset's own mean is taken off first: a failure on an easy dataset must not look like spread.
    """
    centred = values - values.groupby([ok["detector"], ok["dataset"]]).transform("mean")
    per_seed = centred.groupby([ok["detector"], ok["seed"]]).mean()
    std: pd.Series = per_seed.groupby("detector").std()
    return std


def column(frame: pd.DataFrame, name: str) -> pd.Series:
    """A column as floats; all NaN where no record has it."""
    if name not in frame:
        return pd.Series(float("nan"), index=frame.index)
    return pd.to_numeric(frame[name], errors="coerce").astype(float)
