"""Spreadsheets, databases and other files whose tables are not text."""

from __future__ import annotations

import sqlite3
import warnings
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest
from tables import values, zipped

from bench.errors import BenchWarning, DataError
from bench.tables import chunks, read_table

TABLE = pd.DataFrame({"size": [1.5, 2.5, 4.0], "colour": ["red", "blue", None], "count": [3, 4, 5]})
FOUND = {"size": [1.5, 2.5, 4.0], "colour": ["red", "blue", None], "count": [3, 4, 5]}
OTHER = pd.DataFrame({"width": [7, 9, 8]})


@pytest.fixture(params=["sqlite", "duckdb"])
def database(request, tmp_path):
    """A file of two tables and a view of the first's small rows, and how to execute more on it."""
    path = tmp_path / f"plant.{request.param}"
    if request.param == "sqlite":
        connect = lambda: closing(sqlite3.connect(path))  # noqa: E731
    else:
        duckdb = pytest.importorskip("duckdb")
        connect = lambda: duckdb.connect(path)  # noqa: E731

    def execute(*statements):
        with connect() as connection:
            for statement in statements:
                connection.execute(statement)
            connection.commit()

    execute(
        "CREATE TABLE readings (size DOUBLE, colour VARCHAR, count INTEGER)",
        "INSERT INTO readings VALUES (1.5, 'red', 3), (2.5, 'blue', 4), (4.0, NULL, 5)",
        "CREATE TABLE others (width INTEGER)",
        "INSERT INTO others VALUES (7), (9), (8)",
        "CREATE VIEW small AS SELECT size, count FROM readings WHERE size < 3",
    )
    return path, execute


def part(path, name):
    return Path(f"{path}::{name}")


def test_a_table_a_view_or_a_query_of_a_database_is_read(database):
    path, _ = database
    assert values(read_table(part(path, "readings"))) == FOUND
    assert values(read_table(part(path, "small"))) == {"size": [1.5, 2.5], "count": [3, 4]}
    halves = read_table(part(path, "SELECT size / 2 AS half FROM readings ORDER BY size DESC;"))
    assert values(halves) == {"half": [2.0, 1.25, 0.75]}


def test_the_only_table_needs_no_name(database):
    path, execute = database
    with pytest.raises(DataError, match=rf"as {path.name}::TABLE; its tables: others, readings, small"):
        read_table(path)
    execute("DROP VIEW small", "DROP TABLE others")
    assert values(read_table(path)) == FOUND


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("reading", "unknown table 'reading'; did you mean 'readings'"),
        ("select nothing from readings", "cannot be read: .*nothing"),
        ("select * from readings; drop table readings", "cannot be read"),
    ],
)
def test_what_a_database_does_not_hold_is_said(database, name, message):
    path, _ = database
    with pytest.raises(DataError, match=message) as raised:
        read_table(part(path, name))
    assert "\n" not in str(raised.value)
    assert len(read_table(part(path, "readings"))) == 3


def test_a_query_of_duckdb_reads_no_other_file(tmp_path):
    duckdb = pytest.importorskip("duckdb")
    (tmp_path / "secret.csv").write_text("a\n1\n2\n")
    with duckdb.connect(tmp_path / "a.duckdb") as connection:
        connection.execute("CREATE TABLE t (a INTEGER)")
    with pytest.raises(DataError, match="disabled"):
        read_table(part(tmp_path / "a.duckdb", f"SELECT * FROM '{tmp_path}/secret.csv'"))


def test_codes_of_a_database_are_the_same_in_every_row(tmp_path, monkeypatch):
    monkeypatch.setattr(chunks, "CHUNK_CELLS", 1)
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (code, a)")
        connection.executemany("INSERT INTO t VALUES (?, ?)", [(7, 1)] * 1500 + [("x9", 2)] * 1500)
        connection.commit()
    assert read_table(path)["code"].value_counts().to_dict() == {"7": 1500, "x9": 1500}


@pytest.mark.parametrize("ending", ["xlsx", "ods"])
def test_a_spreadsheet_is_read_by_its_first_table_or_by_the_sheet_that_is_named(tmp_path, ending):
    path = tmp_path / f"book.{ending}"
    with pd.ExcelWriter(path) as writer:
        pd.DataFrame().to_excel(writer, sheet_name="empty")
        TABLE.to_excel(writer, sheet_name="May", index=False)
        OTHER.to_excel(writer, sheet_name="June", index=False)
    with pytest.warns(
        BenchWarning, match=rf"its sheet 'May' is read; book\.{ending}::NAME reads another: 'June'"
    ):
        assert values(read_table(path)) == FOUND
    assert values(read_table(part(path, "June"))) == {"width": [7, 9, 8]}
    with pytest.raises(DataError, match="unknown sheet 'july'"):
        read_table(part(path, "july"))


def test_a_title_above_the_names_is_left_out(tmp_path):
    path = tmp_path / "book.xlsx"
    with pd.ExcelWriter(path) as writer:
        pd.DataFrame([["Readings of May"]]).to_excel(writer, header=False, index=False)
        TABLE.to_excel(writer, startrow=2, startcol=1, index=False)
    with pytest.warns(BenchWarning, match=r"book\.xlsx: the line 3 names the columns"):
        assert values(read_table(path)) == FOUND


