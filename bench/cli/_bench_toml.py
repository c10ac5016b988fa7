"""``bench.toml``: options for reading a file that repeat, beside the file or in the working folder."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.errors import BenchError, unknown

NAME = "bench.toml"
SECTION = "read"
COLUMN, COLUMNS, TEXT, FLAG = "a column's name", "a list of columns' names", "a text", "true or false"
# What each option is; a column or a label may be written as a number, too.
KINDS = {
    "sep": TEXT,
    "decimal": TEXT,
    "thousands": TEXT,
    "encoding": TEXT,
    "header": FLAG,
    "empty": TEXT,
    "label": COLUMN,
    "normal": COLUMN,
    "drop": COLUMNS,
    "keep": COLUMNS,
    "time": COLUMN,
    "series": COLUMN,
}


@dataclass(frozen=True)
class Repeated:
    """The file, and the options in it as the command line has them: texts, lists of texts, or a bool."""

    file: Path
    options: Mapping[str, Any]


def repeated_for(file: Path) -> Repeated | None:
    """The options of the ``bench.toml`` beside a file, or else of the one in the working folder, if any.

    Raises BenchError for one that cannot be read, an unknown option, and a value that it cannot have.
    """
    from bench.tables.places import file_of

    for folder in (file_of(file).parent, Path()):
        found = folder / NAME
        if found.is_file():
            return Repeated(found, _options(found))
    return None


def _options(file: Path) -> dict[str, Any]:
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BenchError(f"{file} cannot be read: {error.strerror or error}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BenchError(f"{file} is no TOML: {error}") from None
    for section, options in content.items():
        if section != SECTION or not isinstance(options, dict):
            if section in KINDS:
                raise BenchError(f"{file}: {section!r} stands below a line [{SECTION}]; write one above it")
            raise BenchError(f"{file}: {unknown('section', section, [SECTION])}")
    return {name: _value(file, name, value) for name, value in content.get(SECTION, {}).items()}


def _value(file: Path, name: str, value: Any) -> Any:
    if name not in KINDS:
        raise BenchError(f"{file}: {unknown('option', name, KINDS)}")
    kind = KINDS[name]
    if kind == COLUMNS and isinstance(value, str):
        return [value]
    if kind == COLUMNS and isinstance(value, list):
        return [_value(file, "label", each) for each in value]
    if kind == FLAG and isinstance(value, bool):
        return value
    if kind == TEXT and isinstance(value, str):
        return value
    if kind == COLUMN and isinstance(value, str | int | float):
        return str(value)
    raise BenchError(f"{file}: {name} is {kind}, not {value!r}")
