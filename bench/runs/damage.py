"""What a file of a run may have suffered, as an error."""

from __future__ import annotations

import lzma
from pathlib import Path

from bench.errors import BenchError

# What reading a file that is damaged, or no file at all, raises.
UNREADABLE = (OSError, EOFError, lzma.LZMAError)


class DamagedError(BenchError):
    """A file of a run that cannot be read, or not to its end."""

    def __init__(self, file: Path, error: Exception | str, after: int = 0) -> None:
        why = (error.strerror or error) if isinstance(error, OSError) else error
        where = f" beyond line {after}" if after else ""
        super().__init__(f"cannot read {file}{where}: {why}")
