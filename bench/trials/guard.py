"""Calling a plugin's code: seeded, silenced, and its exceptions turned into statuses and reasons."""

from __future__ import annotations

import contextlib
import io
import random
import sys
import traceback
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench.errors import ContractError, DataError, NotApplicableError
from bench.trials.record import Status

Failure = tuple[Status, str]


def seed_everything(seed: int) -> None:
    """Seed the global random generators, for libraries without a parameter for it."""
    random.seed(seed)
    np.random.seed(seed)
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(seed)


class _Captured(io.StringIO):
    """A buffer that stays open for a library that closes the standard output."""

    def close(self) -> None:
        pass


@contextlib.contextmanager
def quiet(seed: int) -> Iterator[io.StringIO]:
    """Seed the global generators, silence warnings and collect what is written to standard output."""
    seed_everything(seed)
    printed = _Captured()
    with (
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(io.StringIO()),
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
    ):
        # One filter and no more: scikit-learn sets all anew for each tree of a forest.
        warnings.resetwarnings()
        warnings.simplefilter("ignore")
        yield printed


def how_it_failed(error: BaseException, file: str) -> Failure:
    """The status and the reason of a record whose plugin, in ``file``, raised ``error``."""
    match error:
        case NotApplicableError():
            return "skipped", str(error)
        case DataError():
            return "failed", f"dataset: {error}"
        case ContractError():
            return "failed", str(error)
        case MemoryError():
            return "out-of-memory", reason(error, file)
        case RuntimeError() if type(error).__name__ == "OutOfMemoryError":  # torch's, of a GPU
            return "out-of-memory", reason(error, file)
        case _:
            return "failed", reason(error, file)


def reason(error: BaseException, file: str = "") -> str:
    """``ValueError: its message (knn.py, line 12)``: the traceback's last line in the plugin's file."""
    try:
        message = " ".join(str(error).split())
    except Exception:  # someone else's class, whose own text may fail
        message = "its message cannot be shown"
    text = f"{type(error).__name__}: {message}"[:300]
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if Path(f.filename).name == file]
    return f"{text} ({file}, line {lines[-1]})" if lines else text
