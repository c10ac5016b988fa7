"""A person's file becomes a table of numbers and text, or one sentence says why it cannot."""

from __future__ import annotations

import gzip
import tracemalloc
import warnings
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.io import savemat

from bench.errors import BenchWarning, DataError
from bench.tables import chunks, keeping, read_table, read_table_once, reading
from bench.tables.numbers import as_numbers


@pytest.fixture
def file(tmp_path):
    """Write a file; returns its path."""

    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def values(frame):
    return {name: [None if pd.isna(value) else value for value in frame[name]] for name in frame}


ARFF = "@relation table\n@attribute size real\n@attribute colour {red,blue}\n@data\n1.5,red\n2.5,blue\n"
MAT_7_3 = b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM" + b"\0" * 400


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plain.csv", "size,colour\n1.5,red\n2.5,blue\n"),
        ("windows.csv", "size,colour\r\n1.5,red\r\n2.5,blue\r\n"),
        ("spaces.CSV", " size, colour\n 1.5, red \n2.5,blue\n"),
        ("quoted.csv", '"size","colour"\n"1.5","red"\n"2.5","blue"\n'),
        ("bom.csv", "\ufeffsize,colour\n1.5,red\n2.5,blue\n"),
        ("european.csv", "\ufeffsize;colour\n1,5;red\n2,5;blue\n"),
        ("semicolons.csv", "size;colour\n1.5;red\n2.5;blue\n"),
        ("tabs.tsv", "size\tcolour\n1.5\tred\n2.5\tblue\n"),
        ("tabs.txt", "size\tcolour\n1,5\tred\n2,5\tblue\n"),
        # Without the time: processes that run tests side by side must give them the same names.
        ("packed.csv.gz", gzip.compress(b"size,colour\n1.5,red\n2.5,blue\n", mtime=0)),
        ("numbered.csv", ",size,colour\n0,1.5,red\n1,2.5,blue\n"),
        ("trailing.csv", "size,colour,\n1.5,red,\n2.5,blue,\n"),
        ("table.arff", ARFF),
        ("many.dots.v2.csv", "size,colour\n1.5,red\n2.5,blue\n"),
    ],
)  # fmt: skip
def test_one_table_in_many_forms(file, name, content, monkeypatch):
    monkeypatch.setattr("bench.tables.columns.FEWEST_COUNTED", 2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", BenchWarning)
        frame = read_table(file(name, content))
    assert values(frame) == {"size": [1.5, 2.5], "colour": ["red", "blue"]}


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


def test_the_arrays_of_an_npz_and_of_a_mat_file_stand_side_by_side(tmp_path):
    X, y = np.array([[1.0, 2.0], [3.0, np.nan], [5.0, 6.0]]), np.array([0, 1, 0])
    np.savez(tmp_path / "a.npz", X=X, y=y, kind=np.array(["a", "b", "a"]))
    savemat(tmp_path / "a.mat", {"X": X, "y": y[:, None]})
    expected = {"X0": [1, 3, 5], "X1": [2, None, 6], "y": [0, 1, 0]}
    assert values(read_table(tmp_path / "a.npz")) == {**expected, "kind": ["a", "b", "a"]}
    assert values(read_table(tmp_path / "a.mat")) == expected
    np.savez(tmp_path / "b.npz", X=X, names=np.array(["height", "weight"]))
    assert list(read_table(tmp_path / "b.npz", drop=["names"]).columns) == ["X0", "X1"]


def test_missing_values_and_what_stands_for_them(file):
    frame = read_table(file("a.csv", "a,b,c,d\n1,x,True,no\n,?,,yes\n?,NA,False,no\n4, ,True,no\n"))
    assert values(frame) == {
        "a": [1, None, None, 4],
        "b": ["x", None, None, None],
        "c": [1, None, 0, 1],
        "d": ["no", "yes", "no", "no"],
    }


def test_numbers_are_numbers_as_people_write_them(file):
    frame = read_table(file("a.csv", 'price,share\n"1,234.50",5%\n"12,000",7.5 %\n900,100%\n'))
    assert values(frame) == {"price": [1234.5, 12000, 900], "share": [5, 7.5, 100]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Points between thousands, in a file with decimal commas; below a thousand there is none.
        ("a;d\n1,5;1.100\n2,5;2.200\n3,5;950\n", {"a": [1.5, 2.5, 3.5], "d": [1100, 2200, 950]}),
        ('a,d\n1,"12.264,00"\n2,"1.589,40"\n', {"a": [1, 2], "d": [12264, 1589.4]}),
        ('a,d\n1,"1,100"\n2,950\n', {"a": [1, 2], "d": [1100, 950]}),
        ("a;d\n1,5;1.5\n2,5;2.25e3\n", {"a": [1.5, 2.5], "d": [1.5, 2250]}),
        ("a,d\n1,.5\n2,5.\n", {"a": [1, 2], "d": [0.5, 5]}),
    ],
)
def test_decimal_and_thousands_signs_are_told_by_column_and_file(file, text, expected):
    assert values(read_table(file("a.csv", text))) == expected


