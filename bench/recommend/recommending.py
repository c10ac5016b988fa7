"""From a table to a recommendation: scores by all candidates, a choice, reasons for the highest scores."""

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
from bench.recommend.explaining import REFERENCES, Explainer, largest
from bench.recommend.injected import fraction_found, injected
from bench.recommend.scoring import Scores, explain_rows, fitted_rows, score_rows
from bench.recommend.study import load_normal_figures
from bench.recommend.table import LoadedTable
from bench.recommend.weighting import normalised_ranks

if TYPE_CHECKING:
    from bench.splits.arrays import Floats

# The fraction of the time within which all candidates score the rows.
FOR_CANDIDATES = 0.7
# The most rows that are explained, the fewest, and the most that are scored for that.
MOST_EXPLAINED, FEWEST_EXPLAINED, MOST_SCORED = 200, 10, 20_000
# The default reads a row's 20 nearest neighbours.
FEWEST_ROWS = 21
# The most rows to label where the user gives no number.
MOST_ASKED = 60


@dataclass(frozen=True)
class Recommendation:
    """What is recommended for a table.

    ``evidence``: the labelled rows, and ``choice``; None where there are not labels of both classes.
    ``scores``: of all rows by the detector ``name``, shape (n,). ``explained``: indices of the rows with the
    highest scores, highest first; ``reasons``: for each, the columns that raise its score most, with what
    they contribute, the largest first. ``without_labels``: the scores of the default, shape (n,).
    ``found_injected``: by candidate and kind of synthetic anomaly, the fraction that it finds. ``missing``:
    why a candidate is left out. ``informative``: a mask of the rows whose labels are the most informative.
    Where all rows are normal, the only candidate is what is recommended.
    """

    name: str
    table: LoadedTable
    evidence: Evidence | None
    choice: Choice | None
    scores: Floats
    without_labels: Floats
    explained: Any
    reasons: list[dict[str, float]]
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

    fitted = fitted_rows(len(table.X), seed, table.labelled)
    X, y = table.X[fitted], None if table.y is None else table.y[fitted]
    anomalies = injected(table.X, table.columns, seed)
    needed = (best_for_normal_rows(),) if table.all_normal else TRUSTED
    candidates = needed if table.all_normal else CANDIDATES
    order = (*needed, *(name for name in candidates if name not in needed))
    scored = np.concatenate([table.X, *anomalies.values()])
    left = started + FOR_CANDIDATES * seconds - time.monotonic()
    found = score_rows(order, X, scored, seconds=left, seed=seed, y=y, folders=folders)
    absent = [name for name in needed if name not in found.of]
    if absent:
        raise BenchError(
            f"{absent[0]}, on which the choice rests, gave no scores: {found.missing[absent[0]]}; give more "
            "time with --budget, or a sample of the rows"
        )
    rows = len(table.X)
    names = tuple(name for name in candidates if name in found.of)
    ranks = normalised_ranks(np.column_stack([found.of[name][:rows] for name in names]))
    evidence = _evidence(table, ranks, names)
    choice, name, scores = _choose(table, evidence, ranks, names)
    if name in found.of:
        scores = found.of[name][:rows]  # not ranks: in the units of what explains them
    by_default = scores if table.all_normal else default_scores(ranks, names)
    sample = fitted[np.random.default_rng(seed).permutation(len(fitted))[:REFERENCES]]
    explainer = Explainer(table.columns, table.X[sample])
    explained = _highest(scores, explainer)
    reasons: list[dict[str, float]] = [{} for _ in explained]
    by_row = explain_rows(name, X, table.X[explained], explainer, seed=seed, y=y, folders=folders)
    if by_row is not None:
        reasons = [largest(each, explainer.sources) for each in by_row]
    return Recommendation(
        name,
        table,
        evidence,
        choice,
        scores,
        by_default,
        explained,
        reasons,
        _found_injected(found, rows, anomalies),
        found.missing,
        informative_rows(ranks, by_default),
    )


def best_for_normal_rows() -> str:
    """The detector that lost least on the study's tables whose training rows are all normal."""
    return next(iter(load_normal_figures().ranking))


def _highest(scores: Floats, explainer: Explainer) -> Any:
    """Indices of the rows to explain, the highest score first; fewer where there are many columns."""
    count = max(FEWEST_EXPLAINED, min(MOST_EXPLAINED, MOST_SCORED // explainer.copies))
    return np.argsort(-scores, kind="stable")[:count]


def _evidence(table: LoadedTable, ranks: Floats, names: tuple[str, ...]) -> Evidence | None:
    """The labelled rows; None without labels of both classes."""
    evidence = None if table.y is None or table.all_normal else Evidence.of(ranks, table.y, names)
    return evidence if evidence is not None and evidence.has_both else None


def _choose(
    table: LoadedTable, evidence: Evidence | None, ranks: Floats, names: tuple[str, ...]
) -> tuple[Choice | None, str, Floats]:
    """The choice by the labels, None without labels of both classes; the chosen detector and its scores."""
    if table.all_normal:
        return None, names[0], ranks[:, 0]
    if evidence is None:
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
