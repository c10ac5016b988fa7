"""Changing runs that are finished: packing them, and changing their records."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from msgspec import structs

from bench.evaluation.metrics import without_following
from bench.files import replace_file
from bench.runs.documents import changed, encode
from bench.runs.info import INFO
from bench.runs.packing import pack, unpack
from bench.runs.reading import FILES, RECORDS, Run, find_run, prevalence
from bench.runs.writing import change_info, locked, unwritable
from bench.trials.record import Record, Slice


def pack_run(results: Path, name: str, *, keep_scores: int | None = None, digits: int | None = None) -> Run:
    """Pack the files of a run; BenchError if there is no such run or another process is writing it.

    keep_scores: of how many first seeds raw scores are kept. Those of others are gone for good; what tables
    read of them is in the run's records. digits: significant ones of metrics, thresholds and costs in
    records without raw scores; all of them if None. Where there are scores, figures can be made again from
    them, and stay as they are.
    """
    run = find_run(results, name)
    try:
        with locked(run.folder):
            if keep_scores is not None:
                _drop_scores(run.folder, keep_scores)
            if digits is not None:
                _rewrite(run.folder, lambda record: _rounded(record, digits))
            for file in (INFO, *FILES):
                pack(run.folder / file)
    except OSError as error:
        raise unwritable(run.folder, error) from None
    return run


def _drop_scores(folder: Path, seeds: int) -> None:
    """Rewrite the records so that those of all but the first seeds point at no scores, then blank what none
    points at.

    What is kept stays where it is, so that no record ever points at the wrong place; zeros pack to nothing.
    """
    kept: list[Slice] = []

    def without_scores(record: Record) -> Record:
        if record.scores is not None and record.seed >= seeds:
            return structs.replace(record, scores=None, labels=None)
        kept.extend([record.scores] if record.scores is not None else ())
        return record

    _rewrite(folder, without_scores)
    for name in set(FILES) - {RECORDS}:
        unpack(folder / name)
        if seeds == 0:
            (folder / name).unlink(missing_ok=True)
    if seeds:
        _blank_all_but(folder / "scores.f64", kept)


def _rounded(record: Record, digits: int) -> Record:
    """The record with its figures rounded, where it has no raw scores; what reading adds is left out."""
    if record.scores is not None:
        return record
    share = prevalence(record)
    metrics = record.metrics if share is None else without_following(record.metrics, share)

    def each(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {name: each(inner) for name, inner in value.items()}
        return float(f"{value:.{digits}g}") if isinstance(value, float) else value

    return structs.replace(
        record,
        metrics=each(metrics),
        thresholds=each(record.thresholds),
        costs=structs.replace(record.costs, **each(structs.asdict(record.costs))),
    )


def _blank_all_but(file: Path, places: Iterable[Slice]) -> None:
    """Write zeros wherever the scores are that are not at these places."""
    if not file.exists():
        return
    with file.open("r+b") as scores:
        end, at = scores.seek(0, os.SEEK_END), 0
        for start, stop in sorted((place.offset, place.offset + 8 * place.count) for place in places):
            scores.seek(at)
            scores.write(bytes(max(0, min(start, end) - at)))
            at = max(at, stop)
        scores.seek(at)
        scores.write(bytes(max(0, end - at)))


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
    without an anomaly, for run.json. Nothing is lost if ``change`` raises. BenchError if there is no such run
    or another process is writing it.
    """
    run = find_run(results, name)
    packed = not (run.folder / RECORDS).exists()
    try:
        with locked(run.folder):
            _rewrite(run.folder, change)
            old = run.info
            change_info(
                run.folder,
                policies={**old.policies, **noting},
                flagged_clean={**old.flagged_clean, **clean},
            )
            if packed:
                for file in (INFO, RECORDS):
                    pack(run.folder / file)
    except OSError as error:
        raise unwritable(run.folder, error) from None
    return run


def _rewrite(folder: Path, change: Callable[[Record], Record]) -> None:
    """Change the records of a run; a line that cannot be read stays as it is."""
    lines = [
        line if record is None else changed_line(line, record, change(record))
        for line, record in Run(folder).lines()
    ]
    unpack(folder / RECORDS)
    replace_file(folder / RECORDS, b"".join(lines))


def changed_line(line: bytes, before: Record, after: Record) -> bytes:
    """The line of a record, read as ``before``, that is to read as ``after``."""
    return line if after == before else encode(changed(json.loads(line), before, after))
