"""Reading CSV and TSV files, as spreadsheets of any country write them, in chunks."""

from __future__ import annotations

import codecs
import csv
import io
import re
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import pandas as pd

from bench.errors import BenchWarning, DataError
from bench.tables.chunks import Chunks, Wanted, rows_at_a_time
from bench.tables.dialect import AS_FOUND, Dialect
from bench.tables.numbers import Decimal
from bench.tables.packed import UNPACKABLE, cannot_unpack, is_packed, opened

# The number of characters that decide a file's separator and its decimal separator.
HEAD = 65_536
LONGEST_LINE = 2**24
SEPARATORS = ",;\t|"
# The number of lines that decide the separator.
LINES_READ = 20
# Texts of missing values besides those that pandas knows.
MISSING = ["?"]

_NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?")
# What hardly names a column: a number with decimals, a code that begins with 0, a date.
_VALUE = re.compile(r"[-+]?\d[\d.,']*[.,]\d+|0\d+|\d{4}-\d\d-\d\d.*|\d\d?[./]\d\d?[./]\d{4}.*")


def read_delimited(path: Path, wanted: Wanted, dialect: Dialect = AS_FOUND) -> Chunks:
    """The rows of a text file, whose first line names the columns unless ``dialect`` says otherwise."""
    encoding = dialect.codec or encoding_of(path)
    head = _head(path, encoding)
    separator = dialect.separator or _separator(head)
    try:
        lines = _lines(head, separator)
        names, first_row = [name.strip() for name in next(lines)], next(lines, [])
    except csv.Error as error:
        raise DataError(f"{path.name} cannot be read: {error}") from None
    if dialect.names_columns:
        if dialect.header is None:
            _check_first_line(names, path)
        if len(first_row) > len(names):
            raise DataError(
                f"{path.name}: the first row has {len(first_row)} cells and the first line names "
                f"{len(names)} columns; name each column"
            )
    else:
        names = [str(number) for number in range(1, len(names) + 1)]
    kept, numbers = wanted(names), dialect.numbers(_decimal(head, separator))
    options: dict[str, Any] = {
        "sep": r"\s+" if separator == " " else separator,
        "header": 0 if dialect.names_columns else None,
        "decimal": numbers.decimal,
        "encoding": encoding,
        "skipinitialspace": True,
        "na_values": MISSING,
        "low_memory": False,
        "chunksize": rows_at_a_time(len(names)),
    }

    def chunks(as_text: Sequence[str]) -> Iterator[pd.DataFrame]:
        texts = {index: str for index, name in enumerate(names) if name in as_text}
        try:
            source = opened(path) if is_packed(path) else path
            with pd.read_csv(source, dtype=texts, **options) as reader:
                for chunk in reader:
                    if chunk.shape[1] != len(names):
                        raise DataError(
                            f"{path.name}: the first line names {len(names)} columns and the rows have "
                            f"{chunk.shape[1]} cells"
                        )
                    yield chunk.set_axis(names, axis=1)[kept]
        except UnicodeDecodeError:
            raise not_written_in(encoding, path) from None
        except UNPACKABLE as error:
            raise cannot_unpack(path, error) from None
        except pd.errors.ParserError as error:
            raise DataError(f"{path.name} cannot be read: {_in_words(str(error))}") from None

    return Chunks(chunks, numbers)


def _head(path: Path, encoding: str) -> str:
    """The beginning of the file, up to the end of a line where it has one."""
    try:
        with io.TextIOWrapper(opened(path), encoding=encoding) as file:
            head = file.readline(LONGEST_LINE) + file.read(HEAD) + file.readline(HEAD)
    except UnicodeError:
        raise not_written_in(encoding, path) from None
    except UNPACKABLE as error:
        raise cannot_unpack(path, error) from None
    if not head.strip():
        raise DataError(f"{path.name} is empty")
    if head.count("\0") > len(head) / 3:
        raise DataError(
            f"{path.name} is written in UTF-16 without its mark; say so with --encoding utf-16-le, or save "
            "it as 'CSV UTF-8'"
        )
    if "\0" in head:
        raise DataError(f"{path.name} is not a text file, despite its name; save the table as CSV")
    return head


def encoding_of(path: Path) -> str:
    """UTF-16 where the file begins as Excel's "Unicode text" does, else UTF-8."""
    try:
        with opened(path) as file:
            begins = file.read(2)
    except UNPACKABLE as error:
        raise cannot_unpack(path, error) from None
    return "utf-16" if begins in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig"


def not_written_in(encoding: str, path: Path) -> DataError:
    shown = encoding.upper().removesuffix("-SIG")
    return DataError(
        f"{path.name} is not written in {shown}; say in what with --encoding, such as cp1252 (of Windows) or "
        "latin-1, or save it as 'CSV UTF-8'"
    )


def _separator(head: str) -> str:
    """The separator that splits the first lines into the same number of cells, the largest number."""

    def cells(separator: str) -> tuple[bool, int]:
        lines = islice(_lines(head, separator), LINES_READ)
        numbers = [len(line) for line in lines] or [0]  # of separators alone there is no line
        return len(set(numbers)) == 1 and numbers[0] > 1, numbers[0]

    return max(SEPARATORS, key=cells)


def _lines(head: str, separator: str) -> Iterator[list[str]]:
    """The cells of each line that is not blank; of several blanks between cells, none is an empty cell."""
    text = head.replace("\t", " ") if separator == " " else head
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    filled = ([cell for cell in line if cell] if separator == " " else line for line in lines)
    return (line for line in filled if any(cell.strip() for cell in line))


def _decimal(head: str, separator: str) -> Decimal:
    """The decimal separator of most numbers with decimals."""
    between = r"[ \t]" if separator == " " else re.escape(separator)
    number = rf'(?:^|{between})\s*"?[-+]?\d+([.,])\d+"?\s*(?={between}|$)'
    signs = Counter(re.findall(number, head, re.MULTILINE))
    return "," if separator != "," and signs[","] > signs["."] else "."


def _check_first_line(names: Sequence[str], path: Path) -> None:
    """Refuse a first line that holds values in place of names, and warn of one that may hold some."""
    numbers = [float(name.replace(",", ".")) for name in names if _NUMBER.fullmatch(name)]
    # Columns may be named 0, 1, 2 or by the wavelengths of a spectrum.
    mostly = 2 * len(numbers) > len(names)
    if mostly and any(b <= a for a, b in pairwise(numbers)):
        raise DataError(
            f"{path.name}: the first line holds numbers; it must name the columns, or say --no-header"
        )
    values = [repr(name) for name in names if _VALUE.fullmatch(name)]
    if values and not (mostly and len(numbers) > 2):
        warnings.warn(
            f"{path.name}: {', '.join(values[:3])} in the first line look like values, and it is taken to "
            "name the columns; if it does not, say --no-header",
            BenchWarning,
            stacklevel=3,
        )


def _in_words(message: str) -> str:
    """The message of pandas about a malformed line, as a clause that users understand."""
    if found := re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", message):
        expected, line, saw = found.groups()
        return f"line {line} has {saw} cells, and the lines before it have {expected}"
    if found := re.search(r"EOF inside string starting at row (\d+)", message):
        return f"a quotation mark opened in row {found[1]} is never closed"
    return message.removeprefix("Error tokenizing data. C error: ").strip()
