"""A user's table as detectors take it, and labels as users write them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from bench.errors import BenchWarning, DataError
from bench.recommend.table import load_table, parse_labels, read_labels

ROWS = np.arange(1, 5)
TABLE = pd.DataFrame({"a": [0.123456, 2.5, np.nan, 7.0], "kind": ["x", "y", "x", None]})


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text(
        "a,b,checked\n" + "".join(f"{i},{i * i % 7},{'' if i > 3 else i % 2}\n" for i in range(30))
    )
    return path


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (["1", "0", "", "1.0"], [1, 0, -1, 1]),
        (["Yes", " no ", "nan", "N"], [1, 0, -1, 0]),
        (["anomaly", "Normal", "?", "OK"], [1, 0, -1, 0]),
        ([True, False, None, 1.0], [1, 0, -1, 1]),
    ],
)
def test_labels_are_read_as_users_write_them(written, meant):
    assert parse_labels(written, ROWS, "labels.csv").tolist() == meant


@pytest.mark.parametrize("written", [["1", "0", "maybe", ""], ["2", "0", "1", ""]])
def test_a_label_that_means_nothing_is_named_with_its_row(written):
    with pytest.raises(DataError, match=r"labels.csv: the label '(maybe|2)' of row (3|1) is neither"):
        parse_labels(written, ROWS, "labels.csv")


def test_a_file_without_a_single_label_is_refused():
    with pytest.raises(DataError, match="no row has a label; write 1"):
        parse_labels(["", "", "", ""], ROWS, "labels.csv")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("row,a\n1,2\n", "has no column 'label'"),
        ("row,label\n9,1\n", "'9' is not the number of a row"),
        ("row,label\n1,1\n1,0\n", "'1' is not the number of a row of the table, or is there twice"),
        ("row,label\nfirst,1\n", "'first' is not the number"),
    ],
)
def test_a_file_of_labels_that_does_not_fit_is_refused_in_one_sentence(tmp_path, content, message):
    path = tmp_path / "labels.csv"
    path.write_text(content)
    with pytest.raises(DataError, match=message):
        read_labels(path, ROWS, TABLE)


def test_labels_are_put_to_the_rows_they_name_with_a_spreadsheets_semicolons_too(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text("row;label\n4;yes\n2;no\n")
    assert read_labels(path, ROWS, TABLE).tolist() == [-1, 0, -1, 1]


def test_a_column_of_labels_is_no_column_of_the_rows(file):
    table = load_table(file, label="checked")
    assert set(table.columns) == {"a", "b"}
    assert table.y[:5].tolist() == [0, 1, 0, 1, -1]
    assert table.labelled.tolist() == [0, 1, 2, 3]


def test_labels_of_a_file_come_before_those_of_a_column(file, tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text("row,label\n1,1\n30,1\n")
    assert load_table(file, label="checked", labels=path).y[[0, 1, 29]].tolist() == [1, 1, 1]


def test_an_unknown_label_column_is_named(file):
    with pytest.raises(DataError, match="unknown column 'cheked'; did you mean 'checked'"):
        load_table(file, label="cheked")


def test_rows_are_standardised(file):
    X = load_table(file, drop=["checked"]).X
    assert X.mean(axis=0) == pytest.approx(0, abs=1e-9)
    assert X.std(axis=0) == pytest.approx(1)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_labels_carry_values_as_spreadsheets_write_them(tmp_path, encoding):
    path = tmp_path / "labels.csv"
    path.write_text("row;label;a;kind\n1;1;0,1235;x\n3;0;;x\n4;1;7,0;\n", encoding=encoding)
    assert read_labels(path, ROWS, TABLE).tolist() == [1, -1, 0, 1]


def test_labels_of_a_table_that_was_sorted_since_are_refused(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text("row,label,a,kind\n1,1,0.123456,x\n2,0,7.0,\n")
    with pytest.raises(DataError, match=r"row 2 carries other values than row 2 of the table.* --ask"):
        read_labels(path, ROWS, TABLE)


def test_labels_may_be_saved_as_a_workbook(tmp_path):
    path = tmp_path / "labels.xlsx"
    pd.DataFrame({"row": [4, 1, 2], "label": [1, 0, None], "a": [7.0, 0.1235, 2.5]}).to_excel(
        path, index=False
    )
    assert read_labels(path, ROWS, TABLE).tolist() == [0, -1, -1, 1]


def test_labels_may_be_saved_as_excels_unicode_text(tmp_path):
    path = tmp_path / "labels.txt"
    path.write_bytes("row\tlabel\ta\tkind\n2\t1\t2.5\ty\n1\t0\t0.123\tx\n".encode("utf-16"))
    assert read_labels(path, ROWS, TABLE).tolist() == [0, 1, -1, -1]


def test_values_that_were_written_so_as_to_be_no_formula_are_the_tables(tmp_path):
    table = pd.DataFrame({"=a": ["=1+1", "-x", "y"], "b": [-1.5, 2, 3]})
    path = tmp_path / "labels.csv"
    for cells in ("'=1+1,-1.5\n2,0,'-x,2", "=1+1,-1.5\n2,0,-x,2"):  # with and without the apostrophe
        path.write_text(f"row,label,'=a,b\n1,1,{cells}\n")
        assert read_labels(path, ROWS[:3], table).tolist() == [1, 0, -1]
    path.write_text("row,label,'=a,b\n1,1,other,7\n")
    with pytest.raises(DataError, match="carries other values"):
        read_labels(path, ROWS[:3], table)


def test_labels_in_another_encoding_are_refused_with_advice(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_bytes("row,label,gr\xf6\xdfe\n1,1,2\n".encode("latin-1"))
    with pytest.raises(DataError, match="not written in UTF-8; save it as"):
        read_labels(path, ROWS, TABLE)


def test_labels_beside_the_rows_of_an_array_file_are_no_feature(tmp_path):
    path = tmp_path / "a.npz"
    X, y = np.random.default_rng(0).normal(size=(20, 3)), np.arange(20) % 2
    np.savez(path, X=X, y=y)
    with pytest.warns(BenchWarning, match="'y' holds 0 and 1 .* --label y"):
        assert load_table(path).columns == ("X0", "X1", "X2")
    labelled = load_table(path, label="y")
    assert labelled.columns == ("X0", "X1", "X2")
    assert labelled.y.tolist() == y.tolist()
    np.savez(path, X=X, y=np.arange(20.0))
    assert "y" in load_table(path).columns


def test_values_too_large_to_compute_with_are_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,1e307\n2,-1.7e308\n3,1.7e308\n")
    with pytest.raises(DataError, match="the values of 'b' are too large to compute with"):
        load_table(path)


def test_rows_that_are_all_normal_are_labelled_so(file):
    known = load_table(file).labelled_normal()
    assert known.all_normal
    assert known.y.tolist() == [0] * 30
    assert not load_table(file).all_normal
    labelled = load_table(file, label="checked")
    assert not labelled.all_normal
    with pytest.raises(DataError, match="row 2 is labelled anomalous, but --all-normal says that all rows"):
        labelled.labelled_normal()


def test_labels_that_leave_a_row_open_do_not_make_all_normal(file):
    file.write_text("a,checked\n" + "".join(f"{i},{'' if i == 7 else 0}\n" for i in range(30)))
    assert not load_table(file, label="checked").all_normal
    file.write_text("a,checked\n" + "".join(f"{i},0\n" for i in range(30)))
    assert load_table(file, label="checked").all_normal