def test_one_value_that_is_no_number_leaves_the_decimal_commas_of_the_others(file):
    with pytest.warns(BenchWarning, match=r"\(1 of 20 values\): 'n/v'"):
        frame = read_table(file("a.csv", "a;c\n" + "5,67;1,938\n" * 19 + "1,94;n/v\n"))
    assert frame["c"].tolist()[:19] == [1.938] * 19


@given(
    numbers=st.lists(st.floats(-1e9, 1e9).map(lambda x: round(x, 2)), min_size=2, max_size=20),
    decimal=st.sampled_from([".", ","]),
)
def test_numbers_come_back_in_either_convention(numbers, decimal):
    thousands = "," if decimal == "." else "."
    texts = [f"{x:,.2f}".translate(str.maketrans({",": thousands, ".": decimal})) for x in numbers]
    read = as_numbers(pd.Series(texts, dtype=object), decimal, "column 'a'")
    assert read.tolist() == numbers


def test_a_unit_is_left_out_and_told_unless_there_are_several(file):
    text = "power,weight,size\n" + '18.0 mpg,"1,589.4 kg",3 m\n21.5 mpg,950 kg,40 cm\n' * 5
    with pytest.warns(BenchWarning, match="is read as numbers in") as told:
        frame = read_table(file("a.csv", text))
    assert frame["power"].tolist()[:2] == [18.0, 21.5]
    assert frame["weight"].tolist()[:2] == [1589.4, 950]
    assert frame["size"].tolist()[:2] == ["3 m", "40 cm"]
    assert sorted(str(each.message).rpartition(" ")[2] for each in told) == ["kg", "mpg"]


def test_unicode_text_of_excel_is_read(file):
    path = file("a.csv", "Größe;b\n0,5;x\n1,5;y\n".encode("utf-16"))
    assert values(read_table(path)) == {"Größe": [0.5, 1.5], "b": ["x", "y"]}


def test_columns_may_be_named_by_numbers_that_grow(file):
    assert list(read_table(file("a.csv", "400.5,401,401.5\n1,2,3\n4,5,6\n")).columns) == [
        "400.5",
        "401",
        "401.5",
    ]


def test_columns_are_dropped_before_anything_can_be_wrong_with_them(file):
    path = file("a.csv", "when,a,b\n2024-01-02,1,2\n2024-01-03,3,4\n")
    assert list(read_table(path, drop=["when", "b"]).columns) == ["a"]


def test_a_few_texts_among_numbers_count_as_missing_and_are_named(file):
    path = file("a.csv", "age,b\n" + "30,1\n40,2\n" * 10 + "unknown,3\n")
    with pytest.warns(
        BenchWarning, match=r"'age' is read as numbers; .* missing \(1 of 21 values\): 'unknown'"
    ):
        frame = read_table(path)
    assert frame["age"].isna().sum() == 1
    assert frame["age"].dtype == float


def test_a_code_is_the_same_in_every_row_wherever_it_stands(file, monkeypatch):
    monkeypatch.setattr(chunks, "CHUNK_CELLS", 4)
    rows = "07,1\n" * 1500 + "x9,2\n" * 1500 + "07,3\n" * 1500
    codes = read_table(file("a.csv", "code,a\n" + rows))["code"]
    assert codes.value_counts().to_dict() == {"07": 3000, "x9": 1500}


def test_a_column_that_numbers_the_rows_is_pointed_out(file):
    path = file("a.csv", "id,a\n" + "".join(f"{i},{i * 7 % 5}\n" for i in range(10, 30)))
    with pytest.warns(BenchWarning, match="'id' numbers the rows: .* consider --drop id"):
        assert list(read_table(path).columns) == ["id", "a"]


