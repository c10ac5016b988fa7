"""Reading JSON: an object a line, or a list of objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import pandas as pd

from bench.errors import DataError
from bench.tables.chunks import Chunks, Wanted, rows_at_a_time, with_texts
from bench.tables.packed import UNPACKABLE, cannot_unpack, opened

# Whose values are left as they stand: all that is asked of a line at first is which columns it has.
_NAMES = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ROW = msgspec.json.Decoder(dict[str, Any])
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read_json(path: Path, wanted: Wanted) -> Chunks:
    """The rows of a file of JSON, a column for each name that any of them has; one that a row lacks is empty
    there.
    """
    names = list(dict.fromkeys(name for row in _rows(path, _NAMES) for name in row))
    kept = wanted(names)

    def chunks(as_text: Sequence[str]) -> Iterator[pd.DataFrame]:
        rows = iter(_rows(path, _ROW))
        while some := list(islice(rows, rows_at_a_time(len(names)))):
            frame = pd.DataFrame({name: [row.get(name) for row in some] for name in kept})
            yield with_texts(frame, as_text)

    return Chunks(chunks)


def _rows(path: Path, decoder: msgspec.json.Decoder[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """The objects of the file one after another. Raises DataError, with the line where there are lines."""
    try:
        with opened(path) as file:
            for number, line in enumerate(file, 1):
                text = line.removeprefix(_BYTE_ORDER_MARK).strip() if number == 1 else line.strip()
                if number == 1 and text.startswith(b"["):
                    rest = b"".join([text, *file])
                    yield from _decoded(msgspec.json.Decoder(list[dict[str, Any]]), rest, path, "it")
                    return
                if text:
                    yield _decoded(decoder, text, path, f"line {number}")
    except UNPACKABLE as error:
        raise cannot_unpack(path, error) from None


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
