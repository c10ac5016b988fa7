"""How well scores and alarms agree with labels that a file has, which the model does not see."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from bench.errors import BenchWarning
from bench.evaluation.ranking import Ranking, average_precision, roc_auc
from bench.tables.cells import MissingColumnError, cells
from bench.tables.labels import UNLABELLED, labels_in

if TYPE_CHECKING:
    from bench.splits.arrays import Floats, Labels
    from bench.tables import Dialect


@dataclass(frozen=True)
class Agreement:
    """Of so many ``rows``, those that are ``labelled`` and the ``anomalies`` among them; the ``alarms`` among
    the labelled ones, and the ``hits``, which are anomalies. ``roc_auc`` and ``average_precision`` are None
    without labels of both kinds.
    """

    rows: int
    labelled: int
    anomalies: int
    alarms: int
    hits: int
    roc_auc: float | None = None
    average_precision: float | None = None


def labels_of(file: Path, label: str, normal: str | None, dialect: Dialect) -> Labels | None:
    """The labels in a column, shape (n,); None, with a warning, where there is no such column: most new files
    have none. Raises DataError for values that are no labels.
    """
    try:
        chunks = cells(file, [label], dialect)
    except MissingColumnError as error:
        warnings.warn(f"{error}; nothing is said by labels", BenchWarning, stacklevel=2)
        return None
    return labels_in(pd.concat(chunks)[label], normal)


def agreement(scores: Floats, threshold: float, y: Labels) -> Agreement:
    """Of scores, shape (n,), of which those above ``threshold`` are alarms, with labels, -1 without one."""
    known = y != UNLABELLED
    alarms, labelled, anomalies = (scores > threshold) & known, int(known.sum()), int((y == 1).sum())
    found = Agreement(len(y), labelled, anomalies, int(alarms.sum()), int((alarms & (y == 1)).sum()))
    if not 0 < anomalies < labelled:
        return found
    ranking = Ranking(scores[known], y[known])
    return replace(found, roc_auc=roc_auc(ranking), average_precision=average_precision(ranking))
