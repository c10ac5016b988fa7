"""Runs on disk: appending records while a run goes on, and reading them back, whatever cut it short.

A run is a directory below ``RESULTS/runs`` with

- ``run.json``: the suite, the plan of each invocation in outline, and the environments of its records
- ``trials.jsonl``: one record a line, in the order in which the trials ended
- ``scores.f64`` and ``labels.i8``: the test rows' scores (little-endian float64) and labels (int8); a
  record's ``scores`` and ``labels`` give the byte offset and the number of values
"""

from __future__ import annotations

import json
import os
import re
import sys
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from filelock import FileLock, Timeout

from bench.environment import identify
from bench.errors import BenchError, BenchWarning
from bench.plan import Plan
from bench.trial import Outcome, Place

if TYPE_CHECKING:
    from bench.split import Floats, Labels

FORMAT = 1
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
        file = self.folder / "trials.jsonl"
        if not file.exists():
            return
        with file.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                try:
                    yield json.loads(line)
                except ValueError:
                    self._warn_of(number, line)

    def heads(self) -> Iterator[Head]:
        """The first fields of each whole record, read without the rest: a store may hold millions."""
        file = self.folder / "trials.jsonl"
        if not file.exists():
            return
        with file.open("rb") as lines:
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
            f"{self.folder / 'trials.jsonl'}: {what} and is left out; its trial will run again",
            BenchWarning,
            stacklevel=3,
        )

    def _values(self, file: str, dtype: str, where: Mapping[str, int]) -> Any:
        import numpy as np

        return np.fromfile(self.folder / file, dtype, count=where["count"], offset=where["offset"])


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


class RunWriter:
    """Appends outcomes to a run, each on disk before the next. Use it as a context manager.

    Nothing is created before the first outcome. Raises BenchError for a folder that cannot be written
    and for a run that another process is writing.
    """

    def __init__(self, results: Path, plan: Plan, environment: Mapping[str, Any], name: str | None) -> None:
        started = datetime.now(UTC)
        self.run = Run(results / "runs" / (name or f"{started:%Y%m%dT%H%M%S.%f}-{plan.suite.name}"))
        self._plan = plan
        self._started = started.isoformat(timespec="microseconds")
        self._environment = dict(environment)
        self._environment_id = identify(self._environment)
        self._files: dict[str, IO[bytes]] = {}
        self._labels_at: dict[tuple[str, int], dict[str, int]] = {}

    def __enter__(self) -> RunWriter:
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._files.values():
            file.close()
        if self._files:
            self._lock.release()

    def write(self, outcome: Outcome) -> None:
        """Append an outcome: scores and labels first, so that a record never points at what is not there."""
        record = outcome.record
        try:
            if not self._files:
                self._open()
            record.environment = self._environment_id
            if outcome.scores is not None and outcome.labels is not None:
                record.scores = self._append("scores.f64", outcome.scores.astype("<f8"))
                # One test set is shared by every detector and regime.
                rows = (record.dataset["label"], record.seed)
                if rows not in self._labels_at:
                    self._labels_at[rows] = self._append("labels.i8", outcome.labels.astype("i1"))
                record.labels = self._labels_at[rows]
            self._append("trials.jsonl", f"{json.dumps(asdict(record), allow_nan=False)}\n".encode())
        except OSError as error:
            raise unwritable(self.run.folder, error) from None

    def _open(self) -> None:
        folder = self.run.folder
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(folder / ".lock")
        try:
            self._lock.acquire(blocking=False)
        except Timeout:
            raise BenchError(f"another process is writing {folder}; wait for it or choose a name") from None
        self._write_info()
        _drop_torn_line(folder / "trials.jsonl")
        for name in ("trials.jsonl", "scores.f64", "labels.i8"):
            self._files[name] = (folder / name).open("ab")

    def _write_info(self) -> None:
        """Write run.json; a run that is gone on with keeps its start and what it has planned so far."""
        plans, environments = self._plan.outlines(), {self._environment_id: self._environment}
        file = self.run.folder / "run.json"
        if file.exists():
            old = Run(self.run.folder).info
            if old["suite"]["name"] != self._plan.suite.name:
                raise BenchError(
                    f"{self.run.folder} is a run of suite {old['suite']['name']!r}; choose another --name"
                )
            self._started = old["started"]
            plans = [*(plan for plan in old["plans"] if plan not in plans), *plans]
            environments = {**old["environments"], **environments}
        info = {
            "format": FORMAT,
            "started": self._started,
            "suite": self._plan.suite.description(),
            "plans": plans,
            "environments": environments,
        }
        written = file.with_suffix(".new")
        written.write_text(json.dumps(info, indent=1) + "\n", encoding="utf-8")
        written.replace(file)

    def _append(self, name: str, content: Any) -> dict[str, int]:
        file = self._files[name]
        at = {"offset": file.tell(), "count": len(content)}
        file.write(content)
        file.flush()
        return at


def unwritable(folder: Path, error: OSError) -> BenchError:
    """The error for a results folder that cannot be written."""
    return BenchError(f"cannot write to {folder}: {error.strerror}; give another folder with --results")


def check_writable(results: Path) -> None:
    """Raise BenchError now if a run could not be written later, after hours of work."""
    runs = results / "runs"
    try:
        runs.mkdir(parents=True, exist_ok=True)
        probe = runs / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise unwritable(results, error) from None


def check_name(name: str) -> None:
    """Refuse a run's name that is not a plain directory name."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name):
        raise BenchError(f"{name!r} cannot name a run; use letters, digits, '.', '_' and '-'")


def _drop_torn_line(file: Path) -> None:
    """Cut off what a killed process left of its last line, so that the next record starts a line."""
    content = file.read_bytes() if file.exists() else b""
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        warnings.warn(
            f"{file}: the last line is cut off and is dropped; its trial runs again",
            BenchWarning,
            stacklevel=2,
        )
        os.truncate(file, whole)
