"""A user's table as detectors take it, and the labels that the user has given."""

from __future__ import annotations

import csv
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.errors import BenchWarning, DataError
from bench.escaping import csv_cell
from bench.plugins.contract import UNLABELLED
from bench.splits.scaling import Standard
from bench.tables import Encoder, read_table_once, split_labels
from bench.tables.cells import ALL, cells
from bench.tables.dates import with_clock
from bench.tables.delimited import encoding_of
from bench.tables.dialect import AS_FOUND, Dialect
from bench.tables.encoding import IMPUTE, warn_of_empty_cells
from bench.tables.formats import numbers_rows
from bench.tables.labels import EMPTY, WORDS
from bench.tables.numbers import USUAL, as_numbers

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from bench.splits.arrays import Floats, Labels

# The columns that `recommend --ask` adds.
ROW, LABEL = "row", "label"
# The names there of the table's own columns with these names.
RENAMED = {name: f"{name} (of the table)" for name in (ROW, LABEL)}
WITHOUT_LABEL = "--normal is a value of the column of labels; name that with --label"
# A row of a filled file is the table's if this fraction of its values are, numbers within this tolerance.
SAME_ROW, ROUNDED = 0.5, 1e-3


@dataclass(frozen=True)
class LoadedTable:
    """The table as read, and its rows as numbers.

    ``X``: encoded by ``encoder`` and then standardised by ``scaling``, shape (n, d); ``columns`` names the
    source of each of its columns. ``rows`` are the rows' numbers in the file, from 1. ``y``: 1 anomalous, 0
    normal, -1 unlabelled; None where no labels were given.
    """

    file: Path
    frame: pd.DataFrame
    encoder: Encoder
    scaling: Standard
    X: Floats
    rows: Any
    y: Labels | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The source of each column of ``X``."""
        return tuple(self.encoder.columns)

    @property
    def labelled(self) -> Any:
        """Indices of the rows that have a label."""
        return np.flatnonzero([] if self.y is None else self.y != UNLABELLED)

    @property
    def anomalous(self) -> int:
        """How many rows are labelled anomalous."""
        return 0 if self.y is None else int((self.y == 1).sum())

    @property
    def all_normal(self) -> bool:
        """Whether every row is labelled normal: anomalies are sought in other files."""
        return self.y is not None and not self.y.any()

    def labelled_normal(self) -> LoadedTable:
        """The same table with every row labelled normal; DataError where one is labelled anomalous."""
        anomalous = np.flatnonzero([] if self.y is None else self.y == 1)
        if len(anomalous):
            raise DataError(
                f"{self.file.name}: row {self.rows[anomalous[0]]} is labelled anomalous, but --all-normal "
                "says that all rows are normal; remove such rows, or leave out --all-normal"
            )
        return replace(self, y=np.zeros(len(self.X), np.int8))


def load_table(
    file: Path,
    *,
    drop: Sequence[str] = (),
    label: str | None = None,
    normal: str | None = None,
    labels: Path | None = None,
    dialect: Dialect = AS_FOUND,
    missing: str = IMPUTE,
) -> LoadedTable:
    """Read a table. Labels come from its column ``label`` and the file ``labels``, which takes precedence.

    missing: what becomes of missing numbers, as `bench.tables.Encoder` has it. Raises DataError for a table
    that cannot be used, and for labels that are neither normal nor anomalous.
    """
    frame = read_table_once(file, drop=drop, label=label, dialect=dialect)
    return table_of(frame, file, label=label, normal=normal, labels=labels, missing=missing)


def table_of(
    frame: pd.DataFrame,
    file: Path,
    *,
    label: str | None = None,
    normal: str | None = None,
    labels: Path | None = None,
    missing: str = IMPUTE,
) -> LoadedTable:
    """As `load_table`, of a table that has been read: its index is each row's index in the file, from 0."""
    if normal is not None and label is None:
        raise DataError(WITHOUT_LABEL)
    rows = np.asarray(frame.index) + 1
    y = None
    if label is not None:
        frame, y = labels_of(frame, file, label, normal)
    if labels is not None:
        filled = read_labels(labels, rows, frame)
        y = filled if y is None else np.where(filled == UNLABELLED, y, filled).astype(np.int8)
    frame = _without_labels(frame, file, label)
    warn_of_empty_cells(frame, file.name, missing)
    encoder = Encoder(missing).fit(frame)
    X = encoder.transform(frame)
    scaling = Standard(X)
    return LoadedTable(file, frame, encoder, scaling, scaling.transform(X), rows, y)


def labels_of(frame: pd.DataFrame, file: Path, label: str, normal: str | None) -> tuple[pd.DataFrame, Labels]:
    """As `split_labels`, with the file's name in errors."""
    try:
        return split_labels(frame, label, normal)
    except DataError as error:
        raise DataError(f"{file.name}: {error}") from None


