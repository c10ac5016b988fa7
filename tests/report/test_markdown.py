from __future__ import annotations

import math

import pytest

from bench.report.markdown import escape, number, significant, table, with_spread


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0, "0"), (12345.6, "12346"), (0.012345, "0.0123"), (1.5, "1.50"), (math.nan, "–"), (None, "–")],
)
def test_three_significant_digits(value, shown):
    assert significant(value) == shown


def test_a_mean_without_spread_stands_alone():
    assert with_spread(0.4321, 0.0123) == "0.43 ± 0.01"
    assert with_spread(0.4321, math.nan) == "0.43"
    assert number(math.nan) == "–"


def test_a_name_from_data_cannot_break_the_table():
    text = table(["name", "f1"], [["<img src=x onerror=alert(1)> | [a](b) `c`", "0.5"]])
    row = text.splitlines()[2]
    assert "<" not in row
    assert row.replace("\\|", "").count("|") == 3
    assert escape("one_class_svm") == "one_class_svm"
