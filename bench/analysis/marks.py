"""The marks of leaderboards: one list of what sets a detector apart from those that it stands among."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from bench.analysis.columns import Trials
from bench.analysis.results import column
from bench.evaluation.metrics import DECIDED_BY
from bench.evaluation.policies import STAND_IN


@dataclass(frozen=True)
class Mark:
    """A sign at a detector's name. ``value``: whether each detector bears it."""

    key: str
    sign: str
    value: Callable[[Trials], pd.Series]
    note: str


def _stand_in(trials: Trials) -> pd.Series:
    """Whether the stand-in's threshold was used in any trial."""
    ok = trials.ok
    own, others = (
        column(ok, f"{policy}.{DECIDED_BY.name}").isna()
        for policy in (trials.results.headline, STAND_IN.name)
    )
    return _of_all(trials, (own & ~others).groupby(ok["detector"]).any())


def _calibration(trials: Trials) -> pd.Series:
    """Whether it read the labels of calibration rows, which others of the board did not."""
    ok = trials.ok
    reads = (column(ok, "rows.calibration") > 0).groupby(ok["detector"]).any()
    competing = reads[~reads.index.isin(trials.results.references)]
    return _of_all(trials, reads & (not competing.all()))


def _batch(trials: Trials) -> pd.Series:
    """Whether it scores rows among the others that are scored with them: records say so of such alone."""
    ok = trials.ok
    judged_alone = column(ok, "alone.rows").notna()
    if "alone.reason" in ok:
        judged_alone |= ok["alone.reason"].notna()
    return _of_all(trials, judged_alone.groupby(ok["detector"]).any())


def _verified(trials: Trials) -> pd.Series:
    """Whether all of its records came as entries that were verified."""
    if "verified" not in trials.frame:
        return _of_all(trials, pd.Series(dtype=bool))
    return trials.frame.groupby("detector")["verified"].all()


def _of_all(trials: Trials, known: pd.Series) -> pd.Series:
    """What is known of some detectors, and False for the others of the board."""
    return known.reindex(pd.Index(trials.frame["detector"].unique()), fill_value=False)


def _fewer_seeds(trials: Trials) -> pd.Series:
    """Whether it was planned with fewer seeds than others."""
    seeds = trials.frame.groupby("detector")["seed"].nunique()
    return seeds < seeds.max()


MARKS: Sequence[Mark] = (
    Mark(
        "stand_in",
        "†",
        _stand_in,
        "A detector with † has no threshold of its own; the score that the stated fraction of training rows "
        "exceeds, scored by models that have not seen them, stands in for it.",
    ),
    Mark(
        "fewer_seeds",
        "‡",
        _fewer_seeds,
        "A slow detector with ‡ was given fewer seeds than the others: its figures and spread are over "
        "those, and it is ranked against what the others reached with them.",
    ),
    Mark(
        "calibration",
        "§",
        _calibration,
        "A detector with § reads the labels of the calibration rows, too, which others do not.",
    ),
    Mark(
        "batch",
        "¶",
        _batch,
        "A detector with ¶ scores the test rows among themselves: what it says of a row rests on which "
        "others come with it, and alone a row may get quite another score.",
    ),
    Mark(
        "verified",
        "✓",
        _verified,
        "A detector with ✓ was submitted with its scores and its code: its figures were made again from the "
        "scores, its labels and splits compared with the data, and a part of its trials run again.",
    ),
)
