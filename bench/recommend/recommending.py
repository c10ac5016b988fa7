"""From a table to a recommendation: scores by all candidates, a choice, the drivers of the highest scores."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.errors import BenchError
from bench.recommend.asking import informative_rows, rows_to_ask
from bench.recommend.candidates import (
    CANDIDATES,
    DEFAULT,
    TRUSTED,
    WEIGHTED,
    default_scores,
    weighted_scores,
)
from bench.recommend.choosing import Choice, Evidence, choose
from bench.recommend.drivers import name_drivers, rows_to_explain, with_typical_values
from bench.recommend.injected import fraction_found, injected
from bench.recommend.scoring import Scores, fitted_rows, score_rows
from bench.recommend.study import load_normal_figures
from bench.recommend.table import LoadedTable
from bench.recommend.weighting import normalised_ranks

if TYPE_CHECKING:
    from bench.splits.arrays import Floats

# The fractions of the time within which all candidates score the rows, and drivers are determined.
FOR_CANDIDATES, FOR_ALL = 0.7, 0.95
# The default reads a row's 20 nearest neighbours.
FEWEST_ROWS = 21
# The most rows to label where the user gives no number.
MOST_ASKED = 60


@dataclass(frozen=True)
class Recommendation:
    """What is recommended for a table.

    ``choice`` is None where there are not labels of both classes. ``scores``: of all rows by the detector
    ``name``, shape (n,). ``explained``: indices of the rows with the highest scores, highest first;
    ``drivers``: the columns that drive each of these scores. ``without_labels``: the scores of the
    default, shape (n,). ``found_injected``: by candidate and kind of synthetic anomaly, the fraction that it
    finds. ``missing``: why a candidate is left out. ``informative``:
    a mask of the rows whose labels are the most informative. Where all rows are normal, the only candidate
    is what is recommended.
    """

    name: str
    table: LoadedTable
    choice: Choice | None
    scores: Floats
    without_labels: Floats
    explained: Any
    drivers: list[list[str]]
    found_injected: Mapping[str, Mapping[str, float]]
    missing: Mapping[str, str]
    informative: Any

    @property
    def more_to_ask(self) -> int:
        """The number of further rows to label; 0 without labels, and where no rival is left."""
        if self.table.y is None or (self.choice is not None and not self.choice.rivals):
            return 0
        return min(MOST_ASKED, len(self.table.labelled), len(self.scores) - len(self.table.labelled))

    def to_label(self, count: int, seed: int) -> Any:
        """Indices of up to ``count`` rows without a label, to be labelled next."""
        unlabelled = np.ones(len(self.scores), dtype=bool)
        unlabelled[self.table.labelled] = False
        return rows_to_ask(self.informative, unlabelled, count, np.random.default_rng(seed))


def recommend(
    table: LoadedTable, *, started: float, seconds: float, seed: int, folders: tuple[Path, ...] = ()
) -> Recommendation:
    """A recommendation within ``seconds`` of ``started``, a time of the monotonic clock.

    Raises BenchError for a table of too few rows, and where the default, or what is recommended for normal
    rows, fails or does not finish in time.
    """
    if len(table.X) < FEWEST_ROWS:
        raise BenchError(f"{table.file.name} has {len(table.X)} rows; at least {FEWEST_ROWS} are needed")

    def score(names: tuple[str, ...], rows: Floats, fraction: float) -> Scores:
        left = started + fraction * seconds - time.monotonic()
        labels = None if table.y is None else table.y[fitted]
        return score_rows(names, table.X[fitted], rows, seconds=left, seed=seed, y=labels, folders=folders)

    fitted = fitted_rows(len(table.X), seed, table.labelled)
    anomalies = injected(table.X, table.columns, seed)
    needed = (best_for_normal_rows(),) if table.all_normal else TRUSTED
    candidates = needed if table.all_normal else CANDIDATES
    order = (*needed, *(name for name in candidates if name not in needed))
    found = score(order, np.concatenate([table.X, *anomalies.values()]), FOR_CANDIDATES)
    absent = [name for name in needed if name not in found.of]
    if absent:
        raise BenchError(
            f"{absent[0]}, on which the choice rests, gave no scores: {found.missing[absent[0]]}; give more "
            "time with --budget, or a sample of the rows"
        )
    rows = len(table.X)
    names = tuple(name for name in candidates if name in found.of)
    ranks = normalised_ranks(np.column_stack([found.of[name][:rows] for name in names]))
    choice, name, scores = _choose(table, ranks, names)
    by_default = scores if table.all_normal else default_scores(ranks, names)
    explained = rows_to_explain(scores, table.columns)
    replaced = with_typical_values(table.X, explained, table.columns)
    rescored = score((name,), np.concatenate([table.X[explained], replaced]), FOR_ALL).of.get(name)
    drivers: list[list[str]] = [[] for _ in explained]
    if rescored is not None:
        drivers = name_drivers(rescored[: len(explained)], rescored[len(explained) :], table.columns)
    return Recommendation(
        name,
        table,
        choice,
        scores,
        by_default,
        explained,
        drivers,
        _found_injected(found, rows, anomalies),
        found.missing,
        informative_rows(ranks, by_default),
    )


def best_for_normal_rows() -> str:
    """The detector that lost least on the study's tables whose training rows are all normal."""
    return next(iter(load_normal_figures().ranking))


def _choose(table: LoadedTable, ranks: Floats, names: tuple[str, ...]) -> tuple[Choice | None, str, Floats]:
    """The choice by the labels, None without labels of both classes; the chosen detector and its scores."""
    if table.all_normal:
        return None, names[0], ranks[:, 0]
    evidence = None if table.y is None else Evidence.of(ranks, table.y, names)
    if evidence is None or not evidence.has_both:
        return None, DEFAULT, default_scores(ranks, names)
    choice = choose(evidence)
    if choice.name == WEIGHTED:
        name = WEIGHTED if names == CANDIDATES else f"{WEIGHTED}:of={'+'.join(names)}"
        return choice, name, weighted_scores(ranks, evidence.fit())
    if choice.name == DEFAULT:
        return choice, DEFAULT, default_scores(ranks, names)
    return choice, choice.name, ranks[:, names.index(choice.name)]


def _found_injected(found: Scores, rows: int, anomalies: Mapping[str, Floats]) -> dict[str, dict[str, float]]:
    """The fraction of each kind of synthetic anomaly that each candidate finds.

    Their scores come after those of the table's rows, in the order of ``anomalies``.
    """
    fractions: dict[str, dict[str, float]] = {name: {} for name in sorted(found.of)}
    start = rows
    for kind, injected_rows in anomalies.items():
        end = start + len(injected_rows)
        for name, scores in found.of.items():
            fractions[name][kind] = fraction_found(scores[:rows], scores[start:end])
        start = end
    return fractions
