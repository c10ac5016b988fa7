"""Drawing labels from judged rows, over and over, to see what a choice by them loses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from bench.evaluation.metrics import roc_auc
from bench.plugins.contract import UNLABELLED
from bench.recommend.asking import DISPUTED, highest, rows_to_ask, telling_rows
from bench.recommend.candidates import CANDIDATES, DEFAULT, WEIGHTED, default_shares, weighted_scores
from bench.recommend.choosing import WORTH, Evidence, choose
from bench.recommend.weighting import STRENGTH

if TYPE_CHECKING:
    from bench.splits.arrays import Floats, Labels

BUDGETS = (20, 60, 120)
DRAWS, TUNING_DRAWS = 30, 2
# Where half of the rows to label come from, and how firmly the weights stay at the default's.
MIXES = ("all rows", "disputed", "suspicious", "disputed or suspicious")
USED = MIXES[-1]
STRENGTHS = (STRENGTH / 3, STRENGTH, STRENGTH * 3)


@dataclass(frozen=True)
class Judged:
    """A table's judged rows: rank shares by each candidate, shape (n, k), and labels, shape (n,)."""

    name: str
    shares: Floats
    y: Labels

    def auc(self, scores: Floats, rows: Any = slice(None)) -> float:
        """The area under the ROC curve of scores of all rows, over some of them."""
        return roc_auc(scores[rows], self.y[rows])

    @cached_property
    def best(self) -> Floats:
        """The scores of the candidate that is best over all judged rows."""
        found: Floats = max(self.shares.T, key=self.auc)
        return found


class Draw(NamedTuple):
    """Labels, -1 where a row has none, and the rows that none came from."""

    y: Labels
    rest: Any


def by_labels(table: Judged, budget: int, draws: int) -> dict[str, float]:
    """What choices by so many labels lose on average: ``choice``, that of `recommend`; ``ensemble``, the
    weighted one whatever the labels say; ``single``, the candidate with the largest area.

    ``within``: how often the first is within `WORTH` of the best; ``covered``: how often its interval holds
    its area, NaN where no draw has labels of both classes.
    """
    drawn = pd.DataFrame([_choices(table, draw) for draw in _draws(table, budget, USED, draws)])
    means = drawn.reindex(columns=["choice", "ensemble", "single", "within", "covered"]).mean()
    return {str(name): float(mean) for name, mean in means.items()}


def _choices(table: Judged, draw: Draw) -> dict[str, float]:
    best = table.auc(table.best, draw.rest)
    default = default_shares(table.shares)
    evidence = Evidence.of(table.shares, draw.y, CANDIDATES)
    if not evidence.has_both:
        loss = best - table.auc(default, draw.rest)
        return {"choice": loss, "ensemble": loss, "single": loss, "within": float(loss < WORTH)}
    choice = choose(evidence)
    scores = dict(zip(CANDIDATES, table.shares.T, strict=True))
    scores |= {DEFAULT: default, WEIGHTED: weighted_scores(table.shares, evidence.fit())}
    single = next(each.name for each in choice.estimates if each.name in CANDIDATES)
    names = {"choice": choice.name, "ensemble": WEIGHTED, "single": single}
    losses = {way: best - table.auc(scores[name], draw.rest) for way, name in names.items()}
    chosen = choice.chosen
    covered = chosen.low <= table.auc(scores[choice.name], draw.rest) <= chosen.high
    return {**losses, "within": float(losses["choice"] < WORTH), "covered": float(covered)}


def tuning(table: Judged, budget: int) -> Iterator[dict[str, Any]]:
    """What the weighted ensemble loses on average with each mix of rows and strength of the prior."""
    for mix in MIXES:
        draws = list(_draws(table, budget, mix, TUNING_DRAWS))
        evidence = [Evidence.of(table.shares, draw.y, CANDIDATES) for draw in draws]
        for strength in STRENGTHS:
            losses = [
                table.auc(table.best, draw.rest)
                - table.auc(weighted_scores(table.shares, each.fit(strength=strength)), draw.rest)
                for draw, each in zip(draws, evidence, strict=True)
            ]
            yield {"table": table.name, "labels": budget, "mix": mix, "strength": strength,
                   "loss": float(np.mean(losses))}  # fmt: skip


def _draws(table: Judged, budget: int, mix: str, count: int) -> Iterator[Draw]:
    """Labels of rows from one half of the table, another half each time."""
    default = default_shares(table.shares)
    stratum = {
        "all rows": np.zeros(len(default), dtype=bool),
        "disputed": highest(table.shares.std(axis=1), DISPUTED),
        "suspicious": highest(default, DISPUTED),
        USED: telling_rows(table.shares, default),
    }[mix]
    for number in range(count):
        rng = np.random.default_rng([number, budget])
        half = np.zeros(len(table.y), dtype=bool)
        for value in (0, 1):
            own = rng.permutation(np.flatnonzero(table.y == value))
            half[own[: len(own) // 2]] = True
        asked = rows_to_ask(stratum, half, budget, rng)
        y = np.full(len(table.y), UNLABELLED, dtype=np.int8)
        y[asked] = table.y[asked]
        yield Draw(y, ~half)
