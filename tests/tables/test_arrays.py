"""NPZ, MAT and ARFF files."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from scipy.io import savemat
from tables import values

from bench.errors import DataError
from bench.tables import matlab, read_table

MAT_7_3 = b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM" + b"\0" * 400
OBJECTS = {"X": np.array([[{}], [1]], dtype=object)}


def test_the_arrays_of_an_npz_and_of_a_mat_file_stand_side_by_side(tmp_path):
    X, y = np.array([[1.0, 2.0], [3.0, np.nan], [5.0, 6.0]]), np.array([0, 1, 0])
    np.savez(tmp_path / "a.npz", X=X, y=y, kind=np.array(["a", "b", "a"]))
    savemat(tmp_path / "a.mat", {"X": X, "y": y[:, None]})
    expected = {"X0": [1, 3, 5], "X1": [2, None, 6], "y": [0, 1, 0]}
    assert values(read_table(tmp_path / "a.npz")) == {**expected, "kind": ["a", "b", "a"]}
    assert values(read_table(tmp_path / "a.mat")) == expected
    np.savez(tmp_path / "b.npz", X=X, names=np.array(["height", "weight"]))
    assert list(read_table(tmp_path / "b.npz", drop=["names"]).columns) == ["X0", "X1"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.npz", b"text", "a.npz is not an NPZ file"),
        ("a.npz", b"PK\x05\x06" + b"\0" * 18, "a.npz holds no columns"),
        ("a.mat", b"text", "cannot be read as a MAT file"),
        ("a.mat", MAT_7_3, "save it with the option -v7"),
        ("a.arff", "text", "cannot be read as an ARFF file"),
        ("a.arff", "@attribute a numeric\n@data\n1\nx\n", "line 4: 'x' in 'a' is no number"),
        ("a.arff", "@attribute a numeric\n@data\n1\n1,2\n", "line 4 has 2 values, and there are 1 attri"),
        ("a.arff", "@attribute a numeric\n@data\n{0 1}\n{1 2}\n", "line 4: '1 2' is no INDEX VALUE"),
        ("a.arff", "@attribute a numeric\n@data\n{0 1\n", "line 3: the sparse row does not end"),
        ("a.arff", "@attribute a {x,y}\n@data\nx\nz\n", "line 4: 'z' is none of the values of 'a'"),
        ("a.arff", "@attribute a {x,'y}\n@data\nx\n", "line 1: the quotes from"),
        ("a.arff", "@attribute a numeric\n1\n2\n", "line 2: '1' stands before @data"),
        ("a.arff", "@attribute a numeric\n", "there is no @data"),
        ("a.arff", "@attribute a relational\n@data\n1\n", "values of the kind 'relational' in 'a'"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_such_file_is_refused(file, name, content, message):
    with pytest.raises(DataError, match=message) as raised:
        read_table(file(name, content))
    assert "\n" not in str(raised.value)
    assert name in str(raised.value)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        (OBJECTS, "pickled objects, which can run code when they are loaded"),
        ({"X": np.zeros((4, 2)), "y": np.zeros(3)}, "different numbers of rows: X 4 x 2, y 3; --drop some"),
        ({"X": np.zeros((4, 2, 2))}, "'X' must be a full array of numbers or text"),
        ({"X": np.zeros((4, 2), complex)}, "'X' must be a full array"),
        ({"X": np.zeros((4, 2)), "when": np.zeros(4, "datetime64[s]")}, "'when' must be a full array"),
    ],
)
def test_arrays_that_are_no_table_are_refused(tmp_path, arrays, message):
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(DataError, match=message):
        read_table(tmp_path / "a.npz")


HEADER = """
  @RELATION   'a table'
% a comment
@attribute   'a b'   numeric
  @Attribute b   REAL
@attribute c { x , y, 'z w' }
@attribute d string
@ATTRIBUTE label\t{ 0, 1 }

  @data
"""


def test_an_arff_file_may_be_padded_and_quoted(file):
    rows = """ 1.5 , 2 , x , plain , 0
 2.5,   ?, 'z w' , 'it\\'s, quoted', 1
%
 ?, 4 ,?, "double" , '1'
"""
    assert values(read_table(file("a.arff", HEADER + rows))) == {
        "a b": [1.5, 2.5, None],
        "b": [2, None, 4],
        "c": ["x", "z w", None],
        "d": ["plain", "it's, quoted", "double"],
        "label": [0, 1, 1],
    }


def test_what_a_sparse_row_of_arff_leaves_out_is_zero_or_the_first_value(file):
    rows = "{0 1.5, 4 1}\n{ 1 2 , 2 'z w', 3 text }\n{}\n{0 -3,1 ?,3 ?}\n"
    assert values(read_table(file("a.arff", HEADER + rows))) == {
        "a b": [1.5, 0, 0, -3],
        "b": [0, 2, 0, None],
        "c": ["x", "z w", "x", "x"],
        "d": ["0", "text", "0", None],
        "label": [1, 0, 0, 0],
    }


def test_a_matrix_may_have_any_name(tmp_path):
    savemat(tmp_path / "a.mat", {"file": np.ones((2, 2)), "allow_pickle": [3, 4]})
    assert list(read_table(tmp_path / "a.mat")) == ["file0", "file1", "allow_pickle"]


def test_a_reader_that_ends_its_process_is_a_sentence(tmp_path, monkeypatch):
    savemat(tmp_path / "a.mat", {"X": np.ones((2, 2))})
    ends = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"
    monkeypatch.setattr(matlab, "COMMAND", (sys.executable, "-c", ends))
    with pytest.raises(DataError, match=r"a\.mat cannot be read as a MAT file: it is damaged; save it anew"):
        read_table(tmp_path / "a.mat")


def test_a_mat_file_that_is_not_there_is_said_so(tmp_path):
    with pytest.raises(DataError, match=r"a\.mat"):
        read_table(tmp_path / "a.mat")


def test_an_npz_whose_compression_nobody_knows_is_one_sentence(tmp_path):
    file = tmp_path / "a.npz"
    np.savez(file, X=np.ones((3, 2)))
    data = bytearray(file.read_bytes())
    for header, method in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        data[data.index(header) + method] = 99
    file.write_bytes(data)
    with pytest.raises(DataError, match=r"a\.npz cannot be read as an NPZ file: "):
        read_table(file)
