from __future__ import annotations

import math

import pytest

from bench.analysis.cells import NONE, count, fraction, number, percent, significant, with_spread


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0, "0"), (12345.6, "12346"), (0.012345, "0.0123"), (1.5, "1.50"), (math.nan, "–"), (None, "–")],
)
def test_three_significant_digits(value, shown):
    assert str(significant(value)) == shown


def test_a_mean_without_spread_stands_alone():
    assert str(with_spread(0.4321, 0.0123)) == "0.43 ± 0.01"
    assert str(with_spread(0.4321, math.nan)) == "0.43"
    assert str(number(math.nan)) == "–"


@pytest.mark.parametrize(
    ("cell", "text", "value"),
    [
        (number(0.4351), "0.44", 0.44),
        (number(-0.4), "-0.40", -0.4),
        (count(7.0), "7", 7),
        (percent(0.934), "93 %", 93),
        (percent(math.nan), "–", None),
        (fraction(20, 21), "20/21", 20),
        (significant(0.012345), "0.0123", 0.0123),
        (with_spread(0.4321, 0.0123), "0.43 ± 0.01", 0.43),
        (NONE, "–", None),
    ],
)
def test_a_cell_is_sorted_by_the_number_that_it_shows(cell, text, value):
    assert (str(cell), cell.value) == (text, value)


def test_a_mean_with_its_spread_has_a_short_form():
    assert with_spread(0.4321, 0.0123).short == "0.43"
