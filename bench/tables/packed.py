"""Opening files that may be compressed: by gzip, bzip2, xz, or as the one file in a zip archive."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from collections.abc import Callable
from pathlib import Path, PurePath
from typing import IO, Any
from zipfile import BadZipFile, ZipFile, ZipInfo

from bench.errors import DataError

# What unpacking damaged files raises, beside OSError: for an archive with a password a RuntimeError.
UNPACKABLE = (EOFError, zlib.error, lzma.LZMAError, BadZipFile, gzip.BadGzipFile, RuntimeError)
_OPENERS: dict[str, Callable[[Path], Any]] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
ZIP = ".zip"
PACKED = (*_OPENERS, ZIP)


def is_packed(path: Path) -> bool:
    return path.suffix.lower() in PACKED


def unpacked_name(path: Path) -> str:
    """The name of what is in the file, its own where it is not packed. DataError where an archive has not one
    file.
    """
    suffix = path.suffix.lower()
    if suffix == ZIP:
        with _archive(path) as archive:
            return _member(archive, path).filename
    return path.stem if suffix in _OPENERS else path.name


def opened(path: Path) -> IO[bytes]:
    """The content of the file, unpacked. DataError where an archive has not one file."""
    suffix = path.suffix.lower()
    if suffix == ZIP:
        with _archive(path) as archive:
            try:
                return archive.open(_member(archive, path))
            except UNPACKABLE as error:
                raise cannot_unpack(path, error) from None
    found: IO[bytes] = _OPENERS[suffix](path) if suffix in _OPENERS else path.open("rb")
    return found


def cannot_unpack(path: Path, error: Exception) -> DataError:
    return DataError(f"{path.name} cannot be unpacked: {error}")


def _archive(path: Path) -> ZipFile:
    try:
        return ZipFile(path)
    except (*UNPACKABLE, ValueError) as error:  # a name in the archive is no text
        raise cannot_unpack(path, error) from None


def _member(archive: ZipFile, path: Path) -> ZipInfo:
    """The one file of an archive, besides folders and what systems hide in it, such as macOS in __MACOSX."""
    files = [each for each in archive.infolist() if not _is_hidden(each.filename)]
    if len(files) != 1:
        raise DataError(f"{path.name} holds {len(files) or 'no'} files; a zip archive of one table is read")
    return files[0]


def _is_hidden(name: str) -> bool:
    is_file = name and not name.endswith("/")
    return not is_file or any(part.startswith((".", "__")) for part in PurePath(name).parts)
