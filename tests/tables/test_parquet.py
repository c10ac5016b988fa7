"""Parquet files."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest
from tables import values

from bench.errors import DataError
from bench.tables import read_table


def test_parquet_files_are_read(tmp_path):
    pytest.importorskip("pyarrow")
    frame = pd.DataFrame({"size": [1.5, None], "colour": ["red", None], "n": [1, 2], "ok": [True, None]})
    frame["kind"] = pd.Categorical(["a", "b"])
    frame["price"] = [Decimal("1.5"), None]
    frame["count"] = pd.array([3, None], "Int64")
    frame.index = ["p", "q"]
    frame.to_parquet(tmp_path / "table.parquet")
    read = read_table(tmp_path / "table.parquet", drop=["n"])
    assert values(read) == {
        "size": [1.5, None],
        "colour": ["red", None],
        "ok": [1, None],
        "kind": ["a", "b"],
        "price": [1.5, None],
        "count": [3, None],
    }


def test_what_pandas_notes_in_a_file_is_not_needed(tmp_path):
    """It may be damaged, or another library's."""
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    frame = pd.DataFrame({"a": [1.5, 2.5], "kind": ["x", "y"]})
    table = pa.Table.from_pandas(frame).replace_schema_metadata({b"pandas": b"no JSON"})
    parquet.write_table(table, tmp_path / "table.parquet")
    assert values(read_table(tmp_path / "table.parquet")) == {"a": [1.5, 2.5], "kind": ["x", "y"]}


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pd.DataFrame({"a": [1, 2], "nested": [[1, 2], [3]]}), "'nested' holds .* not single ones"),
    ],
)  # fmt: skip
def test_a_parquet_file_of_no_use_is_refused(tmp_path, frame, message):
    pytest.importorskip("pyarrow")
    frame.to_parquet(tmp_path / "a.parquet")
    with pytest.raises(DataError, match=message):
        read_table(tmp_path / "a.parquet")
    (tmp_path / "a.parquet").write_bytes(b"text")
    with pytest.raises(DataError, match=r"a\.parquet is not a Parquet file"):
        read_table(tmp_path / "a.parquet")
