"""Texts that were made of results before, kept in the cache folder: the same results give the same texts."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import time
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

import msgspec
import pandas as pd
from msgspec import Struct

from bench.analysis.results import SuiteResults
from bench.data.folders import cache_folder
from bench.files import replace_file

# What texts depend on beside the results and this package.
_LIBRARIES = ("jinja2", "markdown-it-py", "matplotlib", "msgspec", "numpy", "pandas", "scikit-learn",
              "scikit-posthocs", "scipy", "statsmodels", "tabulate")  # fmt: skip
# Days after which what nobody asked for is removed.
_UNUSED = 30

Texts = TypeVar("Texts", bound=Struct)


@cache
def state_of_code() -> str:
    """A hash of this package's files and of the versions of Python and of libraries."""
    package = Path(__file__).parents[1]
    found = hashlib.blake2b(repr([sys.version, *map(version, _LIBRARIES)]).encode())
    for file in sorted(package.rglob("*")):
        if file.is_file() and file.suffix != ".pyc":
            found.update(f"{file.relative_to(package)}\n".encode())
            found.update(file.read_bytes())
    return found.hexdigest()


def fingerprint(results: SuiteResults) -> str:
    """A hash of all that texts about a suite are made of: its results, this package, and libraries."""
    frame = results.frame
    found = hashlib.blake2b(state_of_code().encode(), digest_size=16)
    found.update(msgspec.msgpack.encode([
        results.name, results.title, results.headline, sorted(results.references), sorted(results.settings),
        results.environments, {name: run.info for name, run in results.runs.items()},
        list(frame["record"]), list(map(str, frame.columns)), list(map(str, frame.dtypes)),
    ]))  # fmt: skip
    plain = frame.drop(columns="record")
    found.update(pd.util.hash_pandas_object(plain, index=True, categorize=False).to_numpy().tobytes())
    return found.hexdigest()


def kept(kind: type[Texts], key: str, make: Callable[[], Texts]) -> Texts:
    """What ``make`` returns, from the cache folder where it was made before under that key.

    What cannot be read there is made, and what cannot be written there is made again the next time.
    """
    folder = cache_folder("report")
    file = folder / f"{key}-{kind.__name__}.json"
    with contextlib.suppress(OSError, msgspec.MsgspecError):
        found = msgspec.json.decode(file.read_bytes(), type=kind)
        os.utime(file)
        return found
    made = make()
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_file(file, msgspec.json.encode(made))
        _remove_unused(folder)
    return made


def _remove_unused(folder: Path) -> None:
    oldest = time.time() - _UNUSED * 24 * 3600
    for file in folder.glob("*.json"):
        if file.stat().st_mtime < oldest:
            file.unlink()
