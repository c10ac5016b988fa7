"""Writing runs: outcomes appended one by one while a run goes on."""

from __future__ import annotations

import json
import os
import re
import time
import warnings
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout
from msgspec import structs

from bench.errors import BenchError, BenchWarning
from bench.files import check_no_link, replace_file
from bench.plans.plan import Plan
from bench.runs.appending import AppendedFiles
from bench.runs.current import Answer
from bench.runs.documents import changed, encode
from bench.runs.info import FORMAT, INFO, RunInfo, info_text
from bench.runs.packing import is_there, open_regular, unpack
from bench.runs.reading import FILES, RECORDS, Run
from bench.trials.environment import Environment, identify
from bench.trials.record import Outcome, Slice

if TYPE_CHECKING:
    from bench.splits.arrays import Floats, Labels

# From those that records point into to the records: none ever points at what is not there.
APPENDED = ("scores.f64", "labels.i8", RECORDS)


class RunWriter:
    """Appends outcomes to a run; each is on the disk within a second. Use it as a context manager.

    Nothing is created before the first outcome. Raises BenchError for a folder that cannot be written or is
    removed meanwhile, for a run that another process is writing, and for one of this name that is of another
    suite or cannot be read.
    """

    def __init__(self, results: Path, plan: Plan, environment: Environment, name: str | None) -> None:
        self.run = Run(results / "runs" / (name or new_name(plan.suite.name)))
        self._plan = plan
        self._started = datetime.now(UTC).isoformat(timespec="microseconds")
        self._environment = environment
        self._environment_id = identify(environment)
        self._files: AppendedFiles | None = None
        self._lock: FileLock | None = None

    def __enter__(self) -> RunWriter:
        if is_there(self.run.folder / INFO):
            self._old_info()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if self._files is not None:
                self._files.close()
        except (OSError, BenchError) as error:
            if kind is None:  # else it has been said what is wrong with the folder
                raise _said(self.run.folder, error) from None
        finally:
            if self._lock is not None:
                self._lock.release()

    def write(self, outcome: Outcome) -> None:
        """Append an outcome."""
        self._write(outcome, self._environment_id)

    def write_again(self, answer: Answer) -> None:
        """Append a record of another run, with its scores where it has them: it is the current one again."""
        run, record = answer
        environment = run.info.environments.get(record.environment)
        rows = run.scored_rows(record) or (None, None)
        self._write(Outcome(record, *rows), record.environment)
        if environment is not None and record.environment not in Run(self.run.folder).info.environments:
            change_info(
                self.run.folder,
                environments={**Run(self.run.folder).info.environments, record.environment: environment},
            )

    def _write(self, outcome: Outcome, environment: str) -> None:
        record = outcome.record
        scores = labels = None
        try:
            if self._files is None:
                self._files = self._open()
            if outcome.scores is not None and outcome.labels is not None:
                scores, labels = append_rows(self._files, outcome.scores, outcome.labels)
            record = structs.replace(
                record, environment=environment, scores=scores, labels=labels, written=time.time()
            )
            self._files.append(RECORDS, encode(record))
        except OSError as error:
            raise _said(self.run.folder, error) from None

    def _open(self) -> AppendedFiles:
        folder = self.run.folder
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = locked(folder)
        for name in (INFO, *FILES):
            unpack(folder / name)
        self._write_info()
        _drop_torn_line(folder / RECORDS)
        return AppendedFiles(folder, APPENDED)

    def _old_info(self) -> RunInfo:
        """What run.json says of the run that is gone on with."""
        old = Run(self.run.folder).info
        if old.suite.name != self._plan.suite.name:
            raise BenchError(f"{self.run.folder} is a run of suite {old.suite.name!r}; choose another --name")
        return old

    def _write_info(self) -> None:
        """Write run.json; a run that is gone on with keeps its start and what it has planned so far."""
        info = RunInfo(
            format=FORMAT,
            started=self._started,
            suite=self._plan.suite.outline(),
            plans=self._plan.outlines(),
            environments={self._environment_id: self._environment},
        )
        if not (self.run.folder / INFO).exists():
            replace_file(self.run.folder / INFO, encode(info, indent=1))
            return
        old = self._old_info()
        change_info(
            self.run.folder,
            suite=info.suite,
            plans=[*(plan for plan in old.plans if plan not in info.plans), *info.plans],
            environments={**old.environments, **info.environments},
        )


def append_rows(files: AppendedFiles, scores: Floats, labels: Labels) -> tuple[Slice, Slice]:
    """Append scores and labels of test rows, shape (n,) each; returns where they are.

    Labels are written once for all trials that have the same, as all do that are judged on one test set.
    """
    return (
        Slice(files.append("scores.f64", scores.astype("<f8").tobytes()), len(scores)),
        Slice(files.append_once("labels.i8", labels.astype("i1").tobytes()), len(labels)),
    )


def new_name(suite: str) -> str:
    """A name for a run of a suite that begins now."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}-{suite}"


def change_info(folder: Path, **changes: Any) -> None:
    """Change fields of run.json, which is unpacked where it was packed."""
    file, info = folder / INFO, Run(folder).info
    document = changed(json.loads(info_text(file)), info, structs.replace(info, **changes))
    unpack(file)
    replace_file(file, encode(document, indent=1))


def locked(folder: Path) -> FileLock:
    """The lock of a run's folder, held; BenchError if another process holds it, and for a link."""
    for file in (folder, *(folder / name for name in (INFO, *FILES))):
        check_no_link(file)
    lock = FileLock(folder / ".lock")
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise BenchError(f"another process is writing {folder}; wait for it or choose a name") from None
    return lock


def unwritable(folder: Path, error: OSError) -> BenchError:
    """The error for a results folder that cannot be written."""
    why = error.strerror or error
    return BenchError(f"cannot write to {folder}: {why}; make room or give another folder with --results")


def _said(folder: Path, error: OSError | BenchError) -> BenchError:
    return unwritable(folder, error) if isinstance(error, OSError) else error


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
    if not os.path.lexists(file):
        return
    with open_regular(file) as opened:
        content = opened.read()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        warnings.warn(
            f"{file}: the last line is cut off and is dropped; its trial runs again",
            BenchWarning,
            stacklevel=2,
        )
        os.truncate(file, whole)
