"""Numbers as users write them."""

from __future__ import annotations

import warnings

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tables import values

from bench.errors import BenchWarning
from bench.tables import read_table
from bench.tables.numbers import NumberFormat, as_numbers


def test_thousands_and_percent_signs_are_read(file):
    frame = read_table(file("a.csv", 'price,share\n"1,234.50",5%\n"12,000",7.5 %\n900,100%\n'))
    assert values(frame) == {"price": [1234.5, 12000, 900], "share": [5, 7.5, 100]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Points between thousands, in a file with decimal commas; below a thousand there is none.
        ("a;d\n1,5;1.100\n2,5;2.200\n3,5;950\n", {"a": [1.5, 2.5, 3.5], "d": [1100, 2200, 950]}),
        ('a,d\n1,"12.264,00"\n2,"1.589,40"\n', {"a": [1, 2], "d": [12264, 1589.4]}),
        ('a,d\n1,"1,100"\n2,950\n', {"a": [1, 2], "d": [1100, 950]}),
        ("a;d\n1,5;1.5\n2,5;2.25e3\n", {"a": [1.5, 2.5], "d": [1.5, 2250]}),
        ("a,d\n1,.5\n2,5.\n", {"a": [1, 2], "d": [0.5, 5]}),
    ],
)
def test_decimal_and_thousands_separators_are_decided_by_column_and_file(file, text, expected):
    assert values(read_table(file("a.csv", text))) == expected


def test_one_value_that_is_no_number_leaves_the_decimal_commas_of_the_others(file):
    with pytest.warns(BenchWarning, match=r"\(1 of 20 values\): 'n/v' \(row 20\)"):
        frame = read_table(file("a.csv", "a;c\n" + "5,67;1,938\n" * 19 + "1,94;n/v\n"))
    assert frame["c"].tolist()[:19] == [1.938] * 19


@given(
    numbers=st.lists(st.floats(-1e9, 1e9).map(lambda x: round(x, 2)), min_size=2, max_size=20),
    decimal=st.sampled_from([".", ","]),
)
def test_numbers_come_back_in_either_convention(numbers, decimal):
    thousands = "," if decimal == "." else "."
    texts = [f"{x:,.2f}".translate(str.maketrans({",": thousands, ".": decimal})) for x in numbers]
    read = as_numbers(pd.Series(texts, dtype=object), NumberFormat(decimal), "column 'a'")
    assert read.tolist() == numbers


def test_blanks_between_thousands_are_pointed_out_beside_a_unit(file):
    text = "flow\n" + "1 250 l/min\n900 l/min\n" * 5
    with pytest.warns(BenchWarning, match="holds '1 250 l/min' and the like; .* say with --thousands"):
        read_table(file("a.csv", text))


def test_a_unit_is_left_out_with_a_warning_unless_there_are_several(file):
    text = "power,weight,size\n" + '18.0 mpg,"1,589.4 kg",3 m\n21.5 mpg,950 kg,40 cm\n' * 5
    with pytest.warns(BenchWarning, match="is read as") as warned:
        frame = read_table(file("a.csv", text))
    assert frame["power"].tolist()[:2] == [18.0, 21.5]
    assert frame["weight"].tolist()[:2] == [1589.4, 950]
    assert frame["size"].tolist()[:2] == ["3 m", "40 cm"]
    said = sorted(str(each.message).partition("column ")[2] for each in warned)
    assert said == [
        "'power' is read as numbers in mpg",
        "'size' is read as text; if its values are numbers, write them in one unit, not in m, cm",
        "'weight' is read as numbers in kg",
    ]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["$4.99", "0", "$1,200.00", "-$3"], [4.99, 0, 1200, -3]),
        (["EUR 5", "EUR 7.5"], [5, 7.5]),
        (["(1,234.50)", "12.00", "( 3 )"], [-1234.5, 12, -3]),
        (["10,000+", "500+", "0"], [10000, 500, 0]),
        (["19M", "512k", "950", "1.5K", "2B"], [19e6, 512e3, 950, 1500, 2e9]),
        (["$1.2M", "$500k"], [1.2e6, 5e5]),
        (["€ 1.234,56", "-€ 5,10", "€ -3,00"], [1234.56, -5.1, -3]),
        (["5.00-", "\u22123", "4"], [-5, -3, 4]),
        (["(3,00 €)", "5,00 €-", "4,00 €"], [-3, -5, 4]),
        (["12.5 kg/m3", "13 kg/m3"], [12.5, 13]),
        (["120 mm Hg", "85 mm Hg"], [120, 85]),
        (["1.5e2", "2e2"], [150, 200]),  # an exponent, not a unit
    ],
)
def test_currencies_powers_negative_amounts_and_magnitudes(file, texts, expected):
    lines = "".join(f'"{text}"\n' for text in texts)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", BenchWarning)
        assert read_table(file("a.csv", "a\n" + lines))["a"].tolist() == expected


@pytest.mark.parametrize("odd", ["12B", "3.0M", "4 kg", "5%"])
def test_one_number_with_a_unit_or_a_letter_is_not_one_of_the_others(file, odd):
    """A house number, or a cell of another row, must not become a number in a column without units."""
    with pytest.warns(BenchWarning, match=rf"\(1 of 21 values\): '{odd}'"):
        frame = read_table(file("a.csv", "a\n" + "".join(f"{i * 7 % 20}\n" for i in range(20)) + f"{odd}\n"))
    assert frame["a"].isna().sum() == 1


def test_letters_after_codes_do_not_multiply(file):
    assert read_table(file("a.csv", "a\n12A\n12B\n3K\n"))["a"].tolist() == ["12A", "12B", "3K"]


def test_a_word_beside_many_numbers_is_a_missing_one(file):
    sizes = "".join(f"{i}.5M\n{i * 9}k\n" for i in range(1, 15))
    with pytest.warns(BenchWarning, match=r"\(9 of 37 values\): 'Varies with device'"):
        frame = read_table(file("a.csv", "a\n" + sizes + "Varies with device\n" * 9))
    assert frame["a"].max() == 14.5e6
    few = read_table(file("a.csv", "a\n" + "4.5\n5\nnot yet rated\n" * 9))
    assert set(few["a"]) == {"4.5", "5", "not yet rated"}
