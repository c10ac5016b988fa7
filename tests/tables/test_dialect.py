"""What the user says of how a file is written comes before what it looks like."""

from __future__ import annotations

import gzip
import warnings

import numpy as np
import pandas as pd
import pytest
from tables import values

from bench import Pipeline
from bench.errors import BenchWarning, DataError
from bench.tables import Dialect, read_table


@pytest.mark.parametrize(
    ("content", "dialect", "expected"),
    [
        ("a;b|c|d\n1;2|3|4\n5;6|7|8\n", {"sep": ";"}, {"a": [1, 5], "b|c|d": ["2|3|4", "6|7|8"]}),
        ("a^b\n1^2\n3^4\n", {"sep": "^"}, {"a": [1, 3], "b": [2, 4]}),
        ("a\tb,c\n1\t2\n3\t4\n", {"sep": "tab"}, {"a": [1, 3], "b,c": [2, 4]}),
        ("a  b\tc\n1 2   3\n 4  5 6\n", {"sep": "space"}, {"a": [1, 4], "b": [2, 5], "c": [3, 6]}),
        ("a;v;w\n1,234;1.0;2.0\n5,678;3.0;4.0\n", {"decimal": ","},
         {"a": [1.234, 5.678], "v": ["1.0", "3.0"], "w": ["2.0", "4.0"]}),
        ("a;b\n1,5;1,234\n2,5;5,678\n", {"decimal": "."}, {"a": ["1,5", "2,5"], "b": [1234, 5678]}),
        ("a;b\n1,5;1.234\n2,5;5.678\n", {"thousands": ","}, {"a": ["1,5", "2,5"], "b": [1.234, 5.678]}),
        ("a;b\n1 234,5;x\n12\u00a0345;y\n", {"thousands": "space"}, {"a": [1234.5, 12345], "b": ["x", "y"]}),
        ("a,b\n1'234.5,x\n1’234’567,y\n", {"thousands": "'"}, {"a": [1234.5, 1234567], "b": ["x", "y"]}),
        ("1,x\n2,y\n", {"header": False}, {"1": [1, 2], "2": ["x", "y"]}),
        ("9,7\n8,9\n6,5\n", {"header": True}, {"9": [8, 6], "7": [9, 5]}),
        ("größe,b\n1,ä\n2,é\n".encode("cp1252"), {"encoding": "cp1252"}, {"größe": [1, 2], "b": ["ä", "é"]}),
        ("a,b\n1,ä\n2,é\n".encode(), {"encoding": "UTF8"}, {"a": [1, 2], "b": ["ä", "é"]}),
        ("a,b\n1,ä\n2,é\n".encode("utf-8-sig"), {"encoding": "utf-8"}, {"a": [1, 2], "b": ["ä", "é"]}),
        ("a,b\n1,ä\n2,é\n".encode("utf-16-le"), {"encoding": "utf-16-le"}, {"a": [1, 2], "b": ["ä", "é"]}),
    ],
)  # fmt: skip
def test_what_is_told_comes_before_what_would_be_found_out(file, content, dialect, expected):
    path = file("a.csv", content)
    assert values(read_table(path, dialect=Dialect(**dialect))) == expected
    packed = file("a.csv.gz", gzip.compress(path.read_bytes(), mtime=0))
    assert values(read_table(packed, dialect=Dialect(**dialect))) == expected


def test_a_file_of_any_name_is_text_where_its_separator_is_told(file):
    path = file("a.data", "1:2\n3:4\n")
    with pytest.raises(DataError, match=r"if it is text, say with --sep what separates .* must be one of"):
        read_table(path)
    assert values(read_table(path, dialect=Dialect(sep=":", header=False))) == {"1": [1, 3], "2": [2, 4]}


def test_a_sheet_without_names_has_numbers_for_names(tmp_path):
    path = tmp_path / "a.xlsx"
    pd.DataFrame([[1.5, "x"], [2, "y"], [3, "x"]]).to_excel(path, index=False, header=False)
    frame = read_table(path, dialect=Dialect(header=False))
    assert values(frame) == {"1": [1.5, 2, 3], "2": ["x", "y", "x"]}
    with pytest.raises(DataError, match=r"a.xlsx: --encoding is about files of .csv, .tsv, .txt, .arff"):
        read_table(path, dialect=Dialect(encoding="latin-1"))


def test_an_arff_file_may_be_in_another_encoding(file):
    path = file("a.arff", "@relation r\n@attribute größe numeric\n@data\n1\n2\n".encode("latin-1"))
    assert values(read_table(path, dialect=Dialect(encoding="latin-1"))) == {"größe": [1, 2]}


def test_decimals_of_texts_are_told_of_any_format(tmp_path):
    path = tmp_path / "a.parquet"
    pd.DataFrame({"a": ["1,234", "5,678"]}).to_parquet(path)
    assert values(read_table(path)) == {"a": [1234, 5678]}
    assert values(read_table(path, dialect=Dialect(decimal=","))) == {"a": [1.234, 5.678]}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("00007;Bern;19,47", "'00007', '19,47' in the first line look like values"),
        ("2024-01-01;x;y", "'2024-01-01' in the first line look"),
        ("id;2024;x", None),
        ("sample;400.5;401.5;402.5", None),
    ],
)
def test_a_first_line_that_looks_like_values_is_pointed_out(file, line, said, recwarn):
    path = file("a.csv", line + "\n" + ";".join(["8"] * len(line.split(";"))) + "\n" + line + "\n")
    read_table(path)
    found = [str(each.message) for each in recwarn if "look like values" in str(each.message)]
    assert [said in each for each in found] == ([] if said is None else [True])
    recwarn.clear()
    read_table(path, dialect=Dialect(header=True))
    assert not [each for each in recwarn if "look like values" in str(each.message)]


