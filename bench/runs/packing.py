"""A run's files as they lie, or packed: each compressed by xz, to a fifth of the size together.

Packed runs are read like any other, only slower; going on with one unpacks it first.
"""

from __future__ import annotations

import lzma
from pathlib import Path
from typing import IO

from bench.files import replace_file

PACKED = ".xz"
TEXT: dict[str, int] = {"id": lzma.FILTER_LZMA2, "preset": 9}
# Numbers of eight bytes: a byte is guessed from its place in the number, not from the byte before.
NUMBERS: dict[str, int] = {**TEXT, "lc": 0, "lp": 3, "pb": 3}


def pack(file: Path) -> None:
    """Replace a file by its packed form; what is packed already stays as it is."""
    if file.exists():
        filters = NUMBERS if file.suffix == ".f64" else TEXT
        _replace(file, _packed(file), lzma.compress(file.read_bytes(), filters=[filters]))


def unpack(file: Path) -> None:
    """Replace a packed file by the file itself, where it is packed."""
    if _packed(file).exists():
        _replace(_packed(file), file, lzma.decompress(_packed(file).read_bytes()))


def open_either(file: Path) -> IO[bytes] | None:
    """The file for reading, packed or not; None if there is neither."""
    if file.exists():
        return file.open("rb")
    return lzma.open(_packed(file), "rb") if _packed(file).exists() else None


def _packed(file: Path) -> Path:
    return file.with_name(file.name + PACKED)


def _replace(old: Path, new: Path, content: bytes) -> None:
    """Write the new file whole before the old one goes, so that a crash loses nothing."""
    replace_file(new, content)
    old.unlink()
