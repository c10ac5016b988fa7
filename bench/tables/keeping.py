"""Samples of large files, cached so that not every process reads the whole file again."""

from __future__ import annotations

import contextlib
import hashlib
import re
import warnings
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from bench.data.folders import cache_folder
from bench.errors import BenchWarning
from bench.files import replace_file
from bench.tables.dates import with_clock
from bench.tables.dialect import AS_FOUND, Dialect
from bench.tables.places import file_of
from bench.tables.reading import MOST_ROWS, read_sample, read_table, warn_of_sample

# Bytes. Reading more may take longer than a trial's time limit.
LARGE = 200 * 2**20
# The column of a cached sample with each row's index in the file.
INDEX = "(row)"


def read_table_once(
    path: Path,
    *,
    drop: Sequence[str] = (),
    most_rows: int = MOST_ROWS,
    label: str | None = None,
    large: int = LARGE,
    dialect: Dialect = AS_FOUND,
) -> pd.DataFrame:
    """As `read_table`, but the sample of a file of ``large`` bytes or more is kept in the cache folder, and
    read from there until the file changes.
    """
    file = file_of(path)
    if not file.is_file() or file.stat().st_size < large:
        return read_table(path, drop=drop, most_rows=most_rows, label=label, dialect=dialect)
    folder, key = cache_folder("own"), _key(path, drop, most_rows, label, dialect)
    for kept in folder.glob(f"{key}-*.csv"):
        frame = read_table(kept, most_rows=most_rows).set_index(INDEX)
        warn_of_sample(path, len(frame), int(re.findall(r"\d+", kept.stem)[-1]), label)
        return frame.rename_axis(None)
    warnings.warn(
        f"{path.name} is large: it is read once, which takes a while; a sample of it is kept in {folder}",
        BenchWarning,
        stacklevel=2,
    )
    frame, rows = read_sample(path, drop=drop, most_rows=most_rows, label=label, dialect=dialect)
    warn_of_sample(path, len(frame), rows, label)
    if len(frame) < rows:
        # A sample that cannot be written is read again next time.
        with contextlib.suppress(OSError):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            content = with_clock(frame).to_csv(index_label=INDEX).encode()
            replace_file(folder / f"{key}-{rows}.csv", content)
    return frame


def code_hash() -> str:
    """A hash of this package's code, on which the rows that are read depend."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _key(path: Path, drop: Sequence[str], most_rows: int, label: str | None, dialect: Dialect) -> str:
    found = file_of(path).stat()
    parts = [str(path.resolve()), found.st_size, found.st_mtime_ns, list(drop), most_rows, label]
    parts += [dialect, code_hash()]
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