@pytest.mark.parametrize("share", [1, 0.05])
def test_numbers_in_groups_are_pointed_out(file, share, recwarn):
    cells = ["1 234,5" if i < 40 * share else "234,5" for i in range(40)]
    path = file("a.csv", "a;b\n" + "".join(f"{cell};x\n" for cell in cells))
    read_table(path)
    said = [str(each.message) for each in recwarn if "--thousands" in str(each.message)]
    assert said == [
        "a.csv: column 'a' holds '1 234,5' and the like; if they are numbers, say with --thousands what "
        "stands between thousands"
    ]
    recwarn.clear()
    assert read_table(path, dialect=Dialect(thousands="space"))["a"].max() == 1234.5
    assert not list(recwarn)


def test_a_dialect_is_combined_field_by_field():
    both = Dialect(sep=";").over(Dialect(sep=",", decimal=","))
    assert both == Dialect(sep=";", decimal=",")
    assert both.given() == {"sep": ";", "decimal": ","}


def test_rows_of_a_file_of_blanks_are_all_read(file):
    numbers = np.random.default_rng(0).normal(size=(50, 3)).round(3)
    text = "\n".join("   ".join(map(str, row)) for row in numbers)
    frame = read_table(file("a.txt", text), dialect=Dialect(sep="space", header=False))
    assert np.allclose(frame.to_numpy(), numbers)


def test_a_told_separator_that_is_wrong_leaves_one_column(file):
    with pytest.warns(BenchWarning, match="look like values"):
        frame = read_table(file("a.csv", "0,1\n1,2\n3,4\n"), dialect=Dialect(sep=";"))
    assert frame.shape == (2, 1)


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".jsonl"])
def test_values_that_stand_for_empty_cells(tmp_path, ending):
    table = pd.DataFrame({"a": [1.5, -200, 3], "n": [1, -200, 2], "t": ["x", "unknown", "y"]})
    path = tmp_path / f"a{ending}"
    {".csv": lambda: table.to_csv(path, index=False), ".parquet": lambda: table.to_parquet(path),
     ".jsonl": lambda: table.to_json(path, orient="records", lines=True)}[ending]()  # fmt: skip
    found = read_table(path, dialect=Dialect(empty="-200, unknown"))
    assert found.isna().sum().tolist() == [1, 1, 1]
    assert read_table(path).isna().sum().sum() == 0


@pytest.mark.parametrize(
    ("code", "others", "is_said"),
    [
        (-200, range(600, 700), True),
        (-999, range(-40, 40), True),
        (9999, range(40), True),
        (-1, range(100), False),
        (-200, range(-190, 190), False),
        (100, range(40), False),
        (99, range(98), False),
    ],
)
def test_numbers_that_may_stand_for_empty_cells_are_pointed_out(file, code, others, is_said):
    content = "a,b\n" + "".join(f"{value},{value % 3}\n" for value in [*others, *[code] * 6])
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        read_table(file("a.csv", content))
    assert any(f"--empty {code}" in str(each.message) for each in said) == is_said


@pytest.mark.parametrize(
    ("fill", "written", "rows", "is_said"),
    [
        ("1e20", "1e+20", 1, True),
        ("9.96921e36", "9.96921e+36", 3, True),
        ("9.969209968386869e36", "9.969209968386869e+36", 2, True),
        ("-1e34", "-1e+34", 1, True),
        ("99999999", "99999999", 1, True),
        ("5e4", "50000", 1, False),
    ],
)
def test_one_number_that_leaves_nothing_of_the_others_is_pointed_out(file, fill, written, rows, is_said):
    content = "a,b\n" + "".join(f"{i % 17}.5,{i % 3}\n" for i in range(60)) + f"{fill},1\n" * rows
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        read_table(path := file("a.csv", content))
    told = [str(each.message) for each in said if "as good as equal" in str(each.message)]
    assert bool(told) == is_said
    if is_said:
        assert told == [
            f"a.csv: {written} in 'a' is so large that all others there are as good as equal beside it; if "
            f"it stands for an empty cell, say --empty {written}"
        ]
        assert read_table(path, dialect=Dialect(empty=written))["a"].isna().sum() == rows


def test_a_model_keeps_what_stands_for_empty_cells(tmp_path):
    path = tmp_path / "a.csv"
    table = pd.DataFrame({"a": [*range(100), *[-999] * 10], "b": [i % 7 for i in range(110)]})
    table.to_csv(path, index=False)
    Pipeline("hbos", dialect=Dialect(empty="-999")).fit(path).save(tmp_path / "a.model")
    empty = tmp_path / "b.csv"
    table.replace(-999, np.nan).to_csv(empty, index=False)
    model = Pipeline.load(tmp_path / "a.model")
    assert np.array_equal(model.score(path), model.score(empty))
