"""Scoring a file's rows by a model, chunk by chunk: all of them, in the file's order, in bounded memory."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bench.errors import BenchWarning, DataError, unknown
from bench.pipeline.constant import warn_of_new_values
from bench.pipeline.drift import ColumnDrift, Drift
from bench.recommend.explaining import in_words, largest
from bench.tables.chunks import Chunks, rows_at_a_time
from bench.tables.dialect import AS_FOUND, Dialect
from bench.tables.formats import fitted, open_table
from bench.tables.timestamps import DAY, parse_times

if TYPE_CHECKING:
    from bench.pipeline.decisions import Decision
    from bench.pipeline.pipeline import Pipeline
    from bench.splits.arrays import Floats

Seen = Callable[[int], None]


@dataclass(frozen=True)
class Scored:
    """The scores of a file's rows, shape (n,), and the drift of its columns, as `Drift.columns` has it.

    ``index``: where each row is in the file, from 0, shape (n,). ``days``: the day of each row, as days since
    1970, shape (n,); None where there is no column of time.
    """

    scores: Floats
    drift: list[ColumnDrift]
    index: pd.Index
    days: Any = None

    @property
    def rows_per_day(self) -> float | None:
        """The number of rows on a day with some; None without a column of time."""
        return None if self.days is None else len(self.days) / len(np.unique(self.days))

    def alarms_by_day(self, threshold: float) -> Counter[int]:
        """The number of rows above a threshold on each day with any."""
        return Counter(self.days[self.scores > threshold].tolist())


def dialect_of(model: Pipeline, file: Path, said: Dialect | None) -> Dialect:
    """How a file is written: as it is said, and else as the model's was, where that is about its format."""
    return fitted(file, said or AS_FOUND, model.contract_.dialect)


def score_file(
    model: Pipeline,
    file: Path,
    *,
    time: str | None = None,
    seen: Seen | None = None,
    dialect: Dialect | None = None,
) -> Scored:
    """The scores of all rows of a file.

    time: the column of time; the one that the model was fitted with if left out, where the file has it.
    seen: called with the number of rows scored so far. dialect: as for `dialect_of`. Raises DataError where
    the file is not what the model was fitted to.
    """
    drift = Drift(model.reference_)
    scores, indices, days, rows = [], [], [], 0
    for declared, of_days in file_chunks(model, file, time=time, dialect=dialect):
        drift.add(declared)
        scores.append(model.score_declared(declared))
        indices.append(declared.index)
        if of_days is not None:
            days.append(of_days)
        rows += len(declared)
        if seen is not None:
            seen(rows)
    warn_of_new_values(drift, file.name)
    index = indices[0].append(indices[1:])  # where rows are counted it stays a range, which costs nothing
    return Scored(np.concatenate(scores), drift.columns(), index, np.concatenate(days) if days else None)


def threshold_of(model: Pipeline, scored: Scored, asked: Decision | None) -> tuple[float, str]:
    """The score above which rows of a file are alarms, and the option that says so: else the model's own."""
    if asked is None and model.threshold_ is not None:
        return model.threshold_, model.decision_.text
    decision = asked or model.decision_
    return model.decide(decision, scored.scores, scored.rows_per_day), decision.text


def explain_file(
    model: Pipeline, file: Path, chosen: Any, *, seen: Seen | None = None, dialect: Dialect | None = None
) -> Iterator[list[str]]:
    """Why rows of a file score as they do, in words: of each chunk a text for each row.

    chosen: a mask of all rows, shape (n,); the text of others is empty. seen, dialect: as in `score_file`.
    Raises DataError where the file has changed since it was scored.
    """
    rows = 0
    for declared, _ in _quietly(file_chunks(model, file, dialect=dialect)):
        own = np.flatnonzero(chosen[rows : rows + len(declared)])
        contributions = model.explain_declared(declared.iloc[own])
        names = contributions.columns.tolist()
        texts = [""] * len(declared)
        for row, each in zip(own, contributions.to_numpy(), strict=True):
            texts[row] = in_words(largest(each, names))
        rows += len(declared)
        if seen is not None:
            seen(rows)
        yield texts
    if rows != len(chosen):
        raise DataError(f"{file.name} has changed while it was read: {len(chosen):,} rows, then {rows:,}")


def _quietly(chunks: Iterator[tuple[pd.DataFrame, Any]]) -> Iterator[tuple[pd.DataFrame, Any]]:
    """The same without warnings, which were said when the file was scored."""
    while True:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", BenchWarning)
            chunk = next(chunks, None)
        if chunk is None:
            return
        yield chunk


def file_chunks(
    model: Pipeline, file: Path, *, time: str | None = None, dialect: Dialect | None = None
) -> Iterator[tuple[pd.DataFrame, Any]]:
    """The rows of a file as columns of the types of the model's contract, chunk by chunk, with their days.

    time: the column of time; the one that the model was fitted with if left out, where the file has it. The
    days are None without one. dialect: as for `dialect_of`. Raises DataError where the file is not what the
    model was fitted to.
    """
    contract = model.contract_
    wanted_time = time or model.time_
    has_time = False

    def wanted(names: Any) -> list[str]:
        nonlocal has_time
        has_time = wanted_time in names
        if time is not None and not has_time:
            raise DataError(f"{file.name}: {unknown('column', time, names)}")
        apart = [name for name in names if name == wanted_time]
        return [*contract.wanted([name for name in names if name not in apart], file.name), *apart]

    has_rows = False
    try:
        chunks = open_table(file, wanted, dialect_of(model, file, dialect))
        for chunk in _numbered(chunks, contract.texts):
            has_rows = True
            days = days_of(chunk[wanted_time], file.name) if has_time else None
            yield contract.declared(chunk, file.name, chunks.numbers), days
    except OSError as error:
        raise DataError(f"{file.name} cannot be read: {error.strerror or error}") from None
    if not has_rows:
        raise DataError(f"{file.name} has no rows")


def _numbered(chunks: Chunks, texts: list[str]) -> Iterator[pd.DataFrame]:
    """The chunks, indexed by each row's index in the file; those of readers that read whole files cut up."""
    for whole in chunks.indexed(texts):
        most = rows_at_a_time(whole.shape[1])
        for start in range(0, len(whole), most):
            yield whole.iloc[start : start + most]


def days_of(column: pd.Series, file: str) -> Any:
    """The day of each time, as days since 1970; DataError where numbers are of an unknown unit."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", BenchWarning)
        times = parse_times(column, file)
    if times.day is None:
        raise DataError(
            f"{file}: column {column.name!r} holds numbers that are no times since 1970; alarms of a day "
            "need dates"
        )
    return np.asarray(times.values // DAY)
