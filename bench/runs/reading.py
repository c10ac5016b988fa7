"""Runs on disk, read back whatever cut them short or has befallen them since.

A run is a directory below ``RESULTS/runs`` with

- ``run.json``: the suite, the plan of each invocation in outline, and the environments of its records
- ``trials.jsonl``: one record a line, in the order in which the trials ended
- ``scores.f64`` and ``labels.i8``: the test rows' scores (little-endian float64) and labels (int8); a
  record's ``scores`` and ``labels`` give the byte offset and the number of values

Each may be packed (`bench.runs.packing`), as those of the reference runs are.
"""

from __future__ import annotations

import contextlib
import gc
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.errors import BenchError, BenchWarning, unknown
from bench.runs.damage import UNREADABLE, DamagedError
from bench.runs.info import INFO, RunInfo, read_info
from bench.runs.lines import LineReader
from bench.runs.packing import PACKED, is_there, open_either, open_regular
from bench.runs.verdict import verified_detectors
from bench.trials.record import BoundedRecord, Record, Slice
from bench.trials.trial import Combination

if TYPE_CHECKING:
    from bench.splits.arrays import Floats, Labels

RECORDS = "trials.jsonl"
FILES = (RECORDS, "scores.f64", "labels.i8")
# Runs of this name are read by reports and never resumed from, unless they are named: a figure that was
# measured on the maintainers' machine is no answer to what a detector costs on this one.
REFERENCE = "reference-"
# Runs of this name came as entries: reports show what no other run has answered, and they are never resumed.
ENTRY = "entry-"


def _complete(record: Record) -> None:
    """Check a record, and add the metrics that have come since and follow from its others."""
    from bench.evaluation.metrics import fill_in

    record.check()
    share = prevalence(record)
    if record.metrics and share is not None:
        fill_in(record.metrics, share)


def prevalence(record: Record) -> float | None:
    """The fraction of the test rows that are anomalies; None where that is not known, or all or none."""
    anomalies, rows = record.rows.test_anomalies, record.rows.test
    return anomalies / rows if anomalies and rows and anomalies < rows else None


_records = LineReader(Record, _complete)
_heads = LineReader(Record, _complete, BoundedRecord)


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

    @property
    def standing(self) -> int:
        """Whose records count in reports: 0 for an entry, 1 for a reference run, 2 for any other."""
        return 0 if self.name.startswith(ENTRY) else 1 if self.is_reference else 2

    @cached_property
    def verified(self) -> frozenset[str]:
        """The labels of the detectors whose figures were verified, where the run came as an entry."""
        return verified_detectors(self.folder, self.records()) if self.standing == 0 else frozenset()

    @cached_property
    def info(self) -> RunInfo:
        """The content of run.json; raises BenchError if it cannot be read."""
        return read_info(self.folder / INFO)

    @cached_property
    def begun(self) -> float:
        """When it was begun, in seconds since 1970; 0 where run.json does not say it as ISO 8601 does."""
        try:
            return datetime.fromisoformat(self.info.started).timestamp()
        except (ValueError, OverflowError):
            return 0.0

    def records(self) -> Iterator[Record]:
        """The records in the order of the file. What cannot be read is left out with a warning."""
        return self._readable(_records)

    def heads(self) -> Iterator[Record]:
        """As `records`, in less time; for what says where they stand, without methods."""
        return self._readable(_heads)

    def lines(self) -> Iterator[tuple[bytes, Record | None]]:
        """Each line with its record, None where it holds none. DamagedError for a file damaged as a whole."""
        return _records.lines(self.folder / RECORDS)

    def _readable(self, reader: LineReader[Record]) -> Iterator[Record]:
        record = None
        try:
            for record in reader.values(self.folder / RECORDS):
                yield record
        except DamagedError as error:
            warnings.warn(f"{error}; what cannot be read will run again", BenchWarning, stacklevel=2)
        else:
            if record is None and self._has_scores():
                warnings.warn(
                    f"{self.folder / RECORDS} holds no record, though there are scores beside it: it was cut "
                    "off, emptied or removed, and what it held will run again",
                    BenchWarning,
                    stacklevel=2,
                )

    def _has_scores(self) -> bool:
        for name in ("scores.f64", f"scores.f64{PACKED}"):
            with contextlib.suppress(OSError):
                if (self.folder / name).stat().st_size > 0:
                    return True
        return False

    def scores(self, record: Record) -> Floats:
        """The test rows' scores of a record of status ok, shape (n,).

        BenchError where they were dropped; DamagedError where the file does not hold them.
        """
        import numpy as np

        scores: Floats = self._values("scores.f64", "<f8", record.scores)
        if not np.isfinite(scores).all():
            raise self._damaged("scores.f64", record, "not all of them are finite")
        return scores

    def labels(self, record: Record) -> Labels:
        """The test rows' labels of a record of status ok, shape (n,); raises as `scores`."""
        labels: Labels = self._values("labels.i8", "i1", record.labels)
        if not ((labels == 0) | (labels == 1)).all():
            raise self._damaged("labels.i8", record, "not all of them are 0 or 1")
        return labels

    def scored_rows(self, record: Record) -> tuple[Floats, Labels] | None:
        """Scores and labels of the test rows, both of shape (n,); None where there are none any more, with a
        warning where that is damage.
        """
        if record.scores is None or record.labels is None:
            return None
        try:
            scores, labels = self.scores(record), self.labels(record)
            if len(scores) != len(labels):
                raise self._damaged(RECORDS, record, f"{len(scores)} scores have {len(labels)} labels")
            if len({*labels.tolist()}) < 2:
                raise self._damaged("labels.i8", record, "all are the same")
        except DamagedError as error:
            warnings.warn(f"{error}; its raw scores are left out", BenchWarning, stacklevel=2)
            return None
        return scores, labels

    def _damaged(self, file: str, record: Record, why: str) -> DamagedError:
        where = f"{record.detector.label} on {record.dataset.label}, {record.regime}, seed {record.seed}"
        return DamagedError(self.folder / file, f"of {where}, {why}")

    def _values(self, file: str, dtype: str, where: Slice | None) -> Any:
        import numpy as np

        if where is None:
            raise BenchError(f"the raw scores of {self.folder} were dropped; run it anew with --fresh")
        size = np.dtype(dtype).itemsize * where.count
        content = self._read(file, where.offset, size)
        if len(content) < size:
            end = f"it ends before byte {where.offset + size}"
            raise DamagedError(self.folder / file, end)
        return np.frombuffer(content, dtype)

    def _read(self, file: str, offset: int, size: int) -> bytes:
        """A part of a file, packed or not: less of it than asked where the file ends."""
        path = self.folder / file
        try:
            if not path.exists():
                return self._unpacked(file)[offset : offset + size]
            with open_regular(path) as content:
                content.seek(offset)
                return content.read(min(size, path.stat().st_size))
        except UNREADABLE as error:
            raise DamagedError(path, error) from None

    @cache  # noqa: B019 - a run is read once and for all; its bytes are no more than it holds
    def _unpacked(self, file: str) -> bytes:
        """The content of a packed file, which cannot be read in parts."""
        content = open_either(self.folder / file)
        if content is None:
            raise OSError("there is no such file")
        with content:
            return content.read()


