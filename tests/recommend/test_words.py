"""What is said of a recommendation."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

from bench.recommend.words import cells_in_words, what_drives


@pytest.mark.parametrize(
    ("first", "said"),
    [
        (["remark"] * 6 + ["heat"] * 4, "In 6 of the 10 highest rows 'remark' raises the score most; "),
        (["remark"] * 5 + ["heat"] * 5, ""),
        (["heat"] * 10, ""),  # a number that is extreme
        ([None] * 10, ""),
        (["remark"] * 9, ""),  # too few rows to say so
    ],
)
def test_a_column_that_drives_most_of_the_highest_rows_is_named(first, said):
    reasons = [{} if name is None else {name: 0.5, "load": 0.2} for name in first]
    frame = pd.DataFrame({"remark": ["a"], "heat": [1.5], "load": [2.5]})
    found = what_drives(SimpleNamespace(reasons=reasons, table=SimpleNamespace(frame=frame)))
    assert found.startswith(said)
    assert bool(found) == bool(said)


def test_cells_are_shown_so_that_they_can_be_found_in_the_file():
    row = {
        "net": [14204.33],
        "heat": [71.25],
        "all": [3e14],
        "day": [pd.Timestamp("2026-01-19")],
        "kind": ["x"],
    }
    found = SimpleNamespace(table=SimpleNamespace(frame=pd.DataFrame(row)))
    assert (
        cells_in_words(found, 0, row) == "net = 14204, heat = 71.25, all = 3e+14, day = 2026-01-19, kind = x"
    )
