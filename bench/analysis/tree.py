"""Which detector for a table, by what is known before any label: a shallow tree, judged on unseen sources.

Meta-features that say where which detector is better look good on the tables that they were found on. So
trees are fitted to some sources of tables and lose or gain on others, beside the one detector that is best on
those same sources.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bench.analysis.kinds import Size, sizes
from bench.analysis.results import SuiteResults
from bench.analysis.statistics.blocks import by_dataset_and_seed
from bench.splits.sources import related_group

if TYPE_CHECKING:
    from sklearn.tree import DecisionTreeRegressor

    from bench.splits.arrays import Floats
    from bench.splits.grouping import Indices

# What a table is told apart by; of its size what is known without labels.
FEATURES: Mapping[str, Callable[[Size], float]] = {
    "training rows": lambda size: size.train,
    "columns": lambda size: size.columns,
    "training rows per column": lambda size: size.train / size.columns,
}
# A leaf of fewer tables names who was lucky there.
LEAST_TABLES = 20
# Sources are parted into so many folds, and that is repeated: which share a fold is luck, too.
FOLDS, REPEATS = 10, 10
# With fewer sources no tree of two leaves is left to most folds.
FEWEST_SOURCES = 50


@dataclass(frozen=True)
class Tables:
    """What there is to learn from: tables in rows, the same in each.

    features: a column for each of `FEATURES`. losses: a column for each detector, how far it is below the one
    that is best there in hindsight. sources: of each table; tables of one source are one observation.
    """

    features: pd.DataFrame
    losses: pd.DataFrame
    sources: pd.Series

    @property
    def weights(self) -> Floats:
        """Of each table, those of a source together 1, shape (tables,)."""
        found: Floats = (1 / self.sources.groupby(self.sources).transform("size")).to_numpy(float)
        return found

    def over_sources(self, by_table: pd.DataFrame) -> pd.DataFrame:
        """A row for each source, the mean over its tables."""
        return by_table.groupby(self.sources, sort=False).mean()

    def some(self, rows: Indices) -> Tables:
        """Those in these places."""
        return Tables(self.features.iloc[rows], self.losses.iloc[rows], self.sources.iloc[rows])


@dataclass(frozen=True)
class Leaf:
    """The tables of which all ``conditions`` hold, how many there are, and the detector that loses least."""

    conditions: tuple[str, ...]
    tables: int
    detector: str


def known_tables(results: SuiteResults, regime: str, metric: str) -> Tables:
    """The tables whose size is known, with the detectors that were planned on all of them.

    ``metric``: as for `bench.analysis.statistics.blocks.all_blocks`; what did not end "ok" counts as zero.
    """
    values = by_dataset_and_seed(results, regime, metric, "zero").groupby("dataset", sort=False).mean()
    known = sizes(results, regime)
    values = values[values.index.isin(known)].dropna(axis="columns")
    features = [[of(known[str(label)]) for of in FEATURES.values()] for label in values.index]
    return Tables(
        pd.DataFrame(features, values.index, list(FEATURES), dtype=float),
        values.rsub(values.max(axis="columns"), axis="index"),
        pd.Series([related_group(str(label)) for label in values.index], values.index, dtype=str),
    )


def fitted(tables: Tables, depth: int) -> DecisionTreeRegressor:
    """A tree that expects each detector's loss, beside the mean of all detectors: a choice rests on nothing
    else, and how hard tables are would take the splits.
    """
    from sklearn.tree import DecisionTreeRegressor

    apart = tables.losses.sub(tables.losses.mean(axis="columns"), axis="index")
    tree = DecisionTreeRegressor(max_depth=depth, min_samples_leaf=LEAST_TABLES, random_state=0)
    return tree.fit(tables.features.to_numpy(), apart.to_numpy(), sample_weight=tables.weights)


def leaves(tables: Tables, depth: int) -> list[Leaf]:
    """The tree over all tables in words; neighbours that choose alike are still two leaves."""
    tree, names = fitted(tables, depth).tree_, list(map(str, tables.losses))

    def below(node: int, bounds: Mapping[tuple[str, str], float]) -> Iterator[Leaf]:
        if tree.children_left[node] == tree.children_right[node]:
            conditions = tuple(f"{name} {side} {bound:.4g}" for (name, side), bound in bounds.items())
            detector = names[int(tree.value[node].ravel().argmin())]
            yield Leaf(conditions, int(tree.n_node_samples[node]), detector)
            return
        name, bound = list(FEATURES)[tree.feature[node]], float(tree.threshold[node])
        yield from below(tree.children_left[node], {**bounds, (name, "≤"): bound})
        yield from below(tree.children_right[node], {**bounds, (name, ">"): bound})

    return list(below(0, {}))


def cross_validated(tables: Tables, depths: tuple[int, ...]) -> pd.DataFrame:
    """What choices lose on sources that they were not made from, a row for each source.

    ``single``: by the one detector that loses least on the other sources; and a column for each depth, by the
    tree. The mean over `REPEATS` ways to part the sources into folds.
    """
    from sklearn.model_selection import GroupKFold

    losses, features = tables.losses.to_numpy(), tables.features.to_numpy()
    ways: tuple[str | int, ...] = ("single", *depths)
    total = {way: np.zeros(len(losses)) for way in ways}
    for seed in range(REPEATS):
        folds = GroupKFold(FOLDS, shuffle=True, random_state=seed)
        for learnt, asked in folds.split(losses, groups=tables.sources):
            known = tables.some(learnt)
            total["single"][asked] += losses[asked, single_best(known)]
            for depth in depths:
                chosen = fitted(known, depth).predict(features[asked]).argmin(axis=1)
                total[depth][asked] += losses[asked, chosen]
    return tables.over_sources(pd.DataFrame(total, tables.losses.index) / REPEATS)


def single_best(tables: Tables) -> int:
    """The place of the detector that loses least on average over sources."""
    return int(np.average(tables.losses.to_numpy(), axis=0, weights=tables.weights).argmin())
