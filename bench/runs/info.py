"""What run.json says of a run: suite, plans and environments."""

from __future__ import annotations

import os
from errno import ENOENT
from pathlib import Path

import msgspec
from msgspec import Struct

from bench.errors import BenchError
from bench.evaluation.policies import headlines
from bench.plans.outline import Outline, SuiteOutline
from bench.plans.suite import MOST_TRIALS
from bench.runs.damage import UNREADABLE, DamagedError
from bench.runs.packing import open_either
from bench.trials.environment import Environment

INFO = "run.json"
# Raised when files can no longer be read as before.
FORMAT = 1
MEND = "delete the run or mend the file"


class RunInfo(Struct, frozen=True, kw_only=True):
    """The content of run.json: the suite, the plan of each invocation in outline, and the environments that
    records name.

    ``policies``: what decides by the policies that the records were judged by afterwards.
    ``flagged_clean``: the shares of scores without an anomaly that each of these flags, a share a seed.
    """

    format: int
    started: str
    suite: SuiteOutline
    plans: list[Outline]
    environments: dict[str, Environment]
    policies: dict[str, str] = {}
    flagged_clean: dict[str, list[float]] = {}


class _Format(Struct):
    format: int | None = None


def read_info(file: Path) -> RunInfo:
    """The content of a run.json, packed or not; BenchError if it cannot be read, is of another format, or
    says what no run can have been.
    """
    text = info_text(file)
    try:
        text.decode()  # msgspec passes over damage in what it has no field for, on which others would fall
        found = msgspec.json.decode(text, type=_Format).format
        if found != FORMAT:
            raise BenchError(f"{file} has format {found!r}; this version reads format {FORMAT}")
        info = msgspec.json.decode(text, type=RunInfo)
        _check(info)
    except RecursionError:
        raise BenchError(f"cannot read {file}: it nests too deeply; {MEND}") from None
    except ValueError as error:  # msgspec's among them, and what is no UTF-8
        raise BenchError(f"cannot read {file}: {error}; {MEND}") from None
    return info


def info_text(file: Path) -> bytes:
    """A run.json as it stands, packed or not; DamagedError if it cannot be read."""
    try:
        content = open_either(file)
        if content is None:
            raise FileNotFoundError(ENOENT, os.strerror(ENOENT))
        with content:
            return content.read()
    except UNREADABLE as error:
        raise DamagedError(file, error) from None


def _check(info: RunInfo) -> None:
    """ValueError for what cannot be reported."""
    if info.suite.headline not in headlines():
        known = ", ".join(headlines())
        raise ValueError(f"the headline of its suite is {info.suite.headline!r}, and may be: {known}")
    planned = sum(len(plan.seeds) * len(cell.detectors) for plan in info.plans for cell in plan.cells)
    if planned > MOST_TRIALS:
        raise ValueError(f"it plans {planned:,} trials, and {MOST_TRIALS:,} is the most")
