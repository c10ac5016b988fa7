"""Every row of a large file is scored: rows a second, memory, and scikit-learn's isolation forest by hand."""

from __future__ import annotations

import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet
from sklearn.ensemble import IsolationForest

from bench import Pipeline
from bench.recommend.scoring import MOST_FITTED

ROWS, COLUMNS, PART = 5_000_000, 8, 250_000
SCORED = 500_000
# Prints the most memory that the process had.
SCORE = """
import resource
from bench.cli import main
try:
    main()
finally:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def rows(seed: int, count: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, COLUMNS))


@pytest.mark.parametrize("name", ["hbos", "ecod", "isolation_forest"])
def test_rows_a_second_after_reading(benchmark, figure, name):
    model = Pipeline(name).fit(rows(0, 50_000))
    X = rows(1, SCORED)
    start = time.perf_counter()
    benchmark.pedantic(lambda: model.score(X), rounds=1)
    seconds = time.perf_counter() - start
    figure(f"scoring {SCORED} rows of {COLUMNS} columns by {name}", f"{SCORED / seconds:,.0f} rows/s")


def test_isolation_forest_beside_scikit_learns_by_hand(benchmark, figure):
    """In turn, so that both meet the machine in the same state."""
    train, X = rows(0, 50_000), rows(1, 100_000)
    model = Pipeline("isolation_forest").fit(train)
    by_hand = IsolationForest(max_features=COLUMNS, random_state=0).fit(train[:MOST_FITTED])
    ours, theirs = [], []

    def both():
        for _ in range(7):
            for score, seconds in ((model.score, ours), (by_hand.decision_function, theirs)):
                start = time.perf_counter()
                score(X)
                seconds.append(time.perf_counter() - start)

    benchmark.pedantic(both, rounds=1)
    ratio = np.median(np.array(ours) / np.array(theirs))
    figure("a model's isolation forest against scikit-learn's by hand", f"{ratio:.2f} times its seconds")


@pytest.mark.parametrize("name", ["hbos", "ecod", "isolation_forest"])
def test_a_file_of_five_million_rows(benchmark, figure, tmp_path, bench_environment, name):
    file = tmp_path / "large.parquet"
    schema = pa.schema([(f"x{j}", pa.float64()) for j in range(COLUMNS)])
    with parquet.ParquetWriter(file, schema) as writer:
        for part in range(ROWS // PART):
            writer.write_table(pa.Table.from_arrays(list(rows(part, PART).T), schema=schema))
    Pipeline(name).fit(pd.DataFrame(rows(0, 50_000), columns=schema.names)).save(tmp_path / "a.model")
    arguments = ["score", str(file), "--model", "a.model", "--out", "scores.csv"]

    def score():
        found = subprocess.run(
            [sys.executable, "-c", SCORE, *arguments],
            cwd=tmp_path, env=bench_environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return int(found.stdout.split()[-1]) / 2**20

    start = time.perf_counter()
    peak = benchmark.pedantic(score, rounds=1)
    seconds = time.perf_counter() - start
    with (tmp_path / "scores.csv").open("rb") as lines:
        assert sum(1 for _ in lines) == ROWS + 1
    figure(f"score of a Parquet file of {ROWS} rows by {name}", f"{seconds:.0f} s, {peak:.2f} GiB")
