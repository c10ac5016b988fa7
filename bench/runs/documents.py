"""JSON documents as typed values: written, and changed without losing what this version does not know."""

from __future__ import annotations

from json import JSONEncoder
from typing import Any

from msgspec import Struct, structs


def encode(value: Any, indent: int | None = None) -> bytes:
    """A value as JSON and a line break, structs in it as objects; those with no known field as empty ones.

    Raises ValueError for a number that JSON cannot write, where msgspec's own encoder would write null.
    """
    encoder = _ENCODER if indent is None else JSONEncoder(default=_fields, allow_nan=False, indent=indent)
    text = encoder.encode(value)
    if "\\ud" in text:  # what is beyond 16 bits, or half of it
        text = encoder.encode(_escaped(value))
    return f"{text}\n".encode()


def _escaped(value: Any) -> Any:
    """A value whose texts are such as UTF-8 can hold: half a surrogate is written with a backslash."""
    match value:
        case str():
            return value.encode("utf-8", "backslashreplace").decode()
        case Struct():
            return _escaped(_fields(value))
        case dict():
            return {_escaped(key): _escaped(inside) for key, inside in value.items()}
        case list() | tuple():
            return [_escaped(inside) for inside in value]
        case _:
            return value


def _fields(part: Struct) -> dict[str, Any]:
    fields = structs.asdict(part)
    return fields if any(value is not None for value in fields.values()) else {}


# Made once, since every trial pays for it.
_ENCODER = JSONEncoder(default=_fields, allow_nan=False)


def changed(document: Any, before: Any, after: Any) -> Any:
    """A document, read as ``before``, that is to read as ``after``; what ``before`` leaves out stays.

    That is so at every depth: in structs, in mappings of them, and in lists, whose old items may have moved.
    A mapping may have been read with values that the document lacks; they are written where they change.
    """
    if before == after:
        return document
    if isinstance(after, Struct) and type(before) is type(after):
        old, new = structs.asdict(before), structs.asdict(after)
        changes = {name: value for name, value in new.items() if value != old[name]}
        return document | {
            name: changed(document.get(name, {}), old[name], value) for name, value in changes.items()
        }
    if isinstance(after, dict) and isinstance(before, dict):
        return {
            key: changed(document[key], before[key], value) if key in before and key in document else value
            for key, value in after.items()
            if key in document or key not in before or value != before[key]
        }
    if isinstance(after, list) and isinstance(before, list):
        return [document[before.index(item)] if item in before else item for item in after]
    return after
