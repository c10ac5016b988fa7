"""Runs on disk, read back whatever cut them short.

A run is a directory below ``RESULTS/runs`` with

- ``run.json``: the suite, the plan of each invocation in outline, and the environments of its records
- ``trials.jsonl``: one record a line, in the order in which the trials ended
- ``scores.f64`` and ``labels.i8``: the test rows' scores (little-endian float64) and labels (int8); a
  record's ``scores`` and ``labels`` give the byte offset and the number of values

The last three may be packed (`bench.runs.packing`), as those of the reference runs are.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from bench.errors import BenchError, BenchWarning, unknown
from bench.runs.info import RunInfo, read_info
from bench.runs.packing import open_either
from bench.trials.record import Head, Record, Slice, Status
from bench.trials.trial import Combination

if TYPE_CHECKING:
    from bench.splits.arrays import Floats, Labels

RECORDS = "trials.jsonl"
FILES = (RECORDS, "scores.f64", "labels.i8")
# Runs of this name are read by reports and never resumed from, unless they are named: a figure that was
# measured on the maintainers' machine is no answer to what a detector costs on this one.
REFERENCE = "reference-"

_head: Callable[[bytes], Head] = msgspec.json.Decoder(Head).decode
_decode: Callable[[bytes], Record] = msgspec.json.Decoder(Record).decode

T = TypeVar("T")


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
    def info(self) -> RunInfo:
        """The content of run.json; raises BenchError if it cannot be read."""
        return read_info(self.folder / "run.json")

    def records(self, wanted: Callable[[Head], bool] | None = None) -> Iterator[Record]:
        """The records in the order of the file, or those of them whose heads are wanted.

        A line that is not valid JSON is left out with a warning. BenchError for one that is no record.
        """
        if wanted is None:
            yield from self._read(_record)
        else:
            yield from filter(None, self._read(lambda line: _record(line) if wanted(_head(line)) else None))

    def heads(self) -> Iterator[Head]:
        """The head of each record, as `records`, but without the rest: a store may hold millions."""
        return self._read(_head)

    def lines(self) -> Iterator[tuple[bytes, Record]]:
        """Each record after its line, as `records`."""
        return self._read(lambda line: (line, _record(line)))

    def scores(self, record: Record) -> Floats:
        """The test rows' scores of a record of status ok, shape (n,)."""
        scores: Floats = self._values("scores.f64", "<f8", record.scores)
        return scores

    def labels(self, record: Record) -> Labels:
        """The test rows' labels of a record of status ok, shape (n,)."""
        labels: Labels = self._values("labels.i8", "i1", record.labels)
        return labels

    def _read(self, decode: Callable[[bytes], T]) -> Iterator[T]:
        lines = open_either(self.folder / RECORDS)
        if lines is None:
            return
        with lines:
            for number, line in enumerate(lines, start=1):
                if not line.endswith(b"\n"):
                    self._warn_of("the last line is cut off")
                    return
                try:
                    decoded = decode(line)
                except msgspec.ValidationError as error:
                    where = f"{self.folder / RECORDS}, line {number}"
                    raise BenchError(f"cannot read {where}: {error}; mend or delete the line") from None
                except msgspec.DecodeError:
                    self._warn_of(f"line {number} is not valid JSON")
                else:
                    yield decoded

    def _warn_of(self, what: str) -> None:
        warnings.warn(
            f"{self.folder / RECORDS}: {what} and is left out; its trial will run again",
            BenchWarning,
            stacklevel=3,
        )

    def _values(self, file: str, dtype: str, where: Slice | None) -> Any:
        import numpy as np

        if where is None:
            raise BenchError(f"the raw scores of {self.folder} were dropped; run it anew with --fresh")
        if (self.folder / file).exists():
            return np.fromfile(self.folder / file, dtype, count=where.count, offset=where.offset)
        return np.frombuffer(self._unpacked(file), dtype, count=where.count, offset=where.offset)

    @cache  # noqa: B019 - a run is read once and for all; its bytes are no more than it holds
    def _unpacked(self, file: str) -> bytes:
        """The content of a packed file, which cannot be read in parts."""
        content = open_either(self.folder / file)
        assert content is not None
        with content:
            return content.read()


def _record(line: bytes) -> Record:
    """A line's record, with the metrics that have come since it was written and follow from its others."""
    from bench.evaluation.metrics import fill_in

    record = _decode(line)
    anomalies, rows = record.rows.test_anomalies, record.rows.test
    if record.metrics and anomalies and rows and anomalies < rows:
        fill_in(record.metrics, anomalies / rows)
    return record


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
    return sorted(runs, key=lambda run: (not run.is_reference, run.info.started, run.name))


def finished(results: Path, *, name: str | None = None, retry: bool = False) -> dict[str, Status]:
    """Keys of the trials that need not run again, with their statuses.

    name: a run to count in although it is a reference run. retry: leave out those that did not end "ok".
    """
    return {
        head.key: head.status
        for run in runs_to_resume(results, name)
        for head in run.heads()
        if head.status == "ok" or not retry
    }


def combinations_timed_out(results: Path, *, name: str | None = None) -> set[Combination]:
    """Where trials have timed out: their other seeds are not worth trying."""
    return {
        (record.detector.label, record.dataset.label, record.regime)
        for run in runs_to_resume(results, name)
        for record in run.records(lambda head: head.status == "timeout")
    }


def runs_to_resume(results: Path, name: str | None) -> list[Run]:
    """The runs whose trials need not run again: all but reference runs, unless one is named."""
    return [run for run in find_runs(results) if not run.is_reference or run.name == name]
