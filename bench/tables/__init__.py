"""The user's own table: reading a file, taking out the labels, encoding what is left as numbers."""

from bench.tables.encoding import Encoder
from bench.tables.keeping import read_table_once
from bench.tables.labels import take_labels
from bench.tables.reading import read_table

__all__ = ["Encoder", "read_table", "read_table_once", "take_labels"]
