"""The columns of leaderboards: one list, which every form of a leaderboard iterates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import pandas as pd

from bench.analysis.cells import NONE, TableCell, count, fraction, number, percent, with_spread
from bench.analysis.qualities import Quality, board_qualities, board_values, ranked_by
from bench.analysis.results import SuiteResults, column
from bench.analysis.wins import all_won, mean_ranks
from bench.evaluation.metrics import RANKING

# The ROC AUC of scores that know nothing.
UNINFORMED = 0.5
# Stands, in a note, for the metric that ranks the boards.
PLACE = "{ranked_by}"


@dataclass(frozen=True)
class Trials:
    """Trials of a suite under a regime: rows of `SuiteResults.board`."""

    results: SuiteResults
    frame: pd.DataFrame

    @cached_property
    def ok(self) -> pd.DataFrame:
        """Those that ended "ok"."""
        return self.frame[self.frame["status"] == "ok"]

    @cached_property
    def competing(self) -> pd.DataFrame:
        """Those of detectors that are not out of competition."""
        return self.frame[~self.frame["detector"].isin(self.results.references)]

    @cached_property
    def qualities(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """For each detector the mean over datasets of the mean over seeds, and how that mean moves with the
        seed; a column for each quality of boards. All at once: grouping takes longer than what it is for.

        The spread is NaN for one seed. Each dataset's own mean is taken off before: a failure on an easy
        dataset must not look like spread.
        """
        values = board_values(self.ok, self.results.headline)
        by_dataset = values.groupby([self.ok["detector"], self.ok["dataset"]])
        centred = values - by_dataset.transform("mean")
        per_seed = centred.groupby([self.ok["detector"], self.ok["seed"]]).mean()
        return by_dataset.mean().groupby("detector").mean(), per_seed.groupby("detector").std()


def always(_: pd.DataFrame) -> bool:
    return True


@dataclass(frozen=True)
class Column:
    """A column of leaderboards.

    ``value`` gives a figure for each detector, or a tuple of several, under the names ``figures`` (``key``,
    if there is one); these are in files. ``format`` takes them and gives the cell, under ``header``. ``note``
    is what the explanation under the table says of it. ``shown``: whether a board, with the figures of all
    columns, has anything to show. ``quality``: which one it shows, if it does; files and the explanation
    leave out what no record has.
    """

    key: str
    header: str
    value: Callable[[Trials], pd.Series | tuple[pd.Series, ...]]
    format: Callable[..., TableCell | str]
    note: str
    figures: tuple[str, ...] = ()
    shown: Callable[[pd.DataFrame], bool] = always
    quality: Quality | None = None

    def explanation(self, ranked_by: str) -> str:
        """The note, where boards are ranked by that."""
        return self.note.replace(PLACE, ranked_by)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its figures."""
        return self.figures or (self.key,)

    def values(self, trials: Trials) -> dict[str, pd.Series]:
        """Its figures by name, each with a value for each detector."""
        found = self.value(trials)
        return dict(zip(self.names, found if isinstance(found, tuple) else (found,), strict=True))

    def cell(self, row: pd.Series) -> TableCell | str:
        """What is shown of a row of figures."""
        return self.format(*(row[name] for name in self.names))


def columns() -> list[Column]:
    """All columns, after the place and the detector, in the order of the tables."""
    return [*RANKS, *map(_quality_column, board_qualities().values()), *OTHERS]


def board_ranks(results: SuiteResults, frame: pd.DataFrame) -> pd.Series:
    """The mean rank of each detector of the frame over datasets and seeds, as of `mean_ranks`."""
    quality = ranked_by(results.frame)
    metric = quality.metric
    values = quality.values(frame, results.headline).where(frame["status"] == "ok", metric.failure)
    keys = [frame[name] for name in ("dataset", "seed", "detector")]
    wide = metric.oriented(values).groupby(keys, sort=False).first().unstack("detector", sort=False)
    return mean_ranks(all_won(wide.to_numpy(float)), wide.columns)


def has_failures(board: pd.DataFrame) -> bool:
    """Whether a detector in competition has trials that did not end "ok"."""
    return bool((board["ok"] < board["planned"])[board["rank"].notna()].any())


def _rank(trials: Trials) -> pd.Series:
    return board_ranks(trials.results, trials.competing)


def _rank_if_ok(trials: Trials) -> pd.Series:
    competing = trials.competing
    return board_ranks(trials.results, competing[competing["status"] == "ok"])


