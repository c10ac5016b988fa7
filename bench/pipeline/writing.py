"""The file of scores that a model gives the rows of a file, chunk by chunk."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv

from bench import escaping
from bench.recommend.explaining import WHY
from bench.tables.cells import beside

if TYPE_CHECKING:
    from bench.pipeline.scoring import Scored

# Lines of the file that are in memory at a time.
LINES = 200_000


def lines(
    scored: Scored,
    threshold: float,
    kept: Iterator[pd.DataFrame] | None = None,
    why: pa.ChunkedArray | None = None,
) -> Iterator[bytes]:
    """The lines of the file of scores: each row's number, its score, 1 for an alarm, ``why`` it scores
    so, and the columns that are ``kept`` of it.

    why: a text for each row, length n. kept: columns of the rows in their order, chunk by chunk.
    """
    names = ["row", "score", "anomaly", *([] if why is None else [WHY])]
    rows, first = pd.DataFrame(index=scored.index), 0
    parts = (rows.iloc[start : start + LINES] for start in range(0, len(rows), LINES))
    for number, chunk in enumerate(parts if kept is None else kept):
        shown = beside(names, chunk)
        if number == 0:
            yield escaping.csv(pd.DataFrame(columns=[*names, *shown.columns])).encode()
        part = scored.scores[first : first + len(chunk)]
        columns = [np.asarray(chunk.index + 1), part, (part > threshold).astype(np.int8)]
        if why is not None:
            texts = why.slice(first, len(chunk)).to_pylist()
            columns.append(pa.array(map(escaping.csv_cell, texts), pa.string()))
        first += len(chunk)
        columns += [pa.array(shown[name].map(escaping.csv_cell), pa.string()) for name in shown.columns]
        written = io.BytesIO()
        options = csv.WriteOptions(include_header=False)
        csv.write_csv(pa.table(columns, names=[*names, *shown.columns]), written, options)
        yield written.getvalue()
