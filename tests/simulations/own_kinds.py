"""Files as they are published: their rows, what is true of each, and an earlier and a later half."""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
import pandas as pd

Rows = pd.DataFrame
OfRows = Callable[[Rows], pd.Series]


@dataclass(frozen=True)
class Half:
    """A part of a file, written as the whole is: what the command line calls it, and what is true of each
    row, 1 for the event, 0 for none, NaN where it is not known. ``first``: the number of its first row.
    """

    address: str
    truth: np.ndarray
    first: int


# Writes the rows where a mask is true, of a file, to another one; gives what the command line calls that.
Write = Callable[[Path, np.ndarray, Path], str]


@dataclass(frozen=True)
class Kind:
    """A format of files: its rows with all cells as the file has them, and how some of them are written."""

    rows: Callable[[Path], Rows]
    write: Write
    first: int = 1


def halves(kind: Kind, file: Path, folder: Path, event: OfRows, later: OfRows) -> tuple[Half, Half]:
    """The earlier rows and the later ones, each in a file of its own in ``folder``."""
    rows = kind.rows(file)
    is_later, truth = later(rows).to_numpy(bool), event(rows).to_numpy(float)
    found = []
    for name, mask in (("first", ~is_later), ("second", is_later)):
        folder.mkdir(parents=True, exist_ok=True)
        address = kind.write(file, mask, folder / f"{name}-{file.name}")
        found.append(Half(address, truth[mask], kind.first))
    return found[0], found[1]


def every_other(rows: Rows) -> pd.Series:
    """Of rows without an order of time: each second one."""
    return pd.Series(np.arange(len(rows)) % 2 == 1)


def second_half(rows: Rows) -> pd.Series:
    """Of rows in order of time: the later half."""
    return pd.Series(np.arange(len(rows)) >= len(rows) / 2)


def delimited(sep: str = ",") -> Kind:
    """Lines below a line of names; no cell holds the end of a line."""

    def rows(file: Path) -> Rows:
        text = io.BytesIO(_text(file))
        return pd.read_csv(text, sep=sep, dtype=str, keep_default_na=False, encoding="utf-8-sig")

    return Kind(rows, lambda file, mask, to: _with_lines(file, mask, to, header=1))


def _text(file: Path) -> bytes:
    if file.suffix != ".zip":
        return file.read_bytes()
    with ZipFile(file) as archive:
        return archive.read(archive.namelist()[0])


def _with_lines(file: Path, mask: np.ndarray, to: Path, header: int) -> str:
    lines = _text(file).splitlines(keepends=True)
    below = lines[header:]
    if len(below) != len(mask):
        raise ValueError(f"{file.name} has {len(below)} lines and {len(mask)} rows")
    text = b"".join([*lines[:header], *(below[row] for row in np.flatnonzero(mask))])
    if to.suffix == ".zip":
        with ZipFile(to, "w", ZIP_DEFLATED) as archive:
            archive.writestr(to.stem, text)
    else:
        to.write_bytes(text)
    return str(to)


def _json_rows(file: Path) -> Rows:
    return pd.DataFrame([json.loads(line) for line in file.read_text().splitlines()])


JSON_LINES = Kind(_json_rows, lambda file, mask, to: _with_lines(file, mask, to, header=0))


def _features(file: Path) -> Rows:
    return pd.json_normalize(json.loads(file.read_text())["features"])


def _write_features(file: Path, mask: np.ndarray, to: Path) -> str:
    whole = json.loads(file.read_text())
    whole["features"] = [whole["features"][row] for row in np.flatnonzero(mask)]
    to.write_text(json.dumps(whole))
    return str(to)


GEO_JSON = Kind(_features, _write_features)
PARQUET = Kind(
    pd.read_parquet,
    lambda file, mask, to: pd.read_parquet(file)[mask].to_parquet(to, index=False) or str(to),
)


def workbook(sheet: str) -> Kind:
    """A sheet with names in its first line; its halves are written as .xlsx, with all other sheets."""

    def rows(file: Path) -> Rows:
        return pd.read_excel(file, sheet_name=sheet, engine="calamine")

    def write(file: Path, mask: np.ndarray, to: Path) -> str:
        to = to.with_suffix(".xlsx")
        sheets = pd.read_excel(file, sheet_name=None, header=None, engine="calamine")
        sheets[sheet] = sheets[sheet][np.append(True, mask)]
        with pd.ExcelWriter(to, engine="openpyxl") as writer:
            for name, cells in sheets.items():
                cells.to_excel(writer, sheet_name=name, header=False, index=False)
        return f"{to}::{sheet}"

    return Kind(rows, write, first=2)


def queried(columns: str, table: str, order: str) -> Kind:
    """A table of SQLite, read by a query; its halves are the same file and another query."""
    query = f"SELECT {columns} FROM {table} ORDER BY {order}"

    def rows(file: Path) -> Rows:
        with closing(sqlite3.connect(file)) as connection:
            return pd.read_sql(query, connection)

    def write(file: Path, mask: np.ndarray, to: Path) -> str:
        first, last = np.flatnonzero(mask)[[0, -1]]
        return f"{file}::{query} LIMIT {last - first + 1} OFFSET {first}"

    return Kind(rows, write)
