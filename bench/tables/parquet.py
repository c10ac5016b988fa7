"""Reading Parquet and Feather files in chunks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from bench.errors import DataError
from bench.tables.chunks import Chunks, Wanted, rows_at_a_time

# The name that pandas writes for an index without one.
INDEX = "__index_level_"
# Bytes of each column that are read at a time. Without it a row group, often the whole file, is read at once.
BUFFER = 2**20


def read_parquet(path: Path, wanted: Wanted) -> Chunks:
    """The rows of a Parquet file."""
    try:
        from pyarrow import ArrowException, parquet
    except ImportError:
        raise DataError(f"{path.name}: to read Parquet files, install pyarrow: pip install pyarrow") from None

    try:
        file = parquet.ParquetFile(path, buffer_size=BUFFER, pre_buffer=False)
        names = file.schema_arrow.names
    except (ArrowException, UnicodeDecodeError) as error:
        raise DataError(f"{path.name} is not a Parquet file: {_in_a_line(error)}") from None
    kept = wanted([name for name in names if not name.startswith(INDEX)])

    def chunks(_: Sequence[str]) -> Iterator[pd.DataFrame]:
        try:
            for batch in file.iter_batches(rows_at_a_time(len(kept)), columns=kept, use_threads=False):
                # pandas' own part of the metadata is decoded even where it is told to be ignored.
                yield batch.replace_schema_metadata(None).to_pandas()
        except (ArrowException, UnicodeDecodeError) as error:
            raise DataError(f"{path.name} cannot be read: {_in_a_line(error)}") from None

    return Chunks(chunks)


def read_feather(path: Path, wanted: Wanted) -> Chunks:
    """The rows of a Feather file, which is one of Arrow."""
    try:
        from pyarrow import ArrowException, ipc, memory_map
    except ImportError:
        raise DataError(f"{path.name}: to read Feather files, install pyarrow: pip install pyarrow") from None

    try:
        with ipc.open_file(memory_map(str(path))) as file:
            names = file.schema.names
    except (ArrowException, UnicodeDecodeError) as error:
        raise DataError(f"{path.name} is not a Feather file: {_in_a_line(error)}") from None
    kept = wanted([name for name in names if not name.startswith(INDEX)])

    def chunks(_: Sequence[str]) -> Iterator[pd.DataFrame]:
        try:
            with ipc.open_file(memory_map(str(path))) as file:
                for number in range(file.num_record_batches):
                    batch = file.get_batch(number).select(kept).replace_schema_metadata(None)
                    batch.validate(full=True)  # what is damaged would be read as it stands
                    for first in range(0, len(batch), rows := rows_at_a_time(len(kept))):
                        yield batch.slice(first, rows).to_pandas()
        except (ArrowException, UnicodeDecodeError) as error:
            raise DataError(f"{path.name} cannot be read: {_in_a_line(error)}") from None

    return Chunks(chunks)


def _in_a_line(error: Exception) -> str:
    return " ".join(str(error).split())
