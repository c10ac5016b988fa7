"""From a table to a recommendation: scores by every candidate, a choice, what drives each suspicious row."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.errors import BenchError
from bench.recommend.asking import rows_to_ask, telling_rows
from bench.recommend.candidates import (
    CANDIDATES,
    DEFAULT,
    TRUSTED,
    WEIGHTED,
    default_shares,
    weighted_scores,
)
from bench.recommend.choosing import Choice, Evidence, choose
from bench.recommend.drivers import name_drivers, rows_to_explain, with_typical_values
from bench.recommend.injected import injected, share_seen
from bench.recommend.scoring import Scores, fitted_rows, score_rows
from bench.recommend.table import LoadedTable
from bench.recommend.weighting import rank_shares

if TYPE_CHECKING:
    from bench.splits.arrays import Floats

# The parts of the budget that end when all candidates have scored the rows, and when drivers are found.
FOR_CANDIDATES, FOR_ALL = 0.7, 0.95
# The default's neighbours are 20 others.
FEWEST_ROWS = 21
# The most rows to ask a person about without being told how many.
AT_ONCE = 60


@dataclass(frozen=True)
class Recommendation:
    """What is recommended for a table.

    ``choice`` is None where there are not labels of both classes. ``scores``: of all rows by the detector
    ``name``. ``places`` are those of the rows that are explained, highest score first, ``drivers`` their
    columns. ``seen``: by candidate and kind of made-up anomaly, the share that it would see. ``missing``: why
    a candidate is left out. ``telling`` is a mask of the rows whose labels tell most.
    """

    name: str
    table: LoadedTable
    choice: Choice | None
    scores: Floats
    places: Any
    drivers: list[list[str]]
    seen: Mapping[str, Mapping[str, float]]
    missing: Mapping[str, str]
    telling: Any

    @property
    def more_to_ask(self) -> int:
        """How many more labels to ask for: none where there are none or where they settle the choice."""
        if self.table.y is None or (self.choice is not None and not self.choice.rivals):
            return 0
        return min(AT_ONCE, len(self.table.labelled), len(self.scores) - len(self.table.labelled))

    def to_label(self, count: int, seed: int) -> Any:
        """Places of the rows whose labels would tell most; fewer than ``count`` where no more are open."""
        open_rows = np.ones(len(self.scores), dtype=bool)
        open_rows[self.table.labelled] = False
        return rows_to_ask(self.telling, open_rows, count, np.random.default_rng(seed))


def recommend(
    table: LoadedTable, *, started: float, seconds: float, seed: int, folders: tuple[Path, ...] = ()
) -> Recommendation:
    """A recommendation within ``seconds`` of ``started``, a time of the monotonic clock.

    Raises BenchError for a table of too few rows, and where even the default does not end in time.
    """
    if len(table.X) < FEWEST_ROWS:
        raise BenchError(f"{table.file.name} has {len(table.X)} rows; at least {FEWEST_ROWS} are needed")

    def score(names: tuple[str, ...], rows: Floats, share: float) -> Scores:
        left = started + share * seconds - time.monotonic()
        labels = None if table.y is None else table.y[fitted]
        return score_rows(names, table.X[fitted], rows, seconds=left, seed=seed, y=labels, folders=folders)

    fitted = fitted_rows(len(table.X), seed, table.labelled)
    made_up = injected(table.X, table.columns, seed)
    order = (*TRUSTED, *(name for name in CANDIDATES if name not in TRUSTED))
    found = score(order, np.concatenate([table.X, *made_up.values()]), FOR_CANDIDATES)
    absent = [name for name in TRUSTED if name not in found.of]
    if absent:
        raise BenchError(f"{absent[0]}, a part of the default, did not end: {found.missing[absent[0]]}; "
                         "give more time with --budget, or a sample of the rows")  # fmt: skip
    rows = len(table.X)
    names = tuple(name for name in CANDIDATES if name in found.of)
    shares = rank_shares(np.column_stack([found.of[name][:rows] for name in names]))
    choice, name, scores = _choose(table, shares, names)
    places = rows_to_explain(scores, table.columns)
    replaced = with_typical_values(table.X, places, table.columns)
    explained = score((name,), np.concatenate([table.X[places], replaced]), FOR_ALL).of.get(name)
    drivers: list[list[str]] = [[] for _ in places]
    if explained is not None:
        drivers = name_drivers(explained[: len(places)], explained[len(places) :], table.columns)
    return Recommendation(
        name,
        table,
        choice,
        scores,
        places,
        drivers,
        _seen(found, rows, made_up),
        found.missing,
        telling_rows(shares, default_shares(shares, names)),
    )


def _choose(table: LoadedTable, shares: Floats, names: tuple[str, ...]) -> tuple[Choice | None, str, Floats]:
    """The choice by the labels, if there are any of both classes; the chosen detector and its scores."""
    evidence = None if table.y is None else Evidence.of(shares, table.y, names)
    if evidence is None or not evidence.has_both:
        return None, DEFAULT, default_shares(shares, names)
    choice = choose(evidence)
    if choice.name == WEIGHTED:
        name = WEIGHTED if names == CANDIDATES else f"{WEIGHTED}:of={'+'.join(names)}"
        return choice, name, weighted_scores(shares, evidence.fit())
    if choice.name == DEFAULT:
        return choice, DEFAULT, default_shares(shares, names)
    return choice, choice.name, shares[:, names.index(choice.name)]


def _seen(found: Scores, rows: int, made_up: Mapping[str, Floats]) -> dict[str, dict[str, float]]:
    seen: dict[str, dict[str, float]] = {name: {} for name in sorted(found.of)}
    at = rows
    for kind, made in made_up.items():
        for name in seen:
            scores = found.of[name]
            seen[name][kind] = share_seen(scores[:rows], scores[at : at + len(made)])
        at += len(made)
    return seen
