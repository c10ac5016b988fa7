"""The user's own table: reading a file, taking out the labels, encoding what is left as numbers."""

from bench.tables.columns import tidy
from bench.tables.dialect import Dialect
from bench.tables.encoding import Encoder, informative_columns, warn_of_empty_cells
from bench.tables.keeping import code_hash, read_table_once
from bench.tables.labels import as_label, split_labels, take_labels
from bench.tables.places import file_of
from bench.tables.reading import read_table
from bench.tables.sampling import rare_rows
from bench.tables.series import in_time, read_series, recording_of

__all__ = [
    "Dialect",
    "Encoder",
    "as_label",
    "code_hash",
    "file_of",
    "in_time",
    "informative_columns",
    "rare_rows",
    "read_series",
    "read_table",
    "read_table_once",
    "recording_of",
    "split_labels",
    "take_labels",
    "tidy",
    "warn_of_empty_cells",
]
