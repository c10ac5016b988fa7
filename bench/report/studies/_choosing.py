"""The loss of choosing a detector, by the number of labels: the figures of the study `recommend`.

Scores come from the runs of suite `recommend-study`: every candidate is fitted, without labels, to one half
of a labelled table and evaluated on the other. Labels are then drawn repeatedly from half of the evaluated
rows; the loss of the choice by them is measured on the rest, which no label came from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from bench.analysis.results import SuiteResults
from bench.errors import BenchError
from bench.evaluation.ranking import Ranking, roc_auc
from bench.plugins.contract import UNLABELLED
from bench.recommend.asking import DISPUTED, highest, informative_rows, rows_to_ask
from bench.recommend.candidates import (
    CANDIDATES,
    DEFAULT,
    TRUSTED,
    WEIGHTED,
    default_scores,
    weighted_scores,
)
from bench.recommend.choosing import MINIMUM_GAIN, Evidence, choose
from bench.recommend.weighting import STRENGTH, normalised_ranks
from bench.report.studies._adengine import Plan, planned
from bench.report.studies._held_out import left_out_choices, mean_loss

if TYPE_CHECKING:
    from bench.splits.arrays import Floats, Labels

# Five quick detectors whose mean rank is the default of the detector `rank_mean`.
FIVE = ("isolation_forest", "knn", "ecod", "pca", "hbos")
# With fewer tables nothing can be chosen on the others.
FEWEST_TABLES = 3
BUDGETS = (20, 60, 120)
DRAWS, TUNING_DRAWS = 30, 2
# The strata that half of the rows to label come from, and the precisions of the weights' prior.
MIXES = ("all rows", "disputed", "suspicious", "disputed or suspicious")
USED = MIXES[-1]
STRENGTHS = (STRENGTH / 3, STRENGTH, STRENGTH * 3)


@dataclass(frozen=True)
class Losses:
    """Losses of ROC AUC against the candidate that is best on a table in hindsight.

    Frames have a row for each table, the mean over its splits. candidates: losses of each. blind: of each way
    to choose without labels; of ADEngine's only where its detectors have been run on every table. labelled:
    of ways to choose, by number of labels. covered: by number of labels, the fraction of draws whose interval
    holds the ROC AUC of the chosen one. tuning: of mixes of rows and strengths of the prior, with a row for
    each number of labels, too. pairs: for how many tables each pair of candidates is the best on the other
    sources. plans: for how many tables ADEngine plans which detectors. left_out: tables without a candidate.
    """

    candidates: pd.DataFrame
    blind: pd.DataFrame
    labelled: Mapping[int, pd.DataFrame]
    covered: Mapping[int, float]
    tuning: pd.DataFrame
    pairs: Mapping[str, int]
    plans: Mapping[str, int]
    left_out: tuple[str, ...]

    def figures(self) -> dict[str, Any]:
        """What `recommend` says of the study; `bench.recommend.study` reads it."""
        forest = self.blind["isolation_forest"]
        ways = {"0": self.blind["pair"], **{str(n): frame["choice"] for n, frame in self.labelled.items()}}
        losses = {labels: _rounded(mean_loss(each)) for labels, each in ways.items()}
        return {
            "tables": len(self.blind),
            "candidates": len(CANDIDATES),
            "loss": {labels: mean for labels, (mean, *_) in losses.items()},
            "interval": {labels: limits for labels, (_, *limits) in losses.items()},
            "gain": {labels: _rounded(mean_loss(forest - each))[1:] for labels, each in ways.items()},
            "others": {
                name: _rounded(mean_loss(self.blind[name]))[0] for name in ("isolation_forest", "random")
            },
        }

    def tuned(self, budget: int) -> float:
        """The mean loss where mix and strength are chosen, for each table, on all other sources."""
        by_way = self.by_tuning(budget)
        chosen = {name: by_way.loc[name, way] for name, way in left_out_choices(by_way)}
        return mean_loss(pd.Series(chosen)).mean

    def by_tuning(self, budget: int) -> pd.DataFrame:
        """The losses with a number of labels by mix of rows and strength, in columns; a row for a table."""
        rows = self.tuning[self.tuning["labels"] == budget]
        return rows.pivot_table(index="table", columns=["mix", "strength"], values="loss", sort=False)


def _rounded(values: Iterable[float]) -> list[float]:
    return [round(value, 3) + 0.0 for value in values]


def measure(results: SuiteResults) -> Losses:
    """The study, from the stored scores of the suite's runs; BenchError for too few tables."""
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
    plans = {table.name: table.plan.names for table in tables if table.plan}
    if all(table.plan for table in tables):
        blind = blind.join(_each(tables, _losses_of_plan))
    draws = -(-DRAWS // max(splits.values()))
    drawn = {budget: _each(tables, partial(by_labels, budget=budget, draws=draws)) for budget in BUDGETS}
    return Losses(
        candidates=candidates,
        blind=blind,
        labelled={budget: frame.drop(columns="covered") for budget, frame in drawn.items()},
        covered={budget: float(frame["covered"].mean()) for budget, frame in drawn.items()},
        tuning=pd.DataFrame([row for t in tables for budget in BUDGETS for row in tuning(t, budget)]),
        pairs=Counter(pair for _, pair in refitted),
        plans=Counter(", ".join(names) for names in plans.values()),
        left_out=left_out,
    )


def judged_tables(results: SuiteResults) -> tuple[list[JudgedTable], tuple[str, ...]]:
    """The splits of tables that have scores of every candidate, and the names of tables that have not."""
    tables, left_out = [], []
    for (label, _), rows in results.frame.groupby(["dataset", "seed"], sort=True):
        name = str(label).partition(":")[2].partition(",")[0]
        ok = rows[rows["status"] == "ok"].set_index("detector")
        judged = _ranks(results, ok, CANDIDATES)
        if judged is None:
            left_out.append(name)
            continue
        size = ok["record"][CANDIDATES[0]].rows
        names = planned(size.train, size.columns)
        of_plan = _ranks(results, ok, names)
        tables.append(JudgedTable(name, *judged, Plan(names, of_plan[0]) if of_plan else None))
    return tables, tuple(dict.fromkeys(left_out))


def _ranks(results: SuiteResults, ok: pd.DataFrame, names: Sequence[str]) -> tuple[Floats, Labels] | None:
    """A split's normalised ranks by these detectors, shape (n, k), and its labels; None without one of them.

    ok: what `SuiteResults.frame` has of the split where it ended "ok", by detector.
    """
    if not set(names) <= set(ok.index):
        return None
    found = [(results.runs[str(ok["run"][each])], ok["record"][each]) for each in names]
    scored = [raw for run, record in found if (raw := run.scored_rows(record)) is not None]
    if len(scored) < len(names) or len({len(labels) for _, labels in scored}) > 1:
        return None
    return normalised_ranks(np.column_stack([of_rows for of_rows, _ in scored])), scored[0][1]


def _each(tables: Sequence[JudgedTable], of: Callable[[JudgedTable], dict[str, float]]) -> pd.DataFrame:
    """What is measured on each table, the mean over its splits."""
    return pd.DataFrame([of(table) for table in tables]).groupby([table.name for table in tables]).mean()


def _losses(table: JudgedTable, groups: Iterable[Sequence[str]]) -> dict[str, float]:
    """The loss of the mean rank of each group of candidates."""
    best = table.auc(table.best)

    def loss(names: Sequence[str]) -> float:
        return best - table.auc(table.ranks[:, [CANDIDATES.index(name) for name in names]].mean(axis=1))

    return {_joined(names): loss(names) for names in groups}


def _losses_of_plan(table: JudgedTable) -> dict[str, float]:
    """The losses of the first detector that ADEngine plans, and of all that it plans by their mean rank."""
    if table.plan is None:
        return {}
    best = table.auc(table.best)
    ways = {"adengine": table.plan.ranks[:, 0], "adengine_all": table.plan.ranks.mean(axis=1)}
    return {way: best - table.auc(scores) for way, scores in ways.items()}


def _joined(names: Iterable[str]) -> str:
    return " + ".join(names)


@dataclass(frozen=True)
class JudgedTable:
    """A table's test rows: normalised ranks by each candidate, shape (n, k), and labels, shape (n,).

    plan: what ADEngine would use; None where one of its detectors has no scores.
    """

    name: str
    ranks: Floats
    y: Labels
    plan: Plan | None = None

    def auc(self, scores: Floats, rows: Any = slice(None)) -> float:
        """ROC AUC of scores of all rows, over some of them."""
        return roc_auc(Ranking(scores[rows], self.y[rows]))

    @cached_property
    def best(self) -> Floats:
        """The scores of the candidate that is best over all test rows."""
        found: Floats = max(self.ranks.T, key=self.auc)
        return found


class Draw(NamedTuple):
    """Labels, -1 where a row has none, and the rows that none came from."""

    y: Labels
    rest: Any


def by_labels(table: JudgedTable, budget: int, draws: int) -> dict[str, float]:
    """The mean loss of choices by ``budget`` labels: ``choice``, that of `recommend`; ``ensemble``, always
    the weighted one; ``single``, the candidate with the highest ROC AUC on the labelled rows.

    ``within``: how often the first is within `MINIMUM_GAIN` of the best; ``covered``: how often its interval
    contains its ROC AUC, NaN where no draw has labels of both classes.
    """
    drawn = pd.DataFrame([_choices(table, draw) for draw in _draws(table, budget, USED, draws)])
    means = drawn.reindex(columns=["choice", "ensemble", "single", "within", "covered"]).mean()
    return {str(name): float(mean) for name, mean in means.items()}


def _choices(table: JudgedTable, draw: Draw) -> dict[str, float]:
    best = table.auc(table.best, draw.rest)
    default = default_scores(table.ranks)
    evidence = Evidence.of(table.ranks, draw.y, CANDIDATES)
    if not evidence.has_both:
        loss = best - table.auc(default, draw.rest)
        return {"choice": loss, "ensemble": loss, "single": loss, "within": float(loss < MINIMUM_GAIN)}
    choice = choose(evidence)
    scores = dict(zip(CANDIDATES, table.ranks.T, strict=True))
    scores |= {DEFAULT: default, WEIGHTED: weighted_scores(table.ranks, evidence.fit())}
    single = next(each.name for each in choice.estimates if each.name in CANDIDATES)
    names = {"choice": choice.name, "ensemble": WEIGHTED, "single": single}
    losses = {way: best - table.auc(scores[name], draw.rest) for way, name in names.items()}
    chosen = choice.chosen
    covered = chosen.low <= table.auc(scores[choice.name], draw.rest) <= chosen.high
    return {**losses, "within": float(losses["choice"] < MINIMUM_GAIN), "covered": float(covered)}


def tuning(table: JudgedTable, budget: int) -> Iterator[dict[str, Any]]:
    """The mean loss of the weighted ensemble with each mix of rows and strength of the prior."""
    for mix in MIXES:
        draws = list(_draws(table, budget, mix, TUNING_DRAWS))
        evidence = [Evidence.of(table.ranks, draw.y, CANDIDATES) for draw in draws]
        for strength in STRENGTHS:
            losses = [
                table.auc(table.best, draw.rest)
                - table.auc(weighted_scores(table.ranks, each.fit(strength=strength)), draw.rest)
                for draw, each in zip(draws, evidence, strict=True)
            ]
            yield {"table": table.name, "labels": budget, "mix": mix, "strength": strength,
                   "loss": float(np.mean(losses))}  # fmt: skip


def _draws(table: JudgedTable, budget: int, mix: str, count: int) -> Iterator[Draw]:
    """Labels of rows from one half of the table, another half each time."""
    default = default_scores(table.ranks)
    stratum = {
        "all rows": np.zeros(len(default), dtype=bool),
        "disputed": highest(table.ranks.std(axis=1), DISPUTED),
        "suspicious": highest(default, DISPUTED),
        USED: informative_rows(table.ranks, default),
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
