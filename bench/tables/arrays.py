"""Reading files of arrays: NPZ and ARFF. Their libraries read them whole, not in chunks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import is_zipfile

import numpy as np
import pandas as pd

from bench.errors import DataError
from bench.tables.arff import parse_arff
from bench.tables.chunks import Chunks, Wanted
from bench.tables.delimited import not_written_in
from bench.tables.dialect import AS_FOUND, Dialect
from bench.tables.packed import UNPACKABLE


def read_npz(path: Path, wanted: Wanted) -> Chunks:
    """The arrays of an NPZ file side by side; pickled objects are refused, since loading them runs code."""
    if not is_zipfile(path):
        raise DataError(f"{path.name} is not an NPZ file, despite its name")
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except (ValueError, *UNPACKABLE) as error:
        if "allow_pickle" in str(error):
            raise DataError(
                f"{path.name} holds pickled objects, which can run code when they are loaded; "
                "save plain arrays of numbers or text"
            ) from None
        raise DataError(f"{path.name} cannot be read as an NPZ file: {error}") from None
    return side_by_side(arrays, path, wanted)


def read_arff(path: Path, wanted: Wanted, dialect: Dialect = AS_FOUND) -> Chunks:
    """The rows of an ARFF file, its nominal values as text."""
    encoding = dialect.codec or "utf-8-sig"
    try:
        with path.open(encoding=encoding) as file:
            frame = parse_arff(file)
    except UnicodeError:
        raise not_written_in(encoding, path) from None
    except ValueError as error:
        raise DataError(f"{path.name} cannot be read as an ARFF file: {error}") from None
    return Chunks.of(frame[wanted(list(frame.columns))])


def check_plain(arrays: Mapping[str, Any], path: Path) -> None:
    """Raise DataError for what is no full array of numbers or text of one or two dimensions."""
    for key, array in arrays.items():
        if not isinstance(array, np.ndarray) or array.dtype.kind not in "biufUS" or array.ndim not in (1, 2):
            raise DataError(
                f"{path.name}: {key!r} must be a full array of numbers or text of one or two dimensions"
            )


def side_by_side(arrays: Mapping[str, Any], path: Path, wanted: Wanted) -> Chunks:
    """A column for each array of one dimension, by its name, and columns X0, X1, ... for a matrix X."""
    check_plain(arrays, path)
    columns: dict[str, Any] = {}
    for key, array in arrays.items():
        # MATLAB has no arrays of one dimension: a single row or column stands for one.
        flat = array.ndim == 1 or 1 in array.shape
        columns |= {key: array.ravel()} if flat else {f"{key}{i}": column for i, column in enumerate(array.T)}
    kept = {name: columns[name] for name in wanted(list(columns))}
    if len({len(column) for column in kept.values()}) > 1:
        shown = ", ".join(f"{key} {' x '.join(map(str, array.shape))}" for key, array in arrays.items())
        raise DataError(f"{path.name}: its arrays have different numbers of rows: {shown}; --drop some")
    frame = pd.DataFrame(kept)
    return Chunks.of(frame)
