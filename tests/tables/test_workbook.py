"""Sheets as people lay them out: titles, merged cells, hidden sheets, empty rows."""

from __future__ import annotations

import datetime

import openpyxl
import pytest
from tables import values

from bench.errors import BenchWarning
from bench.tables import read_table


@pytest.fixture
def sheet(tmp_path):
    """Write rows to a sheet, with some cells merged, and maybe with a hidden sheet before it."""

    def write(rows, merged=(), hidden_first=False):
        book = openpyxl.Workbook()
        if hidden_first:
            book.active.append(["lists", "of", "choices"])
            book.active.sheet_state = "hidden"
            book.create_sheet("May")
        for row in rows:
            book.worksheets[-1].append(row)
        for cells in merged:
            book.worksheets[-1].merge_cells(cells)
        path = tmp_path / "book.xlsx"
        book.save(path)
        return path

    return write


NAMES = ["day", "pump", "bar"]


def test_rows_are_indexed_by_their_numbers_in_the_sheet(sheet):
    path = sheet([["Log"], [], NAMES, ["a", "x", 1.5], [], ["b", "y", 2.5], ["c", "z", 4.5], []])
    with pytest.warns(BenchWarning, match="the line 3 names the columns"):
        frame = read_table(path)
    assert (frame.index + 1).tolist() == [4, 6, 7]
    assert frame["bar"].tolist() == [1.5, 2.5, 4.5]


def test_what_is_merged_over_rows_counts_for_each_of_them(sheet):
    days = [datetime.date(2026, 1, day) for day in (1, 2)]
    rows = [[days[0], "x", 1.5], [None, "y", 2.5], [days[1], "z", 4.5], [None, "x", 3.5], [None, None, 1.25]]
    path = sheet([["Log of January"], NAMES, *rows], merged=["A1:C1", "A3:A4", "A5:A7", "B6:C6"])
    with pytest.warns(BenchWarning, match="merged over several rows counts for each of them, in 'day'"):
        frame = read_table(path)
    assert frame["day"].dt.date.tolist() == [days[0]] * 2 + [days[1]] * 3
    assert frame["pump"].isna().tolist() == [False, False, False, False, True]


def test_names_in_two_lines_make_one(sheet):
    names = [["day", "Water", None, "Oil", None], [None, "bar", "l/min", "bar", "note"]]
    rows = [["a", 1, 2, 3, "n"], ["b", 5, 7, 8, "m"], ["c", 4, 2, 9, "n"]]
    path = sheet([*names, *rows], merged=["A1:A2", "B1:C1", "D1:E1"])
    assert list(read_table(path).columns) == ["day", "Water bar", "Water l/min", "Oil bar", "Oil note"]
    # Where nothing is merged downwards, the groups stand above the names, which are told apart by them.
    path = sheet([[None, *names[0][1:]], ["day", *names[1][1:]], *rows], merged=["B1:C1", "D1:E1"])
    with pytest.warns(BenchWarning, match="the line 2 names the columns"):
        assert list(read_table(path).columns) == ["day", "Water bar", "l/min", "Oil bar", "note"]


def test_the_first_sheet_that_is_shown_is_read(sheet):
    path = sheet([NAMES, ["a", "x", 1.5], ["b", "y", 2.5]], hidden_first=True)
    with pytest.warns(BenchWarning, match=r"its sheet 'May' is read; .* reads another: 'Sheet'"):
        assert values(read_table(path))["bar"] == [1.5, 2.5]
