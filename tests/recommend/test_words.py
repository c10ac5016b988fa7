"""What is said of a recommendation."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from bench.recommend.words import what_drives


@pytest.mark.parametrize(
    ("first", "said"),
    [
        (["remark"] * 6 + ["heat"] * 4, "In 6 of the 10 highest rows 'remark' raises the score most; "),
        (["remark"] * 5 + ["heat"] * 5, ""),
        ([None] * 10, ""),
        (["remark"] * 9, ""),  # too few rows to say so
    ],
)
def test_a_column_that_drives_most_of_the_highest_rows_is_named(first, said):
    reasons = [{} if name is None else {name: 0.5, "load": 0.2} for name in first]
    found = what_drives(SimpleNamespace(reasons=reasons))
    assert found.startswith(said)
    assert bool(found) == bool(said)
