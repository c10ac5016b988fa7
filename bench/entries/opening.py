"""Opening an archive that a stranger has sent: bounded, and nowhere but in a folder of its own.

Nothing of it is run, and no file of it is written but those that an entry may have.
"""

from __future__ import annotations

import hashlib
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from bench.entries.archive import FORMAT, LABELS, MANIFEST, PLUGINS, SCORES, Manifest
from bench.errors import BenchError
from bench.files import write_file
from bench.runs.info import INFO
from bench.runs.reading import RECORDS

# Bytes of each file at most, unpacked: enough for a hundred thousand trials.
MOST_BYTES = {MANIFEST: 2**20, INFO: 2**26, RECORDS: 2**28, SCORES: 2**30, LABELS: 2**28}
MOST_BYTES_OF_PLUGIN, MOST_PLUGINS = 2**20, 100
MOST_BYTES_OF_ARCHIVE = 2**30
_PLUGIN = re.compile(rf"{PLUGINS}/\w{{1,100}}\.py", re.ASCII)
_BLOCK = 1 << 20
# What reading a damaged archive raises; a RuntimeError is of one with a password.
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OverflowError,
)  # fmt: skip


class _NoEntryError(Exception):
    """Why an archive is no entry."""


def unpack_entry(archive: Path, folder: Path) -> Manifest:
    """Unpack an entry into an empty folder; returns what its entry.json says.

    Raises BenchError for an archive that is damaged or too large, and for one that holds anything else than
    an entry does, or not all of it.
    """
    try:
        if archive.stat().st_size > MOST_BYTES_OF_ARCHIVE:
            raise _NoEntryError(f"it is larger than {MOST_BYTES_OF_ARCHIVE:,} bytes")
        with zipfile.ZipFile(archive) as opened:
            for member in _members(opened):
                write_file(folder, member.filename, _content(opened, member))
        return _manifest(folder)
    except OSError as error:
        raise BenchError(f"cannot read {str(archive)!r}: {error.strerror or error}") from None
    except _NoEntryError as error:
        raise BenchError(f"{str(archive)!r} is no entry: {error}") from None
    except _DAMAGED as error:
        why = str(error) or type(error).__name__
        raise BenchError(f"{str(archive)!r} is no entry, or damaged: {why}") from None


def digest_of(archive: Path) -> str:
    """The SHA-256 of a file, in hex."""
    try:
        with archive.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise BenchError(f"cannot read {str(archive)!r}: {error.strerror or error}") from None


def _members(opened: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files of an archive, each of a name that an entry has, none of them a link."""
    members = opened.infolist()
    if len(members) > len(MOST_BYTES) + MOST_PLUGINS:
        raise _NoEntryError(f"it holds {len(members):,} files")
    seen = set()
    for member in members:
        name = member.filename
        if name not in MOST_BYTES and not _PLUGIN.fullmatch(name):
            raise _NoEntryError(f"it holds {name!r}, which no entry has")
        if name.lower() in seen:
            raise _NoEntryError(f"it holds {name!r} twice")
        seen.add(name.lower())
        mode = stat.S_IFMT(member.external_attr >> 16)
        if mode not in (0, stat.S_IFREG):
            raise _NoEntryError(f"{name!r} is a link, or no file")
        if member.file_size > _most(name):
            raise _NoEntryError(f"{name!r} is larger than {_most(name):,} bytes")
    missing = [name for name in (MANIFEST, INFO, RECORDS, SCORES, LABELS) if name not in seen]
    if missing:
        raise _NoEntryError(f"it lacks {missing[0]}")
    return members


def _most(name: str) -> int:
    return MOST_BYTES.get(name, MOST_BYTES_OF_PLUGIN)


def _content(opened: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """The content of a file, which may be longer than the archive says."""
    pieces, size = [], 0
    for piece in _pieces(opened, member):
        size += len(piece)
        if size > _most(member.filename):
            raise _NoEntryError(f"{member.filename!r} is larger than {_most(member.filename):,} bytes")
        pieces.append(piece)
    return b"".join(pieces)


def _pieces(opened: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    with opened.open(member) as stream:
        while piece := stream.read(_BLOCK):
            yield piece


def _manifest(folder: Path) -> Manifest:
    try:
        found = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise _NoEntryError(f"{MANIFEST}: {error}") from None
    if found.format != FORMAT:
        raise _NoEntryError(f"it has format {found.format!r}; this version reads format {FORMAT}")
    return found
