from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from made_up_results import sized, suite_results

from bench.analysis.statistics.intervals import mean_interval
from bench.analysis.tree import FEATURES, Tables, cross_validated, known_tables, leaves, single_best
from bench.trials.record import RowCounts

DEPTH = 2


def tables(figures_of, *, count=150, seed=0):
    """Made-up tables of 2 to 40 columns, each of its own source; ``figures_of(columns, rng)`` by detector."""
    rng = np.random.default_rng(seed)
    rows, columns = rng.integers(200, 3000, count), rng.integers(2, 41, count)
    features = pd.DataFrame(np.column_stack([rows, columns, rows / columns]), columns=list(FEATURES))
    figures = pd.DataFrame(figures_of(columns, rng))
    losses = figures.rsub(figures.max(axis="columns"), axis="index")
    return Tables(features, losses, pd.Series([f"source {i}" for i in range(count)]))


def narrow_and_wide(columns, rng):
    noise = 0.1 * rng.normal(size=(2, len(columns)))
    narrow = columns <= 10
    return {"a": np.where(narrow, 0.8, 0.4) + noise[0], "b": np.where(narrow, 0.4, 0.7) + noise[1]}


def unrelated(columns, rng):
    return {name: rng.normal(0.6, 0.2, len(columns)) for name in ("a", "b", "c")}


def gains(made):
    found = cross_validated(made, (DEPTH,))
    return (found["single"] - found[DEPTH]).to_numpy()


def test_the_tree_finds_who_is_better_on_narrow_and_on_wide_tables_and_gains():
    made = tables(narrow_and_wide)
    first, *others = leaves(made, 1)
    assert [first.detector, *(leaf.detector for leaf in others)] == ["a", "b"]
    [condition] = first.conditions
    name, bound = condition.split(" ≤ ")
    assert name == "columns"
    assert 10 <= float(bound) < 11
    assert first.tables == (made.features["columns"] <= 10).sum()
    low, high = mean_interval(gains(made))
    # The single detector, b, loses 0.4 on the narrow ones, a quarter of all.
    assert 0.05 < low < 0.4 * (made.features["columns"] <= 10).mean() < high


@pytest.mark.parametrize("seed", range(2))
def test_where_nothing_rests_on_size_no_gain_is_claimed(seed):
    """On the tables that it was made from the tree always gains."""
    made = tables(unrelated, seed=seed)
    low, _ = mean_interval(gains(made))
    assert low <= 0
    chosen = sum(leaf.tables for leaf in leaves(made, DEPTH))
    assert chosen == len(made.losses)


def test_a_source_counts_once_however_many_tables_it_has():
    made = tables(unrelated, count=120)
    one = pd.Series(["the same"] * 60 + [f"source {i}" for i in range(60)])
    losses = pd.DataFrame({"a": [0.0] * 60 + [0.2] * 60, "b": [0.5] * 60 + [0.0] * 60})
    shared = Tables(made.features, losses, one)
    assert list(losses)[single_best(shared)] == "b"  # over tables a loses less
    assert len(cross_validated(shared, (1,))) == 61


def test_a_tree_is_judged_on_sources_that_it_was_not_made_from():
    """Of the tables of a source each is like the others; what suits a source is drawn at random."""
    rng = np.random.default_rng(0)
    sources = np.repeat(np.arange(12), 30)
    suits = rng.permutation(np.repeat([0.0, 0.6], 6))[sources]
    size = np.column_stack([sources * 100.0 + 200, sources + 2.0, np.full(360, 50.0)])
    made = Tables(
        pd.DataFrame(size, columns=list(FEATURES)),
        pd.DataFrame({"a": suits, "b": 0.6 - suits}),
        pd.Series(sources.astype(str)),
    )
    assert {leaf.detector for leaf in leaves(made, 6)} == {"a", "b"}
    found = cross_validated(made, (6,))
    assert found[6].mean() > 0.2  # with some tables of a source it would be 0


def test_losses_are_to_the_best_on_a_table_and_a_failure_is_nothing():
    values = pd.DataFrame({"a": [0.8] * 6, "b": [0.5] * 6}, index=[f"table{i}" for i in range(6)])
    made = sized(
        suite_results(values, seeds=2, failures={("a", "table1")}),
        lambda label: RowCounts(train=400, test=200, test_anomalies=20, columns=8),
    )
    found = known_tables(made, "unsupervised", "adjusted_ap")
    assert found.losses.loc["table0"].to_dict() == pytest.approx({"a": 0, "b": 0.3})
    assert found.losses.loc["table1"].to_dict() == pytest.approx({"a": 0.5, "b": 0})
    assert found.features.loc["table0"].to_list() == [400, 8, 50]
