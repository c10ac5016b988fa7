"""How a detector or a dataset with parameters is written: ``name`` or ``name:param=value,...``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.errors import BenchError

Params = Mapping[str, Any]

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
# Signs that mean nothing in a name with parameters; anything else is written in quotes.
_PLAIN = re.compile(r"[\w.*?+/~@%&;|()'-]+")


@dataclass(frozen=True)
class Spec:
    """A plugin's name and the parameters it is given, as written by a person.

    A bare value, as in ``adbench:6_cardio``, is kept apart in ``bare``: it belongs to the one
    parameter of the plugin that has no default.
    """

    name: str
    params: Params = field(default_factory=dict)
    bare: str | None = None

    @classmethod
    def parse(cls, text: str) -> Spec:
        """Read ``name:param=value,...``; a value is JSON where it can be, else a string.

        Raises BenchError for an empty name, a repeated parameter or a second bare value.
        """
        name, _, rest = text.strip().partition(":")
        if not name:
            raise BenchError(f"{text!r} has no name; write NAME or NAME:PARAM=VALUE")
        params: dict[str, Any] = {}
        bare = None
        for part in split_outside_brackets(rest):
            is_quoted = _QUOTED.fullmatch(part.strip())
            key, equals, value = (str(parse_value(part)), "", "") if is_quoted else part.partition("=")
            key = key if is_quoted else key.strip()
            if not equals:
                if bare is not None:
                    raise BenchError(f"{text!r} has two values without a parameter name: {bare!r}, {part!r}")
                bare = key
            elif key in params:
                raise BenchError(f"{text!r} gives the parameter {key!r} twice")
            else:
                params[key] = parse_value(value.strip())
        return cls(name, params, bare)


def label(name: str, params: Params, *, bare: str | None = None) -> str:
    """The text that `Spec.parse` reads back; parameters in alphabetical order."""
    parts = [] if bare is None else [format_value(params[bare])]
    parts += [f"{key}={format_value(params[key])}" for key in sorted(params) if key != bare]
    return f"{name}:{','.join(parts)}" if parts else name


def parse_value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        named: dict[str, Any] = {"True": True, "False": False, "None": None}
        return named.get(text, text)


def format_value(value: Any) -> str:
    """A value so written that `parse_value` gives it back, a string without quotes where that is plain."""
    if isinstance(value, str) and _PLAIN.fullmatch(value) and parse_value(value) == value:
        return value
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def split_outside_brackets(text: str) -> list[str]:
    """Split at commas that stand outside of brackets and quotes."""
    parts, depth, start, at = [], 0, 0, 0
    while at < len(text):
        quoted = _QUOTED.match(text, at)
        if quoted:
            at = quoted.end()
            continue
        char = text[at]
        if char in "[{":
            depth += 1
        elif char in "]}":
            depth -= 1
        elif char == "," and depth <= 0:
            parts.append(text[start:at])
            start = at + 1
        at += 1
    parts.append(text[start:])
    return [part for part in parts if part.strip()]


def without_shared(labels: Sequence[str]) -> tuple[list[str], str]:
    """Labels without the parts that all of them have, and those parts as a label of their own.

    ``d:a,x=1`` and ``d:b,x=1`` -> ``a`` and ``b``, and ``d:x=1``. A label of which nothing would be left
    stays whole.
    """
    split = [_parts(text) for text in labels]
    shared = set(split[0]).intersection(*split[1:]) if len(split) > 1 else set()
    short = [_joined([part for part in parts if part not in shared]) or _joined(parts) for parts in split]
    return short, _joined([part for part in split[0] if part in shared]) if split else ""


def _parts(text: str) -> list[str]:
    """``d:a,x=1`` -> ``d:``, ``a`` and ``x=1``."""
    name, colon, params = text.partition(":")
    return [name + colon, *(split_outside_brackets(params) if colon else ())]


def _joined(parts: Sequence[str]) -> str:
    return ",".join(parts).replace(":,", ":", 1).removesuffix(":")


def split_specs(text: str) -> list[str]:
    """Split ``knn,lof:n_neighbors=20,novelty=true,ecod`` into its three names with parameters.

    A part with ``=`` and no ``:`` before it is a further parameter of the name that it follows.
    """
    specs: list[str] = []
    for part in split_outside_brackets(text):
        name, equals, _ = part.partition("=")
        if specs and equals and ":" not in name:
            specs[-1] += f",{part.strip()}"
        else:
            specs.append(part.strip())
    return specs
