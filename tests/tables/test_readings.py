"""What becomes of each column is said."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

from bench.errors import BenchWarning
from bench.tables import Encoder
from bench.tables.readings import Reading, readings


def test_columns_that_are_used_alike_stand_together():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "a": rng.normal(size=100),
            "town": rng.choice(["x", "y"], 100),
            "gaps": np.where(np.arange(100) < 5, np.nan, 1.5),
            "b": np.arange(100) % 7,
            "more gaps": np.where(np.arange(100) < 20, np.nan, 2.5),
            "note": [f"note {i}" for i in range(100)],
            "when": pd.date_range("2024-01-01", periods=100, freq="3h"),
            "street": rng.choice([f"s{i}" for i in range(30)], 100),
            "at once": pd.date_range("2024-01-01", periods=100, freq="s"),
        }
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", BenchWarning)
        encoder = Encoder().fit(frame)
    assert readings(frame, encoder) == [
        Reading("numbers", "numbers", ("a", "b"), None),
        Reading("text", "a column for each value", ("town",), None),
        Reading("numbers", "numbers; empty cells the median", ("gaps", "more gaps"), (0.05, 0.2)),
        Reading("text", "left out: different in most rows", ("note",), None),
        Reading("dates", "the place in the day, week", ("when",), None),
        Reading("text", "how frequent the value is", ("street",), None),
        Reading("dates", "left out: of less than a day", ("at once",), None),
    ]


def test_a_column_that_says_which_cells_were_empty_is_said():
    frame = pd.DataFrame({"a": [1.0, 2.0, np.nan], "b": [1.0, 2.0, 4.0]})
    found = readings(frame, Encoder("indicate").fit(frame))
    assert [each.becomes for each in found] == [
        "numbers; empty cells the median, and a column that says so",
        "numbers",
    ]
