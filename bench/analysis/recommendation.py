"""The study behind `recommend`: what choosing a detector loses, by how many labels there are.

Scores come from the runs of suite `recommend-study`: every candidate is fitted, without labels, to one half
of a labelled table and judged on the other. Labels are then drawn over and over from half of the judged rows;
what the choice by them loses is measured on the rest, which no label came from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bench.analysis.label_draws import BUDGETS, Judged, by_labels, tuning
from bench.analysis.results import SuiteResults
from bench.recommend.candidates import CANDIDATES, TRUSTED
from bench.weighting import rank_shares

# Five quick detectors whose mean rank is the default of the detector `rank_mean`.
FIVE = ("isolation_forest", "knn", "ecod", "pca", "hbos")


@dataclass(frozen=True)
class Study:
    """Losses of ROC AUC against the candidate that is best on a table in hindsight.

    aucs: of each candidate, a row for each table. blind: losses without labels, a row for each table, a column
    for each way to choose. labelled: the same by number of labels. covered: by number of labels, the share of
    draws whose interval holds the chosen one's area. tuning: mean losses with other mixes of rows and
    strengths of the prior, a row for each table, number of labels, mix and strength. pairs: how often each
    pair of candidates is the best default on all tables but one. left_out: tables that lack a candidate.
    """

    aucs: pd.DataFrame
    blind: pd.DataFrame
    labelled: Mapping[int, pd.DataFrame]
    covered: Mapping[int, float]
    tuning: pd.DataFrame
    pairs: Mapping[tuple[str, str], int]
    left_out: tuple[str, ...]

    def figures(self) -> dict[str, Any]:
        """What `recommend` says of the study; `bench.recommend.study` reads it."""
        blind = self.blind.mean()
        loss = {0: blind["default"], **{n: frame["choice"].mean() for n, frame in self.labelled.items()}}
        return {
            "datasets": len(self.blind),
            "candidates": len(CANDIDATES),
            "loss": {str(labels): round(float(value), 3) for labels, value in loss.items()},
            "others": {name: round(float(blind[name]), 3) for name in ("isolation_forest", "random")},
        }

    def tuned(self, budget: int) -> float:
        """The mean loss where mix and strength are chosen, for each table, on all the other tables."""
        rows = self.tuning[self.tuning["labels"] == budget]
        by_way = rows.pivot_table(index="table", columns=["mix", "strength"], values="loss")
        return float(np.mean([by_way.loc[name, way] for name, way in left_out_choices(by_way)]))


def study(results: SuiteResults) -> Study:
    """The study, from the stored scores of the suite's runs."""
    tables, left_out = judged_tables(results)
    aucs = pd.DataFrame({t.name: [t.auc(column) for column in t.shares.T] for t in tables}, CANDIDATES).T
    best = aucs.max(axis=1)
    pairs = pd.DataFrame(
        {pair: [t.auc(_mean_rank(t, pair)) for t in tables] for pair in combinations(CANDIDATES, 2)},
        aucs.index,
    ).rsub(best, axis=0)
    losses = aucs.rsub(best, axis=0)
    refitted = left_out_choices(pairs)
    blind = pd.DataFrame(
        {
            "default": pairs[tuple(name for name in CANDIDATES if name in TRUSTED)],
            "pair": [pairs.loc[table, pair] for table, pair in refitted],
            "single": [losses.loc[table, name] for table, name in left_out_choices(losses)],
            "five": [best[t.name] - t.auc(_mean_rank(t, FIVE)) for t in tables],
            "isolation_forest": losses["isolation_forest"],
            "random": losses.mean(axis=1),
        },
        aucs.index,
    )
    drawn = {budget: pd.DataFrame({t.name: by_labels(t, budget) for t in tables}).T for budget in BUDGETS}
    return Study(
        aucs=aucs,
        blind=blind,
        labelled={budget: frame.drop(columns="covered") for budget, frame in drawn.items()},
        covered={budget: float(frame["covered"].mean()) for budget, frame in drawn.items()},
        tuning=pd.DataFrame([row for t in tables for budget in BUDGETS for row in tuning(t, budget)]),
        pairs=Counter(pair for _, pair in refitted),
        left_out=left_out,
    )


def judged_tables(results: SuiteResults) -> tuple[list[Judged], tuple[str, ...]]:
    """The tables that have scores of every candidate, and the names of those that have not."""
    frame = results.frame[results.frame["seed"] == results.frame["seed"].min()]
    tables, left_out = [], []
    for label, rows in frame.groupby("dataset", sort=True):
        name = str(label).partition(":")[2].partition(",")[0]
        ok = rows[rows["status"] == "ok"].set_index("detector")
        if not set(CANDIDATES) <= set(ok.index):
            left_out.append(name)
            continue
        found = [(results.runs[str(ok["run"][each])], ok["record"][each]) for each in CANDIDATES]
        scores = np.column_stack([run.scores(record) for run, record in found])
        run, record = found[0]
        tables.append(Judged(name, rank_shares(scores), run.labels(record)))
    return tables, tuple(left_out)


def left_out_choices(losses: pd.DataFrame) -> list[tuple[str, Any]]:
    """For each table, a row of losses, the column that loses least on average over all the other rows."""
    total = losses.sum()
    return [(str(name), (total - losses.loc[name]).idxmin()) for name in losses.index]


def _mean_rank(table: Judged, names: Sequence[str]) -> Any:
    return table.shares[:, [CANDIDATES.index(name) for name in names]].mean(axis=1)
