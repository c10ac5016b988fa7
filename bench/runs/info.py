"""What run.json says of a run: suite, plans and environments."""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from bench.errors import BenchError
from bench.plans.outline import Outline, SuiteOutline
from bench.trials.environment import Environment

# Raised when files can no longer be read as before.
FORMAT = 1


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
    """The content of a run.json; BenchError if it cannot be read or is of another format."""
    try:
        content = file.read_bytes()
        found = msgspec.json.decode(content, type=_Format).format
        if found != FORMAT:
            raise BenchError(f"{file} has format {found!r}; this version reads format {FORMAT}")
        return msgspec.json.decode(content, type=RunInfo)
    except (OSError, msgspec.DecodeError) as error:
        raise BenchError(f"cannot read {file}: {error}; delete the run or mend the file") from None
