"""Tables in files, and what is read of them."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pandas as pd


def values(frame):
    """The values of each column, None for a missing one."""
    return {name: [None if pd.isna(value) else value for value in frame[name]] for name in frame}


def zipped(files):
    """A zip archive of texts, by name; the same bytes whenever it is made."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return content.getvalue()


def large(file, rows):
    """A file whose first column is twice the row's index; ``file`` is the fixture that writes one."""
    table = np.random.default_rng(0).normal(size=(rows, 20)).round(5)
    columns = {"twice": np.arange(rows) * 2, **{f"x{i}": column for i, column in enumerate(table.T)}}
    return file("large.csv", pd.DataFrame(columns).assign(kind="text").to_csv(index=False))