def find_run(results: Path, name: str) -> Run:
    """The run of that name below ``results/runs``; BenchError where there is none that can be read."""
    found = {folder.name: Run(folder) for folder in _folders(results)}
    if name not in found:
        raise unknown("run", name, found)
    return _with_info(found[name])


def find_run_or_folder(results: Path, name: str) -> Run:
    """The run whose folder ``name`` is, or else as `find_run`."""
    return _with_info(Run(Path(name))) if _is_run(Path(name)) else find_run(results, name)


def find_runs(results: Path) -> list[Run]:
    """All runs below a results folder: entries, then reference runs, then others, each in the order of their
    start.

    One whose run.json cannot be read is left out with a warning.
    """
    runs = []
    for folder in _folders(results):
        try:
            runs.append(_with_info(Run(folder)))
        except BenchError as error:
            warnings.warn(f"{error}; the run is left out", BenchWarning, stacklevel=2)
    return sorted(runs, key=lambda run: (run.standing, run.info.started, run.name))


def combinations_timed_out(results: Path, *, name: str | None = None) -> set[Combination]:
    """Where trials have timed out: with the same code, their other seeds are not worth trying."""
    return {
        (record.detector.label, record.dataset.label, record.regime, record.code.canonical)
        for run in runs_to_resume(results, name)
        for record in run.records()
        if record.status == "timeout"
    }


def runs_to_resume(results: Path, name: str | None) -> list[Run]:
    """The runs whose trials need not run again: none that was measured elsewhere, unless it is named."""
    return [run for run in find_runs(results) if run.standing == 2 or run.name == name]


@contextlib.contextmanager
def no_garbage() -> Iterator[None]:
    """Put off the search for garbage: among a million fresh rows, which all stay, it takes a quarter of the
    time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _folders(results: Path) -> list[Path]:
    """The folders of runs, those with records whose run.json is gone among them."""
    try:
        return sorted(folder for folder in (results / "runs").iterdir() if _is_run(folder))
    except OSError:
        return []


def _is_run(folder: Path) -> bool:
    return any(is_there(folder / name) for name in (INFO, RECORDS))


def _with_info(run: Run) -> Run:
    """The run, once it is known that its run.json can be read."""
    assert run.info
    return run
