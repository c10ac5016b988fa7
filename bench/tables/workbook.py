"""Reading spreadsheets: the first sheet of a workbook of Excel or LibreOffice that holds a table, or the one
that is named.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bench.errors import BenchWarning, DataError, unknown
from bench.tables.chunks import Chunks, Wanted
from bench.tables.dialect import AS_FOUND, Dialect
from bench.tables.places import file_of, part_of

# The first and the last cell of cells that are merged into one: a row and a column each, from 0.
Merged = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class Sheet:
    """The cells of a sheet, without empty rows and columns: its axes have their numbers in the sheet, from 0.

    ``merged``: which cells are merged, where the format says so. Their value stands in the first of them.
    """

    cells: pd.DataFrame
    merged: Sequence[Merged] = ()


def read_workbook(path: Path, wanted: Wanted, dialect: Dialect = AS_FOUND) -> Chunks:
    """The rows of a sheet below the line of names: the first that names more than half of the columns. Of a
    ``dialect`` without such a line, all rows. Their index is each row's number in the sheet, less 1.

    What stands above it, such as a title, is left out with a warning; and where the workbook has further
    sheets with cells in them, and none was named, a warning names them; the first that is not hidden is read.
    A value in cells that are merged over several rows stands in each of them, which is said.
    """
    sheets = _sheets(path)
    filled = [name for name, sheet in sheets.items() if len(sheet.cells)]
    chosen = part_of(path)
    if chosen is not None and chosen not in sheets:
        raise DataError(f"{file_of(path).name}: {unknown('sheet', chosen, list(sheets))}")
    if chosen is None:
        if not filled:
            raise DataError(f"{path.name} is empty")
        chosen = filled[0]
        if len(filled) > 1:
            others = ", ".join(map(repr, filled[1:]))
            warnings.warn(
                f"{path.name}: its sheet {chosen!r} is read; {path.name}::NAME reads another: {others}",
                BenchWarning,
                stacklevel=2,
            )
    sheet = sheets[chosen]
    if dialect.names_columns:
        first, names = _names(sheet, path)
    else:
        first, names = 0, [str(number) for number in range(1, sheet.cells.shape[1] + 1)]
    frame = _rows(_downwards(sheet, first, names, path), names)
    return Chunks.of(frame[wanted(list(frame.columns))])


def _sheets(path: Path) -> dict[str, Sheet]:
    """The sheets, those that are hidden last."""
    try:
        with pd.ExcelFile(file_of(path), engine="calamine") as opened:
            book: Any = opened.book
            found = pd.read_excel(opened, sheet_name=None, header=None)
            shown = {each.name for each in book.sheets_metadata if str(each.visible).endswith(".Visible")}
            merged = {name: book.get_sheet_by_name(name).merged_cell_ranges or () for name in found}
    except ImportError:
        raise DataError(
            f"{path.name}: to read spreadsheets, install python-calamine: pip install python-calamine"
        ) from None
    except OSError:
        raise
    except Exception as error:  # calamine has errors of its own for each kind of workbook
        why = " ".join(str(error).split())
        raise DataError(
            f"{path.name} cannot be read as a spreadsheet: {why}; save it anew, or as CSV"
        ) from None
    return {
        str(name): Sheet(found[name].dropna(how="all").dropna(how="all", axis=1), merged[name])
        for name in sorted(found, key=lambda name: name not in shown)
    }


def _names(sheet: Sheet, path: Path) -> tuple[int, list[str]]:
    """How many lines the names of the columns and what stands above them take, and the names.

    Names that are merged over several lines make these one: a group above its columns stands before their
    names. Where names are repeated otherwise, what is merged above them tells them apart.
    """
    cells = sheet.cells
    width = cells.notna().sum(axis=1).to_numpy()
    if not len(width):
        return 0, []
    place = int((2 * width > width.max()).argmax())
    line = int(cells.index[place])
    if 2 * sum(not isinstance(name, str) for name in cells.iloc[place].dropna()) > cells.shape[1]:
        raise DataError(
            f"{path.name}: the first line holds numbers; it must name the columns, or say --no-header"
        )
    deep = [(top, bottom) for (top, _), (bottom, _) in sheet.merged if top <= line <= bottom]
    top = min([line, *(start for start, _ in deep)])
    bottom = max([line, *(end for _, end in deep)])
    above = int((cells.index < top).sum())
    below = int((cells.index <= bottom).sum())
    if above:
        lines = f"line {top + 1} names" if top == bottom else f"lines {top + 1} to {bottom + 1} name"
        warnings.warn(
            f"{path.name}: the {lines} the columns; what stands above is left out",
            BenchWarning,
            stacklevel=3,
        )
    names = _joined(sheet, above, below)
    if above and len(set(names)) < len(names):
        whole = _joined(sheet, above - 1, below)
        told = [full if names.count(name) > 1 else name for name, full in zip(names, whole, strict=True)]
        names = told if len(set(told)) == len(told) else names
    return below, names


def _joined(sheet: Sheet, first: int, last: int) -> list[str]:
    """What stands above each column in some lines, each text once."""
    lines = sheet.cells.iloc[first:last]
    cells: Any = lines.to_numpy(dtype=object, copy=True)
    for (top, left), (bottom, right) in sheet.merged:
        if top in lines.index and left in lines.columns:
            inside = np.ix_(
                lines.index.isin(range(top, bottom + 1)), lines.columns.isin(range(left, right + 1))
            )
            cells[inside] = lines.at[top, left]
    return [
        " ".join(dict.fromkeys(str(text).strip() for text in column if not pd.isna(text)))
        for column in cells.T
    ]


def _downwards(sheet: Sheet, first: int, names: Sequence[str], path: Path) -> pd.DataFrame:
    """The rows from the line ``first`` of a sheet on, with what is merged over several of them in each."""
    rows = sheet.cells.iloc[first:].copy()
    at: dict[Any, list[tuple[int, int]]] = {}
    for (top, left), (bottom, _) in sheet.merged:
        if top < bottom and top in rows.index and left in rows.columns:
            at.setdefault(left, []).append((top, bottom))
    for column, ranges in at.items():
        values = rows[column].to_numpy(copy=True)
        for top, bottom in ranges:
            start, end = np.searchsorted(rows.index, [top, bottom + 1])
            values[start:end] = values[start]
        rows[column] = values
    if at:
        merged = ", ".join(
            repr(name) for name, column in zip(names, rows.columns, strict=True) if column in at
        )
        warnings.warn(
            f"{path.name}: a cell that is merged over several rows counts for each of them, in {merged}",
            BenchWarning,
            stacklevel=3,
        )
    return rows


def _rows(cells: pd.DataFrame, names: Iterable[str]) -> pd.DataFrame:
    return cells.set_axis(list(names), axis=1).infer_objects().apply(_whole)


def _whole(column: pd.Series) -> pd.Series:
    """Whole numbers as such: spreadsheets have no others than floats, and a column may number the rows."""
    is_whole = column.dtype.kind == "f" and (column % 1 == 0).all() and column.abs().max() < 2**53
    return column.astype("int64") if is_whole else column
