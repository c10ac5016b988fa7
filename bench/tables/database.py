"""Reading databases in one file, SQLite's and DuckDB's: the only table, one that is named, or a query."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd

from bench.errors import DataError, unknown
from bench.tables.chunks import Chunks, Wanted, rows_at_a_time, with_texts
from bench.tables.places import file_of, part_of

# A table called "select" can be read by a query.
_QUERIES = ("select ", "with ", "from ")


def read_sqlite(path: Path, wanted: Wanted) -> Chunks:
    """The rows of a table, a view or a query of an SQLite file, which is only read."""
    address = f"{file_of(path).resolve().as_uri()}?mode=ro"

    def connect() -> Any:
        return sqlite3.connect(address, uri=True)

    tables = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'"
    return _chunks(path, wanted, connect, sqlite3.Error, tables)


def read_duckdb(path: Path, wanted: Wanted) -> Chunks:
    """The rows of a table, a view or a query of a DuckDB file; a query reads no other file."""
    try:
        import duckdb
    except ImportError:
        raise DataError(f"{path.name}: to read DuckDB files, install duckdb: pip install duckdb") from None

    def connect() -> Any:
        return duckdb.connect(file_of(path), read_only=True, config={"enable_external_access": "false"})

    return _chunks(path, wanted, connect, duckdb.Error, "SELECT table_name FROM information_schema.tables")


def _chunks(path: Path, wanted: Wanted, connect: Any, errors: type[Exception], tables: str) -> Chunks:
    """What a database answers, in chunks; ``tables`` is its query for the names of all tables."""

    @contextlib.contextmanager
    def answering(query: str) -> Iterator[Any]:
        try:
            with closing(connect()) as connection:
                yield connection.execute(query)
        except (errors, UnicodeDecodeError) as error:  # the latter of a damaged file of SQLite
            why = " ".join(str(error).split())
            raise DataError(f"{file_of(path).name} cannot be read: {why}") from None

    query = _query(path, lambda: [name for (name,) in _all(answering, tables)])
    with answering(f"SELECT * FROM ({query}) LIMIT 0") as answer:
        names = [column[0] for column in answer.description]
    kept = wanted(names)

    def chunks(as_text: Sequence[str]) -> Iterator[pd.DataFrame]:
        with answering(query) as answer:
            while rows := answer.fetchmany(rows_at_a_time(len(names))):
                yield with_texts(pd.DataFrame(rows, columns=names)[kept], as_text)

    return Chunks(chunks)


def _all(answering: Any, query: str) -> list[Any]:
    with answering(query) as answer:
        found: list[Any] = answer.fetchall()
        return found


def _query(path: Path, tables: Any) -> str:
    """The query that is named, or that reads the table which is; the only one where none is."""
    part, file = part_of(path), file_of(path)
    if part is not None and part.lstrip().lower().startswith(_QUERIES):
        return part.rstrip().rstrip(";")
    found = sorted(tables())
    if part is None:
        if len(found) != 1:
            shown = ", ".join(found[:10]) if found else "none"
            raise DataError(f"{file.name} is read by table, as {file.name}::TABLE; its tables: {shown}")
        part = found[0]
    if part not in found:
        raise DataError(f"{file.name}: {unknown('table', part, found)}")
    name = part.replace('"', '""')
    return f'SELECT * FROM "{name}"'
