"""CSV and TSV files as spreadsheets write them."""

from __future__ import annotations

import gzip

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import values

from bench.errors import DataError
from bench.tables import read_table

TEXTS = st.text('xyz ,;|"\n\té', min_size=1, max_size=6).map(lambda text: f"x{text}x")


def test_unicode_text_of_excel_is_read(file):
    path = file("a.csv", "Größe;b\n0,5;x\n1,5;y\n".encode("utf-16"))
    assert values(read_table(path)) == {"Größe": [0.5, 1.5], "b": ["x", "y"]}


def test_columns_may_be_named_by_numbers_that_grow(file):
    assert list(read_table(file("a.csv", "400.5,401,401.5\n1,2,3\n4,5,6\n")).columns) == [
        "400.5",
        "401",
        "401.5",
    ]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "", "a.csv is empty"),
        ("a.csv", "\n \n", "a.csv is empty"),
        ("a.csv", ",\n", "a.csv has no rows"),
        ("a.csv", "2.5,2\n3,4\n5,6\n", "the first line holds numbers; it must name the columns"),
        ("a.csv", "a,b\n1,2,3\n4,5,6\n", "the first row has 3 cells and the first line names 2 columns"),
        ("a.csv", "a,b\n1,2\n3,4,5\n", "line 3 has 3 cells, and the lines before it have 2"),
        ("a.csv", 'a,b\n1,"2\n3,4\n', "a quotation mark .* is never closed"),
        ("a.csv", "a,b\n1,\xe9\n2,c\n".encode("latin1"), "not written in UTF-8; say in what with --encoding"),
        ("a.csv", ("a,b\n" + "1,x\n" * 40_000).encode() + b"2,\xe9\n", "not written in UTF-8"),
        ("a.csv", b"\x00\x01\x02\x03", "a.csv is not a text file"),
        ("a.csv.gz", b"text", "cannot be unpacked"),
        ("a.csv.gz", gzip.compress(b"a,b\n1,2\n3,4\n" * 99, mtime=0)[:-20], "cannot be unpacked"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused(file, name, content, message):
    with pytest.raises(DataError, match=message) as raised:
        read_table(file(name, content))
    assert "\n" not in str(raised.value)
    assert name in str(raised.value)


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.floats(-1e6, 1e6), TEXTS), min_size=2, max_size=8),
    st.sampled_from([(",", "."), (";", ","), (";", "."), ("\t", ","), ("|", ".")]),
    st.sampled_from(["utf-8", "utf-8-sig"]),
    st.text("xyz é", max_size=4).map(lambda text: f"x{text}x"),
)
def test_what_a_spreadsheet_writes_is_read_back(tmp_path_factory, rows, signs, encoding, name):
    separator, decimal = signs
    frame = pd.DataFrame(rows, columns=["number", name])
    # A fraction in each number, so that there is a decimal sign to be found.
    frame["number"] = frame["number"].round(2) + 0.125
    path = tmp_path_factory.mktemp("written") / "a.csv"
    frame.to_csv(path, sep=separator, decimal=decimal, encoding=encoding, index=False)
    read = read_table(path)
    assert np.allclose(read["number"], frame["number"])
    assert read[name].tolist() == frame[name].tolist()


def test_utf16_without_its_mark_is_advised(file):
    path = file("a.csv", "a;b\n1;2\n3;4\n".encode("utf-16-le"))
    with pytest.raises(
        DataError, match=r"a.csv is written in UTF-16 without its mark; say so with --encoding utf-16-le"
    ):
        read_table(path)
