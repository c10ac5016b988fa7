"""Writing runs: outcomes appended one by one while a run goes on, and packing what is finished."""

from __future__ import annotations

import json
import os
import re
import warnings
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from filelock import FileLock, Timeout
from msgspec import structs

from bench.errors import BenchError, BenchWarning
from bench.files import check_no_link, replace_file
from bench.plans.plan import Plan
from bench.runs.documents import changed, encode
from bench.runs.info import FORMAT, RunInfo
from bench.runs.packing import pack, unpack
from bench.runs.reading import FILES, RECORDS, Run, find_run
from bench.trials.environment import Environment, identify
from bench.trials.record import Outcome, Record, Slice


class RunWriter:
    """Appends outcomes to a run, each on disk before the next. Use it as a context manager.

    Nothing is created before the first outcome. Raises BenchError for a folder that cannot be written
    and for a run that another process is writing.
    """

    def __init__(self, results: Path, plan: Plan, environment: Environment, name: str | None) -> None:
        self.run = Run(results / "runs" / (name or new_name(plan.suite.name)))
        self._plan = plan
        self._started = datetime.now(UTC).isoformat(timespec="microseconds")
        self._environment = environment
        self._environment_id = identify(environment)
        self._files: dict[str, IO[bytes]] = {}
        self._labels_at: dict[tuple[str, int], Slice] = {}

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
        scores = labels = None
        try:
            if not self._files:
                self._open()
            if outcome.scores is not None and outcome.labels is not None:
                scores = self._append("scores.f64", outcome.scores.astype("<f8"))
                # One test set is shared by every detector and regime.
                rows = (record.dataset.label, record.seed)
                if rows not in self._labels_at:
                    self._labels_at[rows] = self._append("labels.i8", outcome.labels.astype("i1"))
                labels = self._labels_at[rows]
            record = structs.replace(record, environment=self._environment_id, scores=scores, labels=labels)
            self._append(RECORDS, encode(record))
        except OSError as error:
            raise unwritable(self.run.folder, error) from None

    def _open(self) -> None:
        folder = self.run.folder
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = _locked(folder)
        for name in FILES:
            unpack(folder / name)
        self._write_info()
        _drop_torn_line(folder / RECORDS)
        for name in FILES:
            self._files[name] = (folder / name).open("ab")

    def _write_info(self) -> None:
        """Write run.json; a run that is gone on with keeps its start and what it has planned so far."""
        info = RunInfo(
            format=FORMAT,
            started=self._started,
            suite=self._plan.suite.outline(),
            plans=self._plan.outlines(),
            environments={self._environment_id: self._environment},
        )
        if not (self.run.folder / "run.json").exists():
            replace_file(self.run.folder / "run.json", encode(info, indent=1))
            return
        old = Run(self.run.folder).info
        if old.suite.name != info.suite.name:
            raise BenchError(f"{self.run.folder} is a run of suite {old.suite.name!r}; choose another --name")
        _change_info(
            self.run.folder,
            suite=info.suite,
            plans=[*(plan for plan in old.plans if plan not in info.plans), *info.plans],
            environments={**old.environments, **info.environments},
        )

    def _append(self, name: str, content: Any) -> Slice:
        file = self._files[name]
        at = Slice(file.tell(), len(content))
        file.write(content)
        file.flush()
        return at


def new_name(suite: str) -> str:
    """A name for a run of a suite that begins now."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}-{suite}"


def pack_run(results: Path, name: str, *, keep_scores: int | None = None) -> Run:
    """Pack the files of a run; BenchError if there is no such run or another process is writing it.

    keep_scores: of how many first seeds raw scores are kept. Those of others are gone for good; what tables
    read of them is in the run's records.
    """
    run = find_run(results, name)
    with _locked(run.folder):
        if keep_scores is not None:
            _drop_scores(run.folder, keep_scores)
        for file in FILES:
            pack(run.folder / file)
    return run


def _drop_scores(folder: Path, seeds: int) -> None:
    """Rewrite the records so that those of all but the first seeds point at no scores, then blank these.

    What is kept stays where it is, so that no record ever points at the wrong place; zeros pack to nothing.
    """
    dropped: list[Slice] = []

    def without_scores(record: Record) -> Record:
        if record.scores is None or record.seed < seeds:
            return record
        dropped.append(record.scores)
        return structs.replace(record, scores=None, labels=None)

    _rewrite(folder, without_scores)
    for name in set(FILES) - {RECORDS}:
        unpack(folder / name)
        if seeds == 0:
            (folder / name).unlink(missing_ok=True)
    if seeds and dropped:
        with (folder / "scores.f64").open("r+b") as scores:
            for where in dropped:
                scores.seek(where.offset)
                scores.write(bytes(8 * where.count))


def rewrite_records(
    results: Path,
    name: str,
    change: Callable[[Record], Record],
    *,
    noting: Mapping[str, str],
    clean: Mapping[str, list[float]],
) -> Run:
    """Change each record of a run; one that was packed is packed again.

    noting: policies that the records get, and what decides by them, and clean: what they flag of scores
    without an anomaly, for run.json. Nothing is lost if
    ``change`` raises. BenchError if there is no such run or another process is writing it.
    """
    run = find_run(results, name)
    packed = not (run.folder / RECORDS).exists()
    with _locked(run.folder):
        _rewrite(run.folder, change)
        if packed:
            pack(run.folder / RECORDS)
        old = run.info
        _change_info(
            run.folder, policies={**old.policies, **noting}, flagged_clean={**old.flagged_clean, **clean}
        )
    return run


def _rewrite(folder: Path, change: Callable[[Record], Record]) -> None:
    lines = [_changed_line(line, record, change(record)) for line, record in Run(folder).lines()]
    unpack(folder / RECORDS)
    replace_file(folder / RECORDS, b"".join(lines))


def _changed_line(line: bytes, before: Record, after: Record) -> bytes:
    return line if after == before else encode(changed(json.loads(line), before, after))


def _change_info(folder: Path, **changes: Any) -> None:
    """Change fields of run.json."""
    file, info = folder / "run.json", Run(folder).info
    document = changed(json.loads(file.read_bytes()), info, structs.replace(info, **changes))
    replace_file(file, encode(document, indent=1))


def _locked(folder: Path) -> FileLock:
    """The lock of a run's folder, held; BenchError if another process holds it, and for a link."""
    for file in (folder, folder / "run.json", *(folder / name for name in FILES)):
        check_no_link(file)
    lock = FileLock(folder / ".lock")
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise BenchError(f"another process is writing {folder}; wait for it or choose a name") from None
    return lock


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
