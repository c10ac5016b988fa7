"""The lines of a run's records, whatever has become of them: what cannot be read is named and left out."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from bench.errors import BenchWarning
from bench.runs.damage import UNREADABLE, DamagedError
from bench.runs.packing import open_either

T = TypeVar("T")

# Damaged lines that are named one by one; further ones are counted.
NAMED = 5
# Bytes that are read and decoded at once: what comes of them stays in the processor's cache.
BLOCK = 1 << 16
# What decoding raises: a ValueError for what is no UTF-8, a RecursionError for brackets without end.
_UNDECODABLE = (msgspec.MsgspecError, ValueError, RecursionError)


class LineReader(Generic[T]):
    """Reads files of which each line is a value of one type.

    check: raises ValueError for a value that cannot be. bounded: a type that is read in its place where many
    lines are, and that needs no check.

    A line that cannot be read is left out with a warning, and so is a last one that is cut off. DamagedError
    where a file ends in damage or is none; nothing comes of a file that is not there.
    """

    def __init__(self, kind: type[T], check: Callable[[T], None], bounded: type[T] | None = None) -> None:
        self._decoder = msgspec.json.Decoder(kind)
        self._bounded = None if bounded is None else msgspec.json.Decoder(bounded)
        self._check = check

    def values(self, file: Path) -> Iterator[T]:
        """The values in the order of the file, packed or not."""
        damage = _Damage(file)
        for block in _blocks(file, damage):
            yield from self._whole(block, damage) or filter(None, (v for _, v in self._each(block, damage)))
        damage.count()

    def lines(self, file: Path) -> Iterator[tuple[bytes, T | None]]:
        """Each line with its value; None where it has none."""
        damage = _Damage(file)
        for block in _blocks(file, damage):
            yield from self._each(block, damage)
        damage.count()

    def _whole(self, block: bytes, damage: _Damage) -> list[T] | None:
        """The values of many lines, in a third of the time; None where one of them is damaged."""
        try:
            block.decode()  # msgspec passes over damage in what a type has no field for
            if self._bounded is not None:
                found = self._bounded.decode_lines(block)
            else:
                found = self._decoder.decode_lines(block)
                for value in found:
                    self._check(value)
        except _UNDECODABLE:
            return None
        if len(found) != block.count(b"\n"):  # two on a line, or one on two
            return None
        damage.line += len(found)
        return found

    def _each(self, block: bytes, damage: _Damage) -> Iterator[tuple[bytes, T | None]]:
        for line in block.split(b"\n")[:-1]:
            damage.line += 1
            try:
                line.decode()
                value = self._decoder.decode(line)
                self._check(value)
            except _UNDECODABLE as error:
                damage.of_line(f"cannot be read ({_said(error)})")
                yield line + b"\n", None
            else:
                yield line + b"\n", value


@dataclass
class _Damage:
    """What is wrong with a file, told as it is read; ``line`` is the one that was read last."""

    file: Path
    line: int = 0
    lines: int = 0

    def of_line(self, what: str) -> None:
        self.lines += 1
        if self.lines <= NAMED:
            self._warn(f"line {self.line} {what} and is left out; its trial will run again")

    def count(self) -> None:
        """Say how many more lines there were than were named."""
        if self.lines > NAMED:
            self._warn(f"{self.lines - NAMED} more lines cannot be read and are left out")

    def _warn(self, what: str) -> None:
        warnings.warn(f"{self.file}: {what}", BenchWarning, stacklevel=4)


def _blocks(file: Path, damage: _Damage) -> Iterator[bytes]:
    """The file in blocks of whole lines."""
    try:
        content = open_either(file)
        if content is None:
            return
        with content:
            pieces: list[bytes] = []
            while piece := content.read(BLOCK):
                whole = piece.rfind(b"\n") + 1
                if whole:
                    yield b"".join([*pieces, piece[:whole]])
                    pieces = [piece[whole:]]
                else:
                    pieces.append(piece)
    except UNREADABLE as error:
        raise DamagedError(file, error, damage.line) from None
    if any(pieces):
        damage.line += 1
        damage.of_line("is the last and cut off")


def _said(error: Exception) -> str:
    match error:
        case RecursionError():
            return "it nests too deeply"
        case UnicodeDecodeError():
            return f"it is not UTF-8: {error.reason}"
        case msgspec.DecodeError() if not isinstance(error, msgspec.ValidationError):
            return f"it is not valid JSON: {error}"
        case _:
            return str(error)
