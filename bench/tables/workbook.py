"""Reading spreadsheets: the first sheet of a workbook of Excel or LibreOffice that holds a table, or the one
that is named.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from bench.errors import BenchWarning, DataError, unknown
from bench.tables.chunks import Chunks, Wanted
from bench.tables.dialect import AS_FOUND, Dialect
from bench.tables.places import file_of, part_of


def read_workbook(path: Path, wanted: Wanted, dialect: Dialect = AS_FOUND) -> Chunks:
    """The rows of a sheet below the line of names: the first that names more than half of the columns. Of a
    ``dialect`` without such a line, all rows.

    What stands above it, such as a title, is left out with a warning; and where the workbook has further
    sheets with cells in them, and none was named, a warning names them.
    """
    sheets = _sheets(path)
    filled = [name for name, cells in sheets.items() if len(cells)]
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
    cells = sheets[chosen]
    frame = _below_names(cells, path) if dialect.names_columns else _rows(cells, range(1, cells.shape[1] + 1))
    return Chunks.of(frame[wanted(list(frame.columns))])


def _sheets(path: Path) -> dict[str, pd.DataFrame]:
    """The cells of each sheet, without empty rows and columns."""
    try:
        found: dict[Any, pd.DataFrame] = pd.read_excel(
            file_of(path), sheet_name=None, header=None, engine="calamine"
        )
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
    return {str(name): cells.dropna(how="all").dropna(how="all", axis=1) for name, cells in found.items()}


def _below_names(cells: pd.DataFrame, path: Path) -> pd.DataFrame:
    """The rows below the line of names."""
    width = cells.notna().sum(axis=1).to_numpy()
    if not len(width):
        return pd.DataFrame()
    first = int((2 * width > width.max()).argmax())
    if first:
        warnings.warn(
            f"{path.name}: the line {int(cells.index[first]) + 1} names the columns; what stands above it is "
            "left out",
            BenchWarning,
            stacklevel=3,
        )
    names = ["" if pd.isna(name) else str(name).strip() for name in cells.iloc[first]]
    if 2 * sum(not isinstance(name, str) for name in cells.iloc[first].dropna()) > len(names):
        raise DataError(
            f"{path.name}: the first line holds numbers; it must name the columns, or say --no-header"
        )
    return _rows(cells.iloc[first + 1 :], names)


def _rows(cells: pd.DataFrame, names: Iterable[Any]) -> pd.DataFrame:
    rows = cells.set_axis([str(name) for name in names], axis=1).reset_index(drop=True)
    return rows.infer_objects().apply(_whole)


def _whole(column: pd.Series) -> pd.Series:
    """Whole numbers as such: spreadsheets have no others than floats, and a column may number the rows."""
    is_whole = column.dtype.kind == "f" and (column % 1 == 0).all() and column.abs().max() < 2**53
    return column.astype("int64") if is_whole else column
