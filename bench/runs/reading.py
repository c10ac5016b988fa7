"""Runs on disk, read back whatever cut them short.

A run is a directory below ``RESULTS/runs`` with

- ``run.json``: the suite, the plan of each invocation in outline, and the environments of its records
- ``trials.jsonl``: one record a line, in the order in which the trials ended
- ``scores.f64`` and ``labels.i8``: the test rows' scores (little-endian float64) and labels (int8); a
  record's ``scores`` and ``labels`` give the byte offset and the number of values

The last three may be packed (`bench.runs.packing`), as those of the reference runs are.
"""

from __future__ import annotations

import json
import re
import sys
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from bench.errors import BenchError, BenchWarning, unknown
from bench.runs.packing import open_either
from bench.trials.trial import Place

if TYPE_CHECKING:
    from bench.splits.arrays import Floats, Labels

FORMAT = 1
RECORDS = "trials.jsonl"
FILES = (RECORDS, "scores.f64", "labels.i8")
# Runs of this name are read by reports and never resumed from, unless they are named: a figure that was
# measured on the maintainers' machine is no answer to what a detector costs on this one.
REFERENCE = "reference-"

_HEAD = re.compile(rb'\{"key": "(\w+)", "question": "(\w+)", "status": "([\w-]+)"')


class Head(NamedTuple):
    """What is at the beginning of a record's line, and the line."""

    key: str
    question: str
    status: str
    line: bytes


@dataclass(frozen=True)
class Run:
    """A run on disk, for reading."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def is_reference(self) -> bool:
        return self.name.startswith(REFERENCE)

    @cached_property
    def info(self) -> dict[str, Any]:
        """The content of run.json; raises BenchError if it cannot be read."""
        file = self.folder / "run.json"
        try:
            info: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise BenchError(f"cannot read {file}: {error}; delete the run or mend the file") from None
        if info.get("format") != FORMAT:
            raise BenchError(f"{file} has format {info.get('format')!r}; this version reads format {FORMAT}")
        return info

    def records(self) -> Iterator[dict[str, Any]]:
        """The records in the order of the file. A line that cannot be read is left out with a warning."""
        lines = open_either(self.folder / RECORDS)
        if lines is None:
            return
        with lines:
            for number, line in enumerate(lines, start=1):
                try:
                    yield orjson.loads(line)
                except ValueError:
                    self._warn_of(number, line)

    def heads(self) -> Iterator[Head]:
        """The first fields of each whole record, read without the rest: a store may hold millions."""
        lines = open_either(self.folder / RECORDS)
        if lines is None:
            return
        with lines:
            for number, line in enumerate(lines, start=1):
                found = _HEAD.match(line)
                if found and line.endswith(b"}\n"):
                    key, question, status = found.groups()
                    yield Head(key.decode(), question.decode(), sys.intern(status.decode()), line)
                else:
                    self._warn_of(number, line)

    def scores(self, record: Mapping[str, Any]) -> Floats:
        """The test rows' scores of a record of status ok, shape (n,)."""
        scores: Floats = self._values("scores.f64", "<f8", record["scores"])
        return scores

    def labels(self, record: Mapping[str, Any]) -> Labels:
        """The test rows' labels of a record of status ok, shape (n,)."""
        labels: Labels = self._values("labels.i8", "i1", record["labels"])
        return labels

    def _warn_of(self, number: int, line: bytes) -> None:
        torn = not line.endswith(b"\n")
        what = "the last line is cut off" if torn else f"line {number} is not valid JSON"
        warnings.warn(
            f"{self.folder / RECORDS}: {what} and is left out; its trial will run again",
            BenchWarning,
            stacklevel=3,
        )

    def _values(self, file: str, dtype: str, where: Mapping[str, int] | None) -> Any:
        import numpy as np

        if where is None:
            raise BenchError(f"the raw scores of {self.folder} were dropped; run it anew with --fresh")
        if (self.folder / file).exists():
            return np.fromfile(self.folder / file, dtype, count=where["count"], offset=where["offset"])
        return np.frombuffer(self._unpacked(file), dtype, count=where["count"], offset=where["offset"])

    @cache  # noqa: B019 - a run is read once and for all; its bytes are no more than it holds
    def _unpacked(self, file: str) -> bytes:
        """The content of a packed file, which cannot be read in parts."""
        content = open_either(self.folder / file)
        assert content is not None
        with content:
            return content.read()


def find_run(results: Path, name: str) -> Run:
    """The run of that name below ``results/runs``; BenchError where there is none."""
    runs = {run.name: run for run in find_runs(results)}
    if name not in runs:
        raise unknown("run", name, runs)
    return runs[name]


def find_run_or_folder(results: Path, name: str) -> Run:
    """The run whose folder ``name`` is, or else as `find_run`."""
    return Run(Path(name)) if (Path(name) / "run.json").is_file() else find_run(results, name)


def find_runs(results: Path) -> list[Run]:
    """All runs below a results folder, the reference runs first and then in the order of their start."""
    runs = [Run(file.parent) for file in (results / "runs").glob("*/run.json")]
    return sorted(runs, key=lambda run: (not run.is_reference, run.info["started"], run.name))


def finished(results: Path, *, name: str | None = None, retry: bool = False) -> dict[str, str]:
    """Keys of the trials that need not run again, with their statuses.

    name: a run to count in although it is a reference run. retry: leave out those that did not end "ok".
    """
    return {
        head.key: head.status
        for run in runs_to_resume(results, name)
        for head in run.heads()
        if head.status == "ok" or not retry
    }


def places_timed_out(results: Path, *, name: str | None = None) -> set[Place]:
    """Where trials have timed out: their other seeds are not worth trying."""
    return {
        (record["detector"]["label"], record["dataset"]["label"], record["regime"])
        for run in runs_to_resume(results, name)
        for head in run.heads()
        if head.status == "timeout"
        for record in [json.loads(head.line)]
    }


def runs_to_resume(results: Path, name: str | None) -> list[Run]:
    """The runs whose trials need not run again: all but reference runs, unless one is named."""
    return [run for run in find_runs(results) if not run.is_reference or run.name == name]