OBJECTS = {"X": np.array([[{}], [1]], dtype=object)}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "", "a.csv is empty"),
        ("a.csv", "\n \n", "a.csv is empty"),
        ("a.csv", "a,b\n", "a.csv has no rows"),
        ("a.csv", "a,b\n1,2\n", "a.csv has one row"),
        ("a.csv", "a,b,a\n1,2,3\n4,5,6\n", "more than one column 'a'; give each its own name"),
        ("a.csv", "2.5,2\n3,4\n5,6\n", "the first line holds numbers; it must name the columns"),
        ("a.csv", "a,b\n1,2,3\n4,5,6\n", "the first row has 3 cells and the first line names 2 columns"),
        ("a.csv", "a,b\n1,2\n3,4,5\n", "line 3 has 3 cells, and the lines before it have 2"),
        ("a.csv", 'a,b\n1,"2\n3,4\n', "a quotation mark .* is never closed"),
        ("a.csv", "a,b\n1,\xe9\n2,c\n".encode("latin1"), "not written in UTF-8; save it as 'CSV UTF-8'"),
        ("a.csv", ("a,b\n" + "1,x\n" * 40_000).encode() + b"2,\xe9\n", "not written in UTF-8"),
        ("a.csv", b"\x00\x01\x02\x03", "a.csv is not a text file"),
        ("a.csv", "a,when\n1,2024-01-02\n2,2024-01-03 10:00\n", "dates or times in 'when'; .* --drop when"),
        ("a.csv", "d,t\n1.2.2024,10:00\n2.2.2024,11:30\n", "in 'd', 't'; turn them into .* --drop d,t"),
        ("a.csv", "a,b\n1,2\n3,inf\n", "'b' holds infinite values, first in row 2; .* --drop b"),
        ("a.csv.gz", b"text", "cannot be unpacked"),
        ("a.csv.gz", gzip.compress(b"a,b\n1,2\n3,4\n" * 99, mtime=0)[:-20], "cannot be unpacked"),
        ("a.xlsx", "", r"told by the end of its name, which is one of \.csv, .*\.parquet, .*\.mat"),
        ("noend", "a", "told by the end of its name"),
        ("a.npz", b"text", "a.npz is not an NPZ file"),
        ("a.npz", b"PK\x05\x06" + b"\0" * 18, "a.npz holds no columns"),
        ("a.mat", b"text", "cannot be read as a MAT file"),
        ("a.mat", MAT_7_3, "save it with the option -v7"),
        ("a.arff", "text", "cannot be read as an ARFF file"),
        ("a.arff", "@relation t\n@attribute a string\n@data\nx\ny\n", "save the table as CSV"),
        ("a.arff", "@relation t\n@attribute a date 'yyyy'\n@data\n2001\n2002\n", "dates or times in 'a'"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_said(file, name, content, message):
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
def test_what_is_wrong_with_arrays_is_said(tmp_path, arrays, message):
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(DataError, match=message):
        read_table(tmp_path / "a.npz")


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pd.DataFrame({"a": [1, 2], "when": pd.to_datetime(["2024-01-01", None])}), "dates .* in 'when'"),
        (pd.DataFrame({"a": [1, 2], "t": pd.to_timedelta([1, 2], "s")}), "dates or times in 't'"),
        (pd.DataFrame({"a": [1, 2], "nested": [[1, 2], [3]]}), "'nested' holds .* not single ones"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_parquet_file_is_said(tmp_path, frame, message):
    pytest.importorskip("pyarrow")
    frame.to_parquet(tmp_path / "a.parquet")
    with pytest.raises(DataError, match=message):
        read_table(tmp_path / "a.parquet")
    (tmp_path / "a.parquet").write_bytes(b"text")
    with pytest.raises(DataError, match=r"a\.parquet is not a Parquet file"):
        read_table(tmp_path / "a.parquet")


def test_a_path_that_is_no_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"there is no file '.*gone\.csv'"):
        read_table(tmp_path / "gone.csv")
    with pytest.raises(DataError, match="is not a file"):
        read_table(tmp_path)


def test_a_dropped_column_that_is_not_there_is_named(file):
    path = file("a.csv", "income,b\n1,2\n3,4\n")
    with pytest.raises(DataError, match="unknown column 'incme'; did you mean 'income'"):
        read_table(path, drop=["incme"])
    with pytest.raises(DataError, match="no column is left"):
        read_table(path, drop=["income", "b"])


