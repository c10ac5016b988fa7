"""Reading JSON: an object a line, a list of objects, or an object that holds such a list or columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

import msgspec
import pandas as pd

from bench.errors import DataError
from bench.tables.chunks import Chunks, Wanted, rows_at_a_time, with_texts
from bench.tables.packed import UNPACKABLE, cannot_unpack, opened

_ROW = msgspec.json.Decoder(dict[str, Any])
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# A list of up to so many numbers, the same number in each row, such as coordinates, is so many columns.
LONGEST_LIST = 16


def read_json(path: Path, wanted: Wanted) -> Chunks:
    """The rows of a file of JSON, a column for each name that any of them has; one that a row lacks is empty
    there.

    An object in a row becomes columns, ``place.city``; so does a short list of numbers, as many in each row:
    ``at.1``. Of any other list there is how many values it has.
    """
    shapes: dict[str, set[int]] = {}
    for row in _rows(path):
        for name, value in _flat(row):
            shapes.setdefault(name, set()).update(() if value is None else (_numbers_in(value),))
    sizes = {name: each.pop() for name, each in shapes.items() if len(each) == 1}
    names = list(dict.fromkeys(full for name in shapes for full in _columns(name, sizes.get(name, 0))))
    kept = wanted(names)

    def chunks(as_text: Sequence[str]) -> Iterator[pd.DataFrame]:
        rows = (_values(row, sizes) for row in _rows(path))
        while some := list(islice(rows, rows_at_a_time(len(names)))):
            frame = pd.DataFrame({name: [row.get(name) for row in some] for name in kept})
            yield with_texts(frame, as_text)

    return Chunks(chunks)


def _flat(row: dict[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """The values of a row by name, those of objects in it by names with points."""
    for name, value in row.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield before + name, value


def _numbers_in(value: Any) -> int:
    """Of a short list of numbers how many they are; 0 of anything else."""
    is_short = isinstance(value, list) and len(value) <= LONGEST_LIST
    return len(value) if is_short and all(type(each) in (int, float) for each in value) else 0


def _columns(name: str, numbers: int) -> list[str]:
    return [f"{name}.{place}" for place in range(1, numbers + 1)] or [name]


def _values(row: dict[str, Any], sizes: dict[str, int]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in _flat(row):
        numbers = sizes.get(name, 0)
        if value is None:
            continue
        each = value if numbers else [len(value) if isinstance(value, list) else value]
        found.update(zip(_columns(name, numbers), each, strict=True))
    return found


def _rows(path: Path) -> Iterable[dict[str, Any]]:
    """The objects of the file one after another. Raises DataError, with the line where there are lines."""
    try:
        with opened(path) as file:
            lines = ((number, line.strip()) for number, line in enumerate(_unmarked(file), 1))
            filled = ((number, line) for number, line in lines if line)
            begin = list(islice(filled, 2))
            if len(begin) < 2 or not _is_object(begin[0][1]):
                text = b"\n".join(line for _, line in chain(begin, filled))
                yield from _rows_of(text, path) if text else ()
                return
            for number, line in chain(begin, filled):
                yield _decoded(_ROW, line, path, f"line {number}")
    except UNPACKABLE as error:
        raise cannot_unpack(path, error) from None


def _unmarked(file: Iterable[bytes]) -> Iterator[bytes]:
    lines = iter(file)
    return chain((line.removeprefix(_BYTE_ORDER_MARK) for line in islice(lines, 1)), lines)


def _is_object(line: bytes) -> bool:
    try:
        _ROW.decode(line)
    except (ValueError, RecursionError):
        return False
    return True


def _rows_of(text: bytes, path: Path) -> list[dict[str, Any]]:
    """The rows of a file that is one list, or one object."""
    whole = _decoded(msgspec.json.Decoder(Any), text, path, "it")
    rows = _held(whole) or [whole] if isinstance(whole, dict) else whole
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise DataError(
            f"{path.name} cannot be read: it is no object of names and values; write one a line, or one list "
            "of them"
        )
    return rows


def _held(whole: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The rows in an object: its only list of objects, as in answers of services and in GeoJSON; or those
    that its values, lists or objects of equal length, make as columns, as pandas writes them.
    """
    lists = [value for value in whole.values() if _is_list_of_objects(value)]
    if len(lists) == 1:
        return list(lists[0])
    for kind in (list, dict):
        columns = [value for value in whole.values() if isinstance(value, kind)]
        if len(columns) > 1 and len(columns) == len(whole) and len({len(each) for each in columns}) == 1:
            return _across(whole, columns)
    return None


def _across(whole: dict[str, Any], columns: list[Any]) -> list[dict[str, Any]] | None:
    keys = range(len(columns[0])) if isinstance(columns[0], list) else list(columns[0])
    is_table = len(keys) > 1 and (isinstance(keys, range) or all(list(each) == keys for each in columns))
    return [{name: column[key] for name, column in whole.items()} for key in keys] if is_table else None


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and len(value) > 1 and all(isinstance(each, dict) for each in value)


def _decoded(decoder: msgspec.json.Decoder[Any], text: bytes, path: Path, where: str) -> Any:
    try:
        return decoder.decode(text)
    except msgspec.ValidationError:
        raise DataError(
            f"{path.name} cannot be read: {where} is no object of names and values; write one a line, or one "
            "list of them"
        ) from None
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path.name} cannot be read: {where} is not valid JSON: {error}") from None
