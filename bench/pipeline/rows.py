"""The rows that a model is given: a file, a data frame, or an array of numbers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.utils.validation import validate_data

from bench.errors import DataError
from bench.pipeline.scoring import days_of, file_chunks
from bench.plugins.contract import UNLABELLED
from bench.recommend.table import LoadedTable, table_of
from bench.tables.chunks import rows_at_a_time
from bench.tables.dialect import AS_FOUND, Dialect
from bench.tables.places import file_of
from bench.tables.reading import RawSample, read_raw_sample, sample_of, warn_of_sample

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from bench.pipeline.pipeline import Pipeline

    Rows = str | PathLike[str] | pd.DataFrame | ArrayLike

# How rows that come from no file are called in messages.
ROWS = Path("the rows")


def given_table(model: Pipeline, X: Rows, y: ArrayLike | None) -> tuple[RawSample, LoadedTable, float | None]:
    """The rows to fit to: as they are given, as a table with labels, and how many a day has."""
    raw = _raw_sample(model, X, y)
    frame = raw.tidied([name for name in (model.time, model.label) if name is not None])
    rows_per_day = None
    if model.time is not None:
        rows_per_day = raw.rows / len(np.unique(days_of(frame.pop(model.time), raw.path.name)))
    labels = None if model.labels is None else Path(model.labels)
    table = table_of(
        frame, raw.path, label=model.label, normal=model.normal, labels=labels, missing=model.missing
    )
    if y is not None:
        table = replace(table, y=_checked_labels(y, raw.rows)[table.rows - 1])
    return raw, table.labelled_normal() if model.all_normal else table, rows_per_day


def _raw_sample(model: Pipeline, X: Rows, y: ArrayLike | None) -> RawSample:
    """A sample of the rows as they are given, without the columns ``drop``."""
    if isinstance(X, str | PathLike):
        if y is not None:
            raise DataError("labels of a file are in a column of it: name that with label")
        apart = () if model.time is None else (model.time,)
        file = Path(X)
        dialect = model.dialect or AS_FOUND
        raw = read_raw_sample(file, drop=model.drop, label=model.label, apart=apart, dialect=dialect)
        warn_of_sample(file, len(raw.frame), raw.rows, model.label)
        return raw
    return sample_of(frame_of(model, X, reset=True), ROWS, drop=model.drop, label=model.label)


def frame_of(model: Pipeline, X: Any, *, reset: bool) -> pd.DataFrame:
    """Rows that are in memory as a data frame, indexed from 0; an array's columns have made-up names."""
    if isinstance(X, pd.DataFrame):
        if reset:
            model.n_features_in_ = X.shape[1]
            model.feature_names_in_ = np.asarray(X.columns.map(str), dtype=object)
        return X.reset_index(drop=True).rename(columns=str)
    X = validate_data(
        model,
        X,
        reset=reset,
        dtype=np.float64,
        ensure_all_finite="allow-nan",
        ensure_min_samples=2 if reset else 1,
    )
    names = getattr(model, "feature_names_in_", [f"x{i}" for i in range(X.shape[1])])
    return pd.DataFrame(X, columns=list(names))


def declared_rows(model: Pipeline, X: Rows, dialect: Dialect | None = None) -> Iterator[pd.DataFrame]:
    """Rows of a file or in memory as columns of the types of the model's contract, chunk by chunk.

    dialect: of a file, as for `bench.pipeline.scoring.dialect_of`.
    """
    if isinstance(X, str | PathLike):
        yield from (rows for rows, _ in file_chunks(model, Path(X), dialect=dialect))
        return
    frame = frame_of(model, X, reset=False)
    kept = frame[model.contract_.wanted(list(frame.columns), ROWS.name)]
    most = rows_at_a_time(kept.shape[1])
    for start in range(0, len(kept), most):
        yield model.contract_.declared(kept.iloc[start : start + most], ROWS.name)


def name_of(X: Rows) -> str:
    """How rows are called in messages: by their file's name, where they have one."""
    return Path(X).name if isinstance(X, str | PathLike) else ROWS.name


def _checked_labels(y: ArrayLike, rows: int) -> NDArray[np.int8]:
    """Labels of so many rows, shape (n,); DataError for others than 1, 0 and -1."""
    labels = np.asarray(y)
    if labels.shape != (rows,) or not np.isin(labels, (0, 1, UNLABELLED)).all():
        raise DataError("labels are 1 (anomalous), 0 (normal) and -1 (without a label), one for each row")
    return labels.astype(np.int8)


def sha256_of(file: Path) -> str | None:
    """The hash of a file that was read; None for rows that come from none."""
    whole = file_of(file)
    if not whole.is_file():
        return None
    with whole.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