def large(file, rows):
    """A file whose rows say where they stand."""
    table = np.random.default_rng(0).normal(size=(rows, 20)).round(5)
    columns = {"place": np.arange(rows) * 2, **{f"x{i}": column for i, column in enumerate(table.T)}}
    return file("large.csv", pd.DataFrame(columns).assign(kind="text").to_csv(index=False))


def test_of_a_large_file_a_sample_is_taken_the_same_however_it_is_read(file, monkeypatch):
    path = large(file, 3000)
    with pytest.warns(
        BenchWarning, match=r"large\.csv has 3,000 rows; a random sample of 500 of them is used"
    ):
        one = read_table(path, most_rows=500)
    monkeypatch.setattr(chunks, "CHUNK_CELLS", 1)  # as many chunks as there can be
    with pytest.warns(BenchWarning):
        other = read_table(path, most_rows=500)
    pd.testing.assert_frame_equal(one, other)
    assert (one["place"] == 2 * one.index).all()
    assert len(one) == one.index.nunique() == 500
    assert one.index.is_monotonic_increasing
    assert one.index.to_numpy().mean() == pytest.approx(1500, abs=150)


def test_of_many_columns_fewer_rows_are_taken(file, monkeypatch):
    monkeypatch.setattr(reading, "MOST_CELLS", 2200)
    with pytest.warns(BenchWarning, match="a random sample of 100 of them"):
        assert len(read_table(large(file, 300))) == 100


def test_the_memory_that_reading_takes_does_not_grow_with_the_file(file, monkeypatch):
    monkeypatch.setattr(chunks, "CHUNK_CELLS", 22_000)
    peaks = []
    for rows in (4000, 16_000):
        path = large(file, rows)
        tracemalloc.start()
        with pytest.warns(BenchWarning):
            read_table(path, most_rows=500)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0]


def test_dates_are_refused_before_all_of_a_large_file_is_read(file, monkeypatch):
    monkeypatch.setattr(chunks, "CHUNK_CELLS", 1)
    spoilt_later = "when,a\n" + "2024-01-02,1\n" * 3000 + "2024-01-02,1,2,3\n"
    with pytest.raises(DataError, match="dates or times in 'when'"):
        read_table(file("a.csv", spoilt_later))


@pytest.mark.filterwarnings("ignore:large.csv is large")
def test_the_sample_of_a_large_file_is_kept_until_the_file_changes(file, tmp_path, monkeypatch):
    monkeypatch.setenv("BENCH_CACHE_DIR", str(tmp_path / "cache"))
    path = large(file, 3000)
    with pytest.warns(BenchWarning, match="a random sample of 500"):
        first = read_table_once(path, most_rows=500, large=0)
    assert len(list((tmp_path / "cache" / "own").iterdir())) == 1

    def refuse(*_, **__):
        raise AssertionError("the whole file is read again")

    with monkeypatch.context() as patched:
        patched.setattr(keeping, "read_sample", refuse)
        with pytest.warns(BenchWarning, match=r"large\.csv has 3,000 rows; a random sample of 500"):
            again = read_table_once(path, most_rows=500, large=0)
    pd.testing.assert_frame_equal(first, again)

    changed = large(file, 3100)
    with pytest.warns(BenchWarning, match="3,100 rows"):
        read_table_once(changed, most_rows=500, large=0)
    small = read_table_once(changed, large=10**9)
    assert len(small) == 3100


TEXTS = st.text('xyz ,;|"\n\té', min_size=1, max_size=6).map(lambda text: f"x{text}x")


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.floats(-1e6, 1e6), TEXTS), min_size=2, max_size=8),
    st.sampled_from([(",", "."), (";", ","), (";", "."), ("\t", ","), ("|", ".")]),
    st.sampled_from(["utf-8", "utf-8-sig"]),
    st.text("xyz é", max_size=4).map(lambda text: f"x{text}x"),
)
def test_what_a_spreadsheet_writes_is_read_back(tmp_path_factory, rows, signs, encoding, name):
    separator, decimal = signs
    frame = pd.DataFrame(rows, columns=["number", name])
    # A fraction in each number, so that there is a decimal sign to be found.
    frame["number"] = frame["number"].round(2) + 0.125
    path = tmp_path_factory.mktemp("written") / "a.csv"
    frame.to_csv(path, sep=separator, decimal=decimal, encoding=encoding, index=False)
    read = read_table(path)
    assert np.allclose(read["number"], frame["number"])
    assert read[name].tolist() == frame[name].tolist()
