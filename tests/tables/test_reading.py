"""A user's file becomes a table of numbers and text, whatever the format; large ones are sampled."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tracemalloc
import warnings

import pandas as pd
import pytest
from tables import large, values, zipped

from bench.errors import BenchWarning, DataError
from bench.tables import chunks, read_table, reading

CSV = "size,colour\n1.5,red\n2.5,blue\n"
JSON_LINES = b'{"size": 1.5, "colour": "red"}\n{"colour": "blue", "size": 2.5}'
ARFF = "@relation table\n@attribute size real\n@attribute colour {red,blue}\n@data\n1.5,red\n2.5,blue\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plain.csv", "size,colour\n1.5,red\n2.5,blue\n"),
        ("windows.csv", "size,colour\r\n1.5,red\r\n2.5,blue\r\n"),
        ("spaces.CSV", " size, colour\n 1.5, red \n2.5,blue\n"),
        ("quoted.csv", '"size","colour"\n"1.5","red"\n"2.5","blue"\n'),
        ("bom.csv", "\ufeffsize,colour\n1.5,red\n2.5,blue\n"),
        ("european.csv", "\ufeffsize;colour\n1,5;red\n2,5;blue\n"),
        ("semicolons.csv", "size;colour\n1.5;red\n2.5;blue\n"),
        ("tabs.tsv", "size\tcolour\n1.5\tred\n2.5\tblue\n"),
        ("tabs.txt", "size\tcolour\n1,5\tred\n2,5\tblue\n"),
        # Without the time: processes that run tests side by side must give them the same names.
        ("packed.csv.gz", gzip.compress(b"size,colour\n1.5,red\n2.5,blue\n", mtime=0)),
        ("packed.csv.bz2", bz2.compress(b"size,colour\n1.5,red\n2.5,blue\n")),
        ("packed.tsv.xz", lzma.compress(b"size\tcolour\n1.5\tred\n2.5\tblue\n")),
        ("packed.zip", zipped({"a/table.csv": CSV, "__MACOSX/a/._table.csv": "what macOS adds"})),
        ("rows.jsonl", '{"size": 1.5, "colour": "red"}\n\n{"colour": "blue", "size": 2.5}\n'),
        ("rows.ndjson.gz", gzip.compress(JSON_LINES, mtime=0)),
        ("list.json", '\ufeff[{"size": 1.5, "colour": "red"},\n {"size": 2.5, "colour": "blue"}]'),
        ("numbered.csv", ",size,colour\n0,1.5,red\n1,2.5,blue\n"),
        ("trailing.csv", "size,colour,\n1.5,red,\n2.5,blue,\n"),
        ("table.arff", ARFF),
        ("many.dots.v2.csv", "size,colour\n1.5,red\n2.5,blue\n"),
    ],
)  # fmt: skip
def test_one_table_in_many_forms(file, name, content, monkeypatch):
    monkeypatch.setattr("bench.tables.columns.FEWEST_COUNTED", 2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", BenchWarning)
        frame = read_table(file(name, content))
    assert values(frame) == {"size": [1.5, 2.5], "colour": ["red", "blue"]}


def test_columns_are_dropped_before_anything_can_be_wrong_with_them(file):
    path = file("a.csv", "when,a,b\n2024-01-02,1,2\n2024-01-03,3,4\n")
    assert list(read_table(path, drop=["when", "b"]).columns) == ["a"]


def test_a_code_is_the_same_in_every_row_wherever_it_stands(file, monkeypatch):
    monkeypatch.setattr(chunks, "CHUNK_CELLS", 4)
    rows = "07,1\n" * 1500 + "x9,2\n" * 1500 + "07,3\n" * 1500
    codes = read_table(file("a.csv", "code,a\n" + rows))["code"]
    assert codes.value_counts().to_dict() == {"07": 3000, "x9": 1500}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "a,b\n", "a.csv has no rows"),
        ("a.csv", "a,b\n1,2\n", "a.csv has one row"),
        ("a.csv", "a,b,a\n1,2,3\n4,5,6\n", "more than one column 'a'; give each its own name"),
        ("a.docx", "", r"the end of a file.s name must be one of \.csv, .*\.parquet, .*\.mat"),
        ("noend", "a", "the end of a file"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_table_is_refused(file, name, content, message):
    with pytest.raises(DataError, match=message) as raised:
        read_table(file(name, content))
    assert "\n" not in str(raised.value)
    assert name in str(raised.value)


def test_a_path_that_is_no_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"there is no file '.*gone\.csv'"):
        read_table(tmp_path / "gone.csv")
    with pytest.raises(DataError, match="is not a file"):
        read_table(tmp_path)


def test_a_dropped_column_that_is_not_there_is_named(file):
    path = file("a.csv", "income,b\n1,2\n3,4\n")
    with pytest.raises(DataError, match="unknown column 'incme'; did you mean 'income'"):
        read_table(path, drop=["incme"])
    with pytest.raises(DataError, match="no column is left"):
        read_table(path, drop=["income", "b"])


def test_of_a_large_file_a_sample_is_taken_the_same_however_it_is_read(file, monkeypatch):
    path = large(file, 3000)
    with pytest.warns(
        BenchWarning, match=r"large\.csv has 3,000 rows; a random sample of 500 of them is used"
    ):
        one = read_table(path, most_rows=500)
    monkeypatch.setattr(chunks, "CHUNK_CELLS", 1)  # as many chunks as there can be
    with pytest.warns(BenchWarning):
        other = read_table(path, most_rows=500)
    pd.testing.assert_frame_equal(one, other)
    assert (one["twice"] == 2 * one.index).all()
    assert len(one) == one.index.nunique() == 500
    assert one.index.is_monotonic_increasing
    assert one.index.to_numpy().mean() == pytest.approx(1500, abs=150)


def test_of_many_columns_fewer_rows_are_taken(file, monkeypatch):
    monkeypatch.setattr(reading, "MOST_CELLS", 2200)
    with pytest.warns(BenchWarning, match="a random sample of 100 of them"):
        assert len(read_table(large(file, 300))) == 100


def test_the_memory_that_reading_takes_does_not_grow_with_the_file(file, monkeypatch):
    monkeypatch.setattr(chunks, "CHUNK_CELLS", 22_000)
    peaks = []
    for rows in (4000, 16_000):
        path = large(file, rows)
        tracemalloc.start()
        with pytest.warns(BenchWarning):
            read_table(path, most_rows=500)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0]