def test_a_column_without_a_name_does_not_hide_the_names(tmp_path):
    path = tmp_path / "book.xlsx"
    table = pd.concat([TABLE] * 3, ignore_index=True)
    table.to_excel(path)  # the index has no name
    with pytest.warns(BenchWarning, match="the column without a name numbers the rows"):
        assert list(read_table(path).columns) == ["size", "colour", "count"]


def test_a_spreadsheet_without_names_is_refused(tmp_path):
    path = tmp_path / "book.xlsx"
    pd.DataFrame([[1, 2], [3, 4], [5, 6]]).to_excel(path, header=False, index=False)
    with pytest.raises(DataError, match="the first line holds numbers"):
        read_table(path)


def test_feather_is_read_in_chunks(tmp_path, monkeypatch):
    path = tmp_path / "a.feather"
    TABLE.to_feather(path)
    assert values(read_table(path)) == FOUND
    monkeypatch.setattr("bench.tables.parquet.rows_at_a_time", lambda columns: 1)
    assert values(read_table(path, drop=["size"])) == {name: FOUND[name] for name in ("colour", "count")}


def test_rows_of_json_may_lack_names_and_codes_stay_codes(file, monkeypatch):
    monkeypatch.setattr(chunks, "CHUNK_CELLS", 1)
    lines = ['{"a": 1, "code": "07"}'] * 1500 + ['{"code": 7, "late": true}'] * 1500
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", BenchWarning)
        frame = read_table(file("a.jsonl", "\n".join(lines)))
    assert list(frame.columns) == ["a", "code", "late"]
    assert frame["a"].isna().sum() == frame["late"].isna().sum() == 1500


@pytest.mark.parametrize(
    "content",
    [
        '{"a": 1, "at": {"x": [2, 3.5]}, "tags": ["u", "v"]}\n\n{"a": 4, "at": {"x": [5, 6]}, "tags": []}\n',
        '[{"a": 1, "at.x": [2, 3.5], "tags": [{}, []]},\n {"a": 4, "at.x": [5, 6], "tags": []}]',
        '{"type": "Answer",\n "rows": [{"a": 1, "at.x.1": 2, "at.x.2": 3.5, "tags": 2},'
        '{"a": 4, "at.x.1": 5, "at.x.2": 6, "tags": 0}], "box": [1, 2]}',
        '{"a": [1, 4], "at.x.1": [2, 5], "at.x.2": [3.5, 6], "tags": [2, 0]}',
        '{"a": {"0": 1, "1": 4}, "at.x.1": {"0": 2, "1": 5}, "at.x.2": {"0": 3.5, "1": 6},'
        ' "tags": {"0": 2, "1": 0}}',
    ],
)  # fmt: skip
def test_json_with_objects_and_lists_in_rows_and_rows_in_an_object(file, content):
    expected = {"a": [1, 4], "at.x.1": [2, 5], "at.x.2": [3.5, 6], "tags": [2, 0]}
    assert values(read_table(file("a.json", content))) == expected


def test_a_list_that_a_row_lacks_is_empty_there(file):
    frame = read_table(file("a.jsonl", '{"a": [1, 2]}\n{"a": null}\n{"b": 1}\n'))
    assert values(frame)["a.2"] == [2, None, None]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.jsonl", '{"a": 1}\n{"a": 2\n', "line 2 is not valid JSON"),
        ("a.jsonl", '{"a": 1}\n[2]\n', "line 2 is no object of names and values"),
        ("a.json", "[1, 2]", "it is no object of names and values"),
        ("a.json", '{"a": {"b": 1}}', "has one row"),
        ("a.jsonl", "", "holds no columns"),
        ("a.jsonl", f'{{"a": 1{"0" * 400}}}\n{{"a": 2}}\n', "'a' holds infinite values, first in row 1"),
        ("a.xlsx", "no workbook", r"a\.xlsx cannot be read as a spreadsheet"),
        ("a.feather", "no table of Arrow", r"a\.feather is not a Feather file"),
        ("a.sqlite", "no database at all" * 99, r"a\.sqlite cannot be read: file is not a database"),
        ("a.zip", zipped({"a.csv": "a\n1\n2\n", "b.csv": "b\n1\n2\n"}), r"a\.zip holds 2 files"),
        ("a.zip", zipped({"a.npz": ""}), r"what is packed must be one of \.csv"),
        ("a.zip", "no archive", r"a\.zip cannot be unpacked: File is not a zip file"),
        ("a.csv.xz", "not packed", r"a\.csv\.xz cannot be unpacked"),
        ("a.csv::b", "a\n1\n2\n", None),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_in_a_sentence(file, name, content, message):
    path = file(name, content)
    if message is None:
        with pytest.raises(DataError, match=r"must be one of .*; texts may end with"):
            read_table(path)
        return
    with pytest.raises(DataError, match=message) as raised:
        read_table(path)
    assert "\n" not in str(raised.value)


def test_a_text_has_no_parts(file):
    path = file("a.csv", "a\n1\n2\n")
    with pytest.raises(DataError, match=r"a\.csv has no parts to name after '::'"):
        read_table(part(path, "b"))
