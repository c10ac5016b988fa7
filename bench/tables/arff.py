"""Reading ARFF, the format of Weka: dense and sparse rows, quoted names and values, blanks around either.

scipy's reader knows no sparse rows and no texts, and stumbles over blanks and over later quotes.
The format: https://waikato.github.io/weka-wiki/formats_and_processing/arff_stable/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

_QUOTED = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""
_ATTRIBUTE = re.compile(rf"@attribute\s+({_QUOTED}|[^\s'\"{{]+)\s*(.*)", re.IGNORECASE)
_PIECE = re.compile(rf"\s*({_QUOTED}|[^,'\"]*)\s*(?:,|$)")
_ENTRY = re.compile(rf"(\d+)\s+({_QUOTED}|\S.*)")
KINDS = {"numeric": "number", "real": "number", "integer": "number", "string": "text", "date": "date"}
_ESCAPED = re.compile(r"\\(.)")
MISSING = "?"


@dataclass(frozen=True)
class Attribute:
    """A column: ``values`` are those that a nominal one may have, in the file's order; None for others."""

    name: str
    kind: str
    values: tuple[str, ...] | None = None

    @property
    def left_out(self) -> str:
        """What a sparse row means that leaves it out."""
        return self.values[0] if self.values else "0"


def parse_arff(lines: Iterable[str]) -> pd.DataFrame:
    """The table: numbers as floats, nominal values and texts as text, None for what is missing.

    Raises ValueError for what is no ARFF, with the number of the line.
    """
    numbered = ((number, line.strip()) for number, line in enumerate(lines, start=1))
    told = ((number, line) for number, line in numbered if line and not line.startswith("%"))
    attributes = list(_header(told))
    if not attributes:
        raise ValueError("it names no attributes")
    rows = [_row(line, attributes, number) for number, line in told]
    columns = zip(*(row for _, row in rows), strict=True) if rows else ([] for _ in attributes)
    numbers = [number for number, _ in rows]
    frame = [_column(attribute, column, numbers)
             for attribute, column in zip(attributes, columns, strict=True)]  # fmt: skip
    # By place, as a name may be there twice, which the caller refuses.
    table = pd.DataFrame(dict(enumerate(frame)))
    return table.set_axis([attribute.name for attribute in attributes], axis=1)


def _header(told: Iterator[tuple[int, str]]) -> Iterator[Attribute]:
    """The attributes of the lines up to @data."""
    for number, line in told:
        word = line.split(maxsplit=1)[0].lower()
        if word == "@data":
            return
        if word == "@attribute":
            found = _ATTRIBUTE.fullmatch(line)
            if found is None:
                raise ValueError(f"line {number}: {line[:40]!r} names no attribute")
            yield _attribute(_plain(found[1]), found[2].strip(), number)
        elif word != "@relation":
            raise ValueError(f"line {number}: {line[:40]!r} stands before @data and is no @attribute")
    raise ValueError("there is no @data")


def _attribute(name: str, kind: str, number: int) -> Attribute:
    if kind.startswith("{") and kind.endswith("}"):
        return Attribute(name, "nominal", tuple(_pieces(kind[1:-1], number)))
    word = kind.split(maxsplit=1)[0].lower() if kind else ""
    if word not in KINDS:
        raise ValueError(f"line {number}: there are values of the kind {word!r} in {name!r}")
    return Attribute(name, KINDS[word])


def _row(line: str, attributes: list[Attribute], number: int) -> tuple[int, list[str]]:
    """The line's number and its values as text."""
    if line.startswith("{"):
        return number, _dense(line, attributes, number)
    plain = "'" not in line and '"' not in line
    values = [each.strip() for each in line.split(",")] if plain else _pieces(line, number)
    if len(values) != len(attributes):
        raise ValueError(
            f"line {number} has {len(values)} values, and there are {len(attributes)} attributes"
        )
    return number, values


def _dense(line: str, attributes: list[Attribute], number: int) -> list[str]:
    """The values of a sparse row ``{INDEX VALUE, ...}``: what it leaves out is 0, or the first value."""
    if not line.endswith("}"):
        raise ValueError(f"line {number}: the sparse row does not end with '}}'")
    values = [attribute.left_out for attribute in attributes]
    content = line[1:-1].strip()
    for piece in _sparse_pieces(content) if content else ():
        entry = _ENTRY.fullmatch(piece)
        if entry is None or int(entry[1]) >= len(values):
            raise ValueError(
                f"line {number}: {piece!r} is no INDEX VALUE of a sparse row of {len(values)} attributes"
            )
        values[int(entry[1])] = _plain(entry[2])
    return values


def _sparse_pieces(text: str) -> list[str]:
    return [piece.strip() for piece in re.findall(rf"(?:{_QUOTED}|[^,'\"])+", text)]


def _pieces(text: str, number: int) -> list[str]:
    """The values between commas, without the quotes and the blanks around them."""
    pieces, at = [], 0
    while True:
        found = _PIECE.match(text, at)
        if found is None:
            raise ValueError(
                f"line {number}: the quotes from {text[at : at + 20]!r} on are not closed or stray"
            )
        pieces.append(_plain(found[1].strip()))
        if not found[0].endswith(","):
            return pieces
        at = found.end()


def _plain(text: str) -> str:
    """A name or value without its quotes."""
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        return _ESCAPED.sub(r"\1", text[1:-1])
    return text


def _column(attribute: Attribute, values: Iterable[str], numbers: list[int]) -> list[Any]:
    if attribute.kind == "number":
        return [_number(value, attribute, line) for value, line in zip(values, numbers, strict=True)]
    found = [None if value == MISSING else value for value in values]
    if attribute.kind == "date":  # which the caller refuses, unless it is left out
        return pd.to_datetime(pd.Series(found), errors="coerce").tolist()
    known = None if attribute.values is None else {None, *attribute.values}
    for value, line in zip(found, numbers, strict=True):
        if known is not None and value not in known:
            raise ValueError(f"line {line}: {value!r} is none of the values of {attribute.name!r}")
    return found


def _number(value: str, attribute: Attribute, line: int) -> float:
    try:
        return float("nan") if value == MISSING else float(value)
    except ValueError:
        raise ValueError(f"line {line}: {value!r} in {attribute.name!r} is no number") from None
