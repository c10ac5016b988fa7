"""Writing files: inside the folder that was chosen, through no link, and whole or not at all.

What names a file here may come from results that someone else has sent, such as a suite's name, and so may
the folders and links that lie there already. A file is written under a name of its own first and then
renamed, so that nobody reads half of it, a full disk leaves the old one, and a link in its place is replaced,
not followed.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

from bench.errors import BenchError

# Bytes that every file system in use takes as a name, with room for what is added to it.
LONGEST_NAME = 200
LONGEST_PLAIN = 100
# Names that are devices on Windows, with any suffix.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]')


def write_file(folder: Path, name: str, content: str | bytes, *, option: str = "--results") -> Path:
    """Write a file below a folder, which is created where it does not exist; returns the file's path.

    name: its path below the folder, parts joined by ``/``; text is written as UTF-8, what that cannot hold
    with a backslash. ``option`` is the one that chose the folder, for the error. Raises BenchError for a name
    that leads out of the folder or through a link in it, and where it cannot be written.
    """
    parts = name.split("/")
    if not all(map(_is_allowed, parts)):
        raise BenchError(f"{name!r} cannot name a file in {str(folder)!r}; use letters, digits, '_' and '-'")
    data = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    try:
        folder.mkdir(parents=True, exist_ok=True)
        within = folder
        for part in parts[:-1]:
            within /= part
            check_no_link(within)
            within.mkdir(exist_ok=True)
        replace_file(within / parts[-1], data)
    except OSError as error:
        why = error.strerror or error
        raise BenchError(f"cannot write to {folder}: {why}; give another folder with {option}") from None
    return folder / name


def write_files(files: Mapping[str, str | bytes], folder: Path, *, option: str = "--results") -> list[Path]:
    """Write each content under its name, as `write_file`; returns the paths."""
    return [write_file(folder, name, content, option=option) for name, content in files.items()]


def write_chosen(file: Path, content: str | bytes | Iterable[bytes]) -> None:
    """Write the file that a person named: a link of theirs leads to the file that is meant.

    What is too large to be in memory is given in parts. What is no file, such as /dev/stdout or a pipe, is
    written to as it is. Raises BenchError.
    """
    data = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    try:
        meant = file.resolve()
        if meant.exists() and not meant.is_file() and not meant.is_dir():
            with meant.open("wb") as opened:
                opened.writelines(_parts(data))
            return
    except OSError as error:
        raise BenchError(f"cannot write {str(file)!r}: {error.strerror or error}") from None
    except ValueError as error:  # a NUL in the name
        raise BenchError(f"cannot write {str(file)!r}: {error}") from None
    try:
        replace_file(meant, data)
    except OSError as error:
        raise BenchError(f"cannot write {str(file)!r}: {error.strerror or error}") from None


def _parts(content: bytes | Iterable[bytes]) -> Iterable[bytes]:
    return [content] if isinstance(content, bytes) else content


def replace_file(file: Path, content: bytes | Iterable[bytes]) -> None:
    """Write a file in an existing folder whole before the old one goes. Raises OSError."""
    part = file.with_name(f".{secrets.token_hex(6)}.part")
    try:
        with part.open("xb") as written:  # x: not through a link that lies there
            written.writelines(_parts(content))
            written.flush()
            os.fsync(written.fileno())
        part.replace(file)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def check_no_link(file: Path) -> None:
    """Raise BenchError for a link where results are to be written: it may lead to any file."""
    if file.is_symlink():
        raise BenchError(f"{str(file)!r} is a link, through which nothing is written; delete it")


def plain_name(text: str) -> str:
    """A text as part of a file's name: itself where it is letters, digits, ``_``, ``.`` and ``-`` alone.

    In any other, the other signs become ``-``, and a hash keeps it apart from names like it.
    """
    plain = re.sub(r"[^\w.-]+", "-", text).strip(".-")[:LONGEST_PLAIN]
    if text and plain == text and not _DEVICES.fullmatch(text):
        return text
    return f"{plain}-{hashlib.sha256(text.encode('utf-8', 'backslashreplace')).hexdigest()[:6]}".lstrip("-")


def _is_allowed(part: str) -> bool:
    """Whether a part of a path names one file or folder on every system."""
    return bool(
        part
        and part not in (".", "..")
        and part == part.rstrip(". ")
        and len(part.encode("utf-8", "backslashreplace")) <= LONGEST_NAME
        and not _NOT_IN_NAMES.search(part)
        and not _DEVICES.fullmatch(part)
    )
