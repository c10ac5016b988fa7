"""The study behind `recommend`: what choosing a detector loses, by how many labels there are.

Scores come from the runs of suite `recommend-study`: every candidate is fitted, without labels, to one half
of a labelled table and judged on the other. Labels are then drawn over and over from half of the judged rows;
what the choice by them loses is measured on the rest, which no label came from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from bench.analysis.label_draws import BUDGETS, DRAWS, Judged, by_labels, tuning
from bench.analysis.results import SuiteResults
from bench.errors import BenchError
from bench.recommend.candidates import CANDIDATES, TRUSTED
from bench.recommend.weighting import rank_shares

# Five quick detectors whose mean rank is the default of the detector `rank_mean`.
FIVE = ("isolation_forest", "knn", "ecod", "pca", "hbos")
# With fewer tables nothing can be chosen on the others.
FEWEST_TABLES = 3


@dataclass(frozen=True)
class Study:
    """Losses of ROC AUC against the candidate that is best on a table in hindsight.

    Frames have a row for each table, the mean over its splits. candidates: losses of each. blind: of each way
    to choose without labels. labelled: of ways to choose, by number of labels. covered: by number of labels,
    the share of draws whose interval holds the chosen one's area. tuning: of mixes of rows and strengths of
    the prior, with a row for each number of labels, too. pairs: how often each pair of candidates is the
    best on all tables but one. left_out: tables that lack a candidate.
    """

    candidates: pd.DataFrame
    blind: pd.DataFrame
    labelled: Mapping[int, pd.DataFrame]
    covered: Mapping[int, float]
    tuning: pd.DataFrame
    pairs: Mapping[str, int]
    left_out: tuple[str, ...]

    def figures(self) -> dict[str, Any]:
        """What `recommend` says of the study; `bench.recommend.study` reads it."""
        blind = self.blind.mean()
        loss = {0: blind["pair"], **{n: frame["choice"].mean() for n, frame in self.labelled.items()}}
        return {
            "tables": len(self.blind),
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
    """The study, from the stored scores of the suite's runs; BenchError where there are too few of them."""
    tables, left_out = judged_tables(results)
    splits = Counter(table.name for table in tables)
    if len(splits) < FEWEST_TABLES:
        raise BenchError(f"only {len(splits)} tables have scores of every candidate; run the whole suite")
    candidates = _each(tables, partial(_losses, groups=[(name,) for name in CANDIDATES]))
    pairs = _each(tables, partial(_losses, groups=list(combinations(CANDIDATES, 2))))
    refitted = left_out_choices(pairs)
    blind = pd.DataFrame(
        {
            "pair": [pairs.loc[table, pair] for table, pair in refitted],
            "default": pairs[_joined(name for name in CANDIDATES if name in TRUSTED)],
            "single": [candidates.loc[table, name] for table, name in left_out_choices(candidates)],
            "five": _each(tables, partial(_losses, groups=[FIVE]))[_joined(FIVE)],
            "isolation_forest": candidates["isolation_forest"],
            "random": candidates.mean(axis=1),
        },
        candidates.index,
    )
    draws = -(-DRAWS // max(splits.values()))
    drawn = {budget: _each(tables, partial(by_labels, budget=budget, draws=draws)) for budget in BUDGETS}
    return Study(
        candidates=candidates,
        blind=blind,
        labelled={budget: frame.drop(columns="covered") for budget, frame in drawn.items()},
        covered={budget: float(frame["covered"].mean()) for budget, frame in drawn.items()},
        tuning=pd.DataFrame([row for t in tables for budget in BUDGETS for row in tuning(t, budget)]),
        pairs=Counter(pair for _, pair in refitted),
        left_out=left_out,
    )


def judged_tables(results: SuiteResults) -> tuple[list[Judged], tuple[str, ...]]:
    """The splits of tables that have scores of every candidate, and the names of tables that have not."""
    tables, left_out = [], []
    for (label, _), rows in results.frame.groupby(["dataset", "seed"], sort=True):
        name = str(label).partition(":")[2].partition(",")[0]
        ok = rows[rows["status"] == "ok"].set_index("detector")
        if not set(CANDIDATES) <= set(ok.index):
            left_out.append(name)
            continue
        found = [(results.runs[str(ok["run"][each])], ok["record"][each]) for each in CANDIDATES]
        scores = np.column_stack([run.scores(record) for run, record in found])
        run, record = found[0]
        tables.append(Judged(name, rank_shares(scores), run.labels(record)))
    return tables, tuple(dict.fromkeys(left_out))


def left_out_choices(losses: pd.DataFrame) -> list[tuple[str, Any]]:
    """For each table, a row of losses, the column that loses least on average over all the other rows."""
    total = losses.sum()
    return [(str(name), (total - losses.loc[name]).idxmin()) for name in losses.index]


def _each(tables: Sequence[Judged], measure: Callable[[Judged], dict[str, float]]) -> pd.DataFrame:
    """What is measured on each table, the mean over its splits."""
    return pd.DataFrame([measure(table) for table in tables]).groupby([table.name for table in tables]).mean()


def _losses(table: Judged, groups: Iterable[Sequence[str]]) -> dict[str, float]:
    """What the mean rank of each group of candidates loses."""
    best = table.auc(table.best)

    def loss(names: Sequence[str]) -> float:
        return best - table.auc(table.shares[:, [CANDIDATES.index(name) for name in names]].mean(axis=1))

    return {_joined(names): loss(names) for names in groups}


def _joined(names: Iterable[str]) -> str:
    return " + ".join(names)