def _without_labels(frame: pd.DataFrame, file: Path, label: str | None) -> pd.DataFrame:
    """The table of a file of arrays X and y without the latter, which are labels by convention."""
    is_conventional = file.suffix.lower() in (".npz", ".mat") and "y" in frame.columns and frame.shape[1] > 1
    if label is not None or not is_conventional or not frame["y"].isin((0, 1)).all():
        return frame
    warnings.warn(
        f"{file.name}: 'y' holds 0 and 1 beside the rows: it is taken for labels and left out; choose by "
        "them with --label y",
        BenchWarning,
        stacklevel=3,
    )
    return frame.drop(columns="y")


def read_labels(file: Path, rows: Any, frame: pd.DataFrame) -> Labels:
    """The labels in a file that ``recommend --ask`` wrote, for the rows of a table, shape (n,).

    rows: the rows' numbers in the table's file, ascending. frame: the table. Raises DataError for a file that
    cannot be read, for a number of no row, and where the file's values of the other columns are not those of
    the rows with its numbers, as when the table has been sorted since.
    """
    import pandas as pd

    filled = _texts_in(file)
    for column in (ROW, LABEL):
        if column not in filled.columns:
            raise DataError(f"{file.name} has no column {column!r}; fill in the file that --ask wrote")
    numbers = pd.to_numeric(filled[ROW], errors="coerce")
    strange = ~numbers.isin(rows) | numbers.duplicated()
    if strange.any():
        raise DataError(
            f"{file.name}: {filled[ROW][strange].iloc[0]!r} is not the number of a row of the table, or is "
            "there twice"
        )
    indices = np.searchsorted(rows, numbers)
    _require_same_rows(filled, frame.iloc[indices], file)
    y = np.full(len(rows), UNLABELLED, np.int8)
    y[indices] = parse_labels(filled[LABEL].tolist(), numbers, file.name)
    return y


def _texts_in(file: Path) -> pd.DataFrame:
    """The cells of a CSV file, or of a spreadsheet that one was saved as, as text."""
    import pandas as pd

    if numbers_rows(file):
        return pd.concat(cells(file, [ALL])).fillna("").reset_index(drop=True)
    try:
        return pd.read_csv(
            file, dtype=str, keep_default_na=False, sep=None, engine="python", encoding=encoding_of(file)
        )
    except OSError as error:
        raise DataError(f"cannot read the labels in {str(file)!r}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise DataError(f"{file.name} is not written in UTF-8; save it as 'CSV UTF-8'") from None
    except (ValueError, csv.Error) as error:
        why = " ".join(str(error).split())
        raise DataError(f"{file.name} cannot be read as a CSV file: {why}") from None


def _require_same_rows(filled: pd.DataFrame, named: pd.DataFrame, file: Path) -> None:
    """Raise DataError where, in some row, most values are not those of the table's row with its number.

    Most and not all: a spreadsheet rounds, and a user may correct a cell.
    """
    named = with_clock(named).rename(columns=RENAMED).rename(columns=csv_cell)
    carried = [column for column in named.columns if column in filled.columns]
    if not carried:
        return
    agree = np.mean([_agree(filled[column], named[column]) for column in carried], axis=0)
    strange = np.flatnonzero(agree < SAME_ROW)
    if len(strange):
        row = filled[ROW].iloc[strange[0]]
        raise DataError(
            f"{file.name}: row {row} carries other values than row {row} of the table, which has been sorted "
            "or changed since; ask for rows to label again, with --ask"
        )


def _agree(written: pd.Series, value: pd.Series) -> NDArray[np.bool_]:
    """Where a text, as a spreadsheet writes it, is equal to the table's value, shape (n,)."""
    if value.dtype.kind in "biuf":
        numbers = as_numbers(written.str.strip(), USUAL, f"column {written.name!r}").to_numpy()
        same: NDArray[np.bool_] = np.isclose(numbers, value.to_numpy(float), rtol=ROUNDED, equal_nan=True)
        return same
    if value.dtype.kind == "M":
        import pandas as pd

        dates = pd.to_datetime(written, errors="coerce", format="mixed")
        return np.asarray((dates == value.to_numpy()) | (dates.isna() & value.isna().to_numpy()))
    # Where a spreadsheet would take a text for a formula, it was written with an apostrophe.
    texts = value.map(lambda each: "" if each is None else csv_cell(str(each)).strip())
    return np.asarray(written.map(csv_cell).str.strip().to_numpy() == texts.to_numpy())


def parse_labels(values: Iterable[Any], rows: Iterable[Any], where: str) -> Labels:
    """Labels, shape (n,), from words: 1, yes, anomaly; 0, no, normal; empty for a row without one.

    Raises DataError for another word, and where no row has a label.
    """
    found = []
    for row, value in zip(rows, values, strict=True):
        word = str(value).strip().lower()
        if word not in WORDS and word not in EMPTY:
            raise DataError(
                f"{where}: the label {str(value)!r} of row {row} is neither normal nor anomalous; write 0 or "
                "1, no or yes, normal or anomaly, or leave it empty"
            )
        found.append(WORDS.get(word, UNLABELLED))
    y = np.array(found, dtype=np.int8)
    if (y == UNLABELLED).all():
        raise DataError(f"{where}: no row has a label; write 1 for an anomaly and 0 for a normal row")
    return y
