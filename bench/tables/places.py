"""Where a table is: in a file, or in a part of one that is named after two colons, as in book.xlsx::May."""

from __future__ import annotations

from pathlib import Path

MARK = "::"


def file_of(path: Path) -> Path:
    """The file itself, without the part of it that is named."""
    return _split(path)[0]


def part_of(path: Path) -> str | None:
    """The sheet, the table or the query that is named; None where none is."""
    return _split(path)[1]


def _split(path: Path) -> tuple[Path, str | None]:
    if path.exists():  # a name may have two colons in it
        return path, None
    file, mark, part = str(path).partition(MARK)
    return (Path(file), part) if mark else (path, None)
