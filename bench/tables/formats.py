"""The formats of files, by the end of their names, and which options of a dialect each takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bench.errors import DataError
from bench.tables.arrays import read_arff, read_npz
from bench.tables.chunks import Chunks, Reader, Wanted
from bench.tables.database import read_duckdb, read_sqlite
from bench.tables.delimited import read_delimited
from bench.tables.dialect import AS_FOUND, Dialect
from bench.tables.json_lines import read_json
from bench.tables.matlab import read_mat
from bench.tables.packed import PACKED, is_packed, unpacked_name
from bench.tables.parquet import read_feather, read_parquet
from bench.tables.places import file_of
from bench.tables.workbook import read_workbook


@dataclass(frozen=True)
class Format:
    """How a file is read. ``takes``: the fields of a `Dialect` that say something about it, besides those of
    numbers in texts. ``parts``: whether it may hold several tables. ``numbered``: whether rows have numbers
    that whoever opens it sees, as in a sheet; else they are counted from 1.
    """

    read: Reader
    takes: tuple[str, ...] = ()
    parts: bool = False
    numbered: bool = False

    def open(self, path: Path, wanted: Wanted, dialect: Dialect) -> Chunks:
        return self.read(path, wanted, dialect) if self.takes else self.read(path, wanted)


DELIMITED = Format(read_delimited, ("sep", "encoding", "header"))
JSON = Format(read_json)
WORKBOOK = Format(read_workbook, ("header",), parts=True, numbered=True)
SQLITE = Format(read_sqlite, parts=True)
PARQUET, FEATHER = Format(read_parquet), Format(read_feather)

# By the end of a file's name. Texts may be packed as well, as in .csv.gz or a zip archive.
TEXTS: dict[str, Format] = {
    ".csv": DELIMITED,
    ".tsv": DELIMITED,
    ".txt": DELIMITED,
    ".jsonl": JSON,
    ".ndjson": JSON,
    ".json": JSON,
}
FORMATS: dict[str, Format] = {
    **TEXTS,
    ".xlsx": WORKBOOK,
    ".xls": WORKBOOK,
    ".xlsb": WORKBOOK,
    ".ods": WORKBOOK,
    ".parquet": PARQUET,
    ".pq": PARQUET,
    ".feather": FEATHER,
    ".arrow": FEATHER,
    ".sqlite": SQLITE,
    ".sqlite3": SQLITE,
    ".db": SQLITE,
    ".duckdb": Format(read_duckdb, parts=True),
    ".npz": Format(read_npz),
    ".arff": Format(read_arff, ("encoding",)),
    ".mat": Format(read_mat),
}
# About cells, which any format has.
OF_CELLS = ("decimal", "thousands", "empty")
# How the options are called of which a format may take none.
OPTIONS = {"sep": "--sep", "encoding": "--encoding", "header": "--no-header"}


def open_table(path: Path, wanted: Wanted, dialect: Dialect = AS_FOUND) -> Chunks:
    """The table in a file. DataError where there is none, or where ``dialect`` is not of its format."""
    found = format_of(path, dialect)
    for name, option in OPTIONS.items():
        if name in dialect.given() and name not in found.takes:
            endings = ", ".join(ending for ending, each in FORMATS.items() if name in each.takes)
            raise DataError(f"{file_of(path).name}: {option} is about files of {endings}; leave it out")
    chunks = found.open(path, wanted, dialect)
    return replace(
        chunks.emptied(dialect.empties),
        numbers=dialect.numbers(chunks.numbers.decimal),
        numbered=found.numbered,
    )


def numbers_rows(path: Path) -> bool:
    """Whether a row's number is the one that it has in the file as its programs show it."""
    ending = file_of(path).suffix.lower()
    return ending in FORMATS and FORMATS[ending].numbered


def another_like(path: Path) -> str:
    """What to call the next file of a format in a command that is shown."""
    ending = file_of(path).suffix.lower()
    return f"NEW{ending if ending in FORMATS else '.csv'}"


def fitted(path: Path, said: Dialect, of_many: Dialect) -> Dialect:
    """A dialect said of one file, over one said of many, of which that counts which is about its format."""
    both = said.over(of_many)
    takes = (*format_of(path, both).takes, *OF_CELLS)
    return said.over(Dialect.of({name: value for name, value in both.given().items() if name in takes}))


def format_of(path: Path, dialect: Dialect = AS_FOUND) -> Format:
    """The format of a file of this name: of an unknown one, text where ``dialect`` says what separates cells.

    DataError where there is no such file, or no format for it.
    """
    file = file_of(path)
    if not file.exists():
        raise DataError(f"there is no file {str(file)!r}")
    if not file.is_file():
        raise DataError(f"{str(file)!r} is not a file")
    packed = is_packed(file)
    formats: Mapping[str, Format] = TEXTS if packed else FORMATS
    ending = Path(unpacked_name(file)).suffix.lower()
    found = formats.get(ending)
    if found is None and ending not in FORMATS and dialect.sep is not None:
        found = DELIMITED
    if found is None:
        if packed:
            raise DataError(f"{file.name}: what is packed must be one of {', '.join(TEXTS)}")
        known = f"{', '.join(FORMATS)}; texts may end with {', '.join(PACKED)} as well"
        raise DataError(
            f"{file.name}: if it is text, say with --sep what separates the cells of its lines; else the end "
            f"of a file's name must be one of {known}"
        )
    if file != path and not found.parts:
        raise DataError(f"{file.name} has no parts to name after '::'; a spreadsheet or a database has")
    return found