def _quality_column(quality: Quality) -> Column:
    def value(trials: Trials) -> tuple[pd.Series, ...]:
        means, spreads = trials.qualities
        return means[quality.key], spreads[quality.key]

    if quality.policy is None:
        note = f"*{quality.heading}* is {quality.metric.explanation}."
    else:
        what = f"{quality.metric.title} under {quality.policy.description}"
        note = f"*{quality.heading}* is {what}: it bounds what the scores allow and ranks nothing."
    mean = f"{quality.key}_mean"
    return Column(
        quality.key,
        quality.title,
        value,
        with_spread,
        note,
        figures=(mean, f"{quality.key}_std"),
        shown=lambda board: bool(
            board[mean][board["ok"].notna()].notna().any()
            or not (board["ok"].any() or quality.metric.is_of_series)
        ),
        quality=quality,
    )


def _of_optimum(trials: Trials) -> tuple[pd.Series, pd.Series]:
    """The mean over the datasets for which the optimum is known, and how many these are; NaN for none."""
    ok = trials.ok
    gain = column(ok, f"{RANKING}.roc_auc") - UNINFORMED
    by_dataset = gain.groupby([ok["detector"], ok["dataset"]]).mean()
    is_reference = by_dataset.index.isin(trials.results.references, level="detector")
    possible = by_dataset[is_reference].groupby("dataset").max()
    reached = by_dataset / possible.reindex(by_dataset.index.get_level_values("dataset")).to_numpy()
    known = reached.groupby("detector")
    return known.mean(), known.count()


def _percent_of(share: float, datasets: float) -> TableCell:
    reached = percent(share)
    return (
        reached if reached == NONE else TableCell(f"{reached} of {datasets:.0f}", reached.value, reached.text)
    )


def _labels_used(trials: Trials) -> pd.Series:
    mean: pd.Series = column(trials.ok, "labels_used").groupby(trials.ok["detector"]).mean()
    return mean


def _coverage(trials: Trials) -> tuple[pd.Series, ...]:
    """Trials that ended "ok", and trials there should be."""
    grouped = (trials.frame["status"] == "ok").groupby(trials.frame["detector"])
    return grouped.sum().astype(int), grouped.size()


def _row_by_row(trials: Trials) -> tuple[pd.Series, pd.Series]:
    """ROC AUC of the rows that were scored a second time: among all, and each alone."""
    detectors = trials.ok["detector"], trials.ok["dataset"]
    batch, alone = (
        column(trials.ok, f"alone.roc_auc_{how}").groupby(list(detectors)).mean().groupby("detector").mean()
        for how in ("batch", "alone")
    )
    return batch, alone


def _from_to(batch: float, alone: float) -> TableCell:
    return TableCell(f"{batch:.2f} → {alone:.2f}", alone, f"{alone:.2f}") if alone == alone else NONE


RANKS: Sequence[Column] = (
    Column(
        "rank",
        "rank",
        _rank,
        partial(number, digits=1),
        f"Rows are ordered by *rank*: the mean rank by {PLACE} over datasets and seeds, each pair "
        "of detectors compared where both were to be run, and what did not end `ok` sharing the last place.",
    ),
    Column(
        "rank_if_ok",
        "rank if ok",
        _rank_if_ok,
        partial(number, digits=1),
        "*Rank if ok*, where there are failures, is the mean rank by what ended `ok`: each pair is compared "
        "where both did.",
        shown=has_failures,
    ),
)
OTHERS: Sequence[Column] = (
    Column(
        "of_optimum",
        "of optimum",
        _of_optimum,
        _percent_of,
        "*Of optimum* is how far ROC AUC has come from 0.5, that of scores that know nothing, to the best "
        "that is possible, and over how many synthetic datasets: those for which that is known.",
        figures=("of_optimum", "optima"),
        shown=lambda board: bool(board["of_optimum"].notna().any()),
    ),
    Column(
        "row_by_row",
        "row by row",
        _row_by_row,
        _from_to,
        "*Row by row*, of detectors with ¶: ROC AUC of some test rows, at most 50 of each class, as they "
        "scored among all, and when each was scored alone.",
        figures=("alone_roc_auc_batch", "alone_roc_auc"),
        shown=lambda board: bool(board["alone_roc_auc"].notna().any()),
    ),
    Column("labels_used", "labels", _labels_used, count, "*Labels* are those a detector read, on average."),
    Column(
        "coverage",
        "coverage",
        _coverage,
        fraction,
        "*Coverage* counts the trials that ended `ok`, which the means are over.",
        figures=("ok", "planned"),
    ),
)
