"""Files of whatever content: a table is read, or one sentence says why not."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
import zipfile
from contextlib import closing

import numpy as np
import pandas as pd
import pytest
from fuzzing import fuzzed, works_or_one_sentence
from hypothesis import given
from hypothesis import strategies as st
from scipy.io import savemat
from tables import zipped

from bench.recommend.table import load_table, read_labels
from bench.tables import Encoder, read_table, take_labels

CELLS = st.one_of(
    st.floats().map(str),
    st.integers().map(str),
    st.text(max_size=8),
    st.sampled_from(
        [
            "",
            "?",
            "NA",
            "1,5",
            "1.234,5",
            "1e400",
            "-",
            "2020-01-01",
            "12:30",
            "true",
            '"',
            "'",
            "0x1",
            "18 mpg",
            "٣",
            "１",
            "{0 1}",
            "nan",
            "inf",
            "\x00",
            "1_000",
            "01",
            " 1 ",
            "=1+1",
        ]
    ),
)
SEPARATORS = st.sampled_from([",", ";", "\t", "|", " "])
TABLES = st.builds(
    lambda rows, separator, ends: ends.join(separator.join(row) for row in rows),
    st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=12),
    SEPARATORS,
    st.sampled_from(["\n", "\r\n", "\r"]),
)
REGULAR = st.integers(1, 4).flatmap(
    lambda columns: st.builds(
        lambda rows, separator: "\n".join(
            separator.join(row) for row in [[f"c{i}" for i in range(columns)], *rows]
        ),
        st.lists(st.lists(CELLS, min_size=columns, max_size=columns), max_size=12),
        SEPARATORS,
    )
)
ARFF = st.builds(
    lambda kinds, rows: "\n".join(
        [
            "@relation r",
            *(f"@attribute a{i} {kind}" for i, kind in enumerate(kinds)),
            "@data",
            *(",".join(row) for row in rows),
        ]
    ),
    st.lists(
        st.sampled_from(["numeric", "{x,y}", "string", "{ 'a b', 1 }", "date", "{}", "", "'"]), max_size=3
    ),
    st.lists(st.lists(CELLS, max_size=3), max_size=6),
)
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8),
    st.sampled_from([[], {}, [1], {"a": 1}, "2020-01-01", "1,5", 10**400]),
)  # fmt: skip
ROWS = st.lists(st.dictionaries(st.sampled_from(["a", "b", "", "label"]), VALUES, max_size=4), max_size=8)
JSON = st.one_of(
    ROWS.map(lambda rows: "\n".join(map(json.dumps, rows))),
    st.one_of(ROWS, VALUES, st.lists(VALUES, max_size=3)).map(json.dumps),
    TABLES,
)
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1"])


def _binary(kind):
    written = io.BytesIO()
    X, y = np.arange(12.0).reshape(6, 2), np.arange(6) % 2
    if kind == "npz":
        np.savez(written, X=X, y=y)
    elif kind == "mat":
        savemat(written, {"X": X, "y": y})
    elif kind == "parquet":
        pd.DataFrame(X, columns=["a", "b"]).assign(label=y).to_parquet(written)
    elif kind == "feather":
        pd.DataFrame(X, columns=["a", "b"]).assign(kind=["x", "y", None] * 2, label=y).to_feather(written)
    elif kind == "xlsx":
        pd.DataFrame(X, columns=["a", "b"]).assign(label=y).to_excel(written, index=False)
    elif kind == "sqlite":
        with closing(sqlite3.connect(":memory:")) as connection:
            pd.DataFrame(X, columns=["a", "b"]).assign(label=y).to_sql("t", connection, index=False)
            written.write(connection.serialize())
    elif kind == "zip":
        written.write(zipped({"a.csv": "a,label\n1,0\n2,1\n3,0\n"}))
    else:
        written.write(gzip.compress(b"a,label\n1,0\n2,1\n3,0\n"))
    return written.getvalue()


def _damaged(content, changes):
    """Content with bytes changed, and cut off after the last change."""
    data = bytearray(content)
    for place, value in changes[:-1]:
        data[int(place * (len(data) - 1))] = value
    cut, keep = changes[-1]
    return bytes(data if keep % 2 else data[: int(cut * len(data))])


KINDS = ("npz", "mat", "parquet", "csv.gz", "feather", "xlsx", "sqlite", "zip")
BINARY = {kind: _binary(kind) for kind in KINDS}
DAMAGED = st.builds(
    lambda kind, changes: (kind, _damaged(BINARY[kind], changes)),
    st.sampled_from(sorted(BINARY)),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=6),
)
FILES = st.one_of(
    st.tuples(
        st.sampled_from(["csv", "tsv", "txt", "arff"]),
        st.builds(
            lambda text, encoding: text.encode(encoding, "replace"),
            st.one_of(TABLES, REGULAR, REGULAR),
            ENCODINGS,
        ),
    ),
    st.tuples(st.sampled_from(["jsonl", "json"]), JSON.map(lambda text: text.encode("utf-8", "replace"))),
    st.tuples(st.just("arff"), ARFF.map(lambda text: text.encode("utf-8", "replace"))),
    st.tuples(st.sampled_from(["csv", "arff", "json", *KINDS]), st.binary(max_size=60)),
    DAMAGED,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("files")


@fuzzed(60)
@given(FILES)
def test_a_table_is_read_or_refused_in_a_sentence(folder, drawn):
    kind, content = drawn
    path = folder / f"table.{kind}"
    path.write_bytes(content)
    with works_or_one_sentence():
        frame = read_table(path)
        labels = str(frame.columns[-1])
        assert Encoder().fit(frame).transform(frame).shape[0] == len(frame)
        rows, y = take_labels(frame, labels)
        assert len(rows) == len(y) == len(frame)
        assert set(y) <= {0, 1}
    with works_or_one_sentence():
        assert np.isfinite(load_table(path).X).all()


TABLE = pd.DataFrame({"a": [0.5, 2.5, np.nan, 7.0], "kind": ["x", "y", "x", None]})
LABELS = st.builds(
    lambda rows, separator: "\n".join(separator.join(row) for row in [["row", "label", "a", "kind"], *rows]),
    st.lists(
        st.tuples(
            st.one_of(st.integers(-1, 6).map(str), CELLS),
            st.one_of(st.sampled_from(["0", "1", "", "yes", "no", "normal", "anomaly"]), CELLS),
            CELLS,
            CELLS,
        ),
        max_size=6,
    ),
    SEPARATORS,
)


@fuzzed(30)
@given(
    st.builds(
        lambda text, encoding: text.encode(encoding, "replace"), st.one_of(LABELS, LABELS, TABLES), ENCODINGS
    )
)
def test_labels_are_read_or_refused_in_a_sentence(folder, content):
    path = folder / "labels.csv"
    path.write_bytes(content)
    with works_or_one_sentence():
        y = read_labels(path, np.arange(1, 5), TABLE)
        assert len(y) == 4
        assert set(y) <= {-1, 0, 1}


def test_damage_is_tried_on_files_that_are_read_when_whole(folder):
    for kind, content in BINARY.items():
        path = folder / f"whole.{kind}"
        path.write_bytes(content)
        assert len(read_table(path)) in (3, 6)
    assert zipfile.is_zipfile(folder / "whole.npz")
