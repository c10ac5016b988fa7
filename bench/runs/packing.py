"""A run's files as they lie, or packed: each compressed by xz, to a fifth of the size together.

Packed runs are read like any other, only slower; going on with one unpacks it first.
"""

from __future__ import annotations

import lzma
import os
from pathlib import Path
from stat import S_ISREG
from typing import IO

from bench.files import replace_file
from bench.runs.damage import UNREADABLE, DamagedError

PACKED = ".xz"
# As small as it gets: packing takes twice the time, and reading none.
TEXT: dict[str, int] = {"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "nice_len": 273}
# Numbers of eight bytes: a byte is guessed from its place in the number, not from the byte before.
NUMBERS: dict[str, int] = {**TEXT, "lc": 0, "lp": 3, "pb": 3}


def pack(file: Path) -> None:
    """Replace a file by its packed form; what is packed already stays as it is."""
    if file.exists():
        filters = NUMBERS if file.suffix == ".f64" else TEXT
        with open_regular(file) as content:
            packed = lzma.compress(content.read(), filters=[filters])
        _replace(file, _packed(file), packed)


def unpack(file: Path) -> None:
    """Replace a packed file by the file itself, where it is packed. Raises DamagedError."""
    if not _packed(file).exists():
        return
    try:
        with _open_packed(file) as packed:
            content = packed.read()
    except UNREADABLE as error:
        raise DamagedError(_packed(file), error) from None
    _replace(_packed(file), file, content)


def is_there(file: Path) -> bool:
    """Whether anything lies in the place of a file, or of its packed form: a link that leads nowhere, too."""
    return os.path.lexists(file) or os.path.lexists(_packed(file))


def open_either(file: Path) -> IO[bytes] | None:
    """The file for reading, packed or not; None if there is neither. OSError for what is no regular file."""
    if os.path.lexists(file):
        return open_regular(file)
    if os.path.lexists(_packed(file)):
        return _open_packed(file)
    return None


def open_regular(file: Path) -> IO[bytes]:
    """A file for reading. OSError for a folder, and for a pipe or a device, which would never end."""
    _check_regular(file)
    return file.open("rb")


def _open_packed(file: Path) -> IO[bytes]:
    # By its path: lzma closes what it has opened itself, and leaves a file that it is given open.
    packed = _packed(file)
    _check_regular(packed)
    return lzma.open(packed)


def _check_regular(file: Path) -> None:
    if not S_ISREG(file.stat().st_mode):
        raise OSError(f"{file.name} is not a regular file")


def _packed(file: Path) -> Path:
    return file.with_name(file.name + PACKED)


def _replace(old: Path, new: Path, content: bytes) -> None:
    """Write the new file whole before the old one goes, so that a crash loses nothing."""
    replace_file(new, content)
    old.unlink()
