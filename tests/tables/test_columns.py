"""The columns of a table are numbers, text or dates."""

from __future__ import annotations

import pytest
from tables import values

from bench.errors import BenchWarning, DataError
from bench.tables import chunks, read_table


def test_missing_values_and_what_stands_for_them(file):
    frame = read_table(file("a.csv", "a,b,c,d\n1,x,True,no\n,?,,yes\n?,NA,False,no\n4, ,True,no\n"))
    assert values(frame) == {
        "a": [1, None, None, 4],
        "b": ["x", None, None, None],
        "c": [1, None, 0, 1],
        "d": ["no", "yes", "no", "no"],
    }


def test_a_few_texts_among_numbers_count_as_missing_and_are_named(file):
    path = file("a.csv", "age,b\n" + "30,1\n40,2\n" * 10 + "unknown,3\n")
    with pytest.warns(
        BenchWarning, match=r"'age' is read as numbers; .* missing \(1 of 21 values\): 'unknown'"
    ):
        frame = read_table(path)
    assert frame["age"].isna().sum() == 1
    assert frame["age"].dtype == float


def test_numbers_and_dates_among_too_many_texts_are_pointed_out(file):
    path = file("a.csv", "age,day,name\n" + "30,2026-01-02,x1\n40,2026-01-03,y\n" * 3 + "Total,all,7\n" * 2)
    with pytest.warns(BenchWarning, match="is read as text") as warned:
        frame = read_table(path)
    assert frame["age"].tolist()[:2] == ["30", "40"]
    said = [str(each.message) for each in warned]
    assert len(said) == 2
    assert "column 'age' is read as text; 6 of 8 values are numbers, and not 'Total' (row 7): " in said[0]
    assert "column 'day' is read as text; 6 of 8 values are dates, and not 'all' (row 7): " in said[1]


def test_a_column_that_numbers_the_rows_is_pointed_out(file):
    path = file("a.csv", "id,a\n" + "".join(f"{i},{i * 7 % 5}\n" for i in range(10, 30)))
    with pytest.warns(BenchWarning, match="'id' numbers the rows and .* consider --drop id"):
        assert list(read_table(path).columns) == ["id", "a"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "a,when\n1,01/02/2024\n2,03/02/2024\n", "cannot be told; .* --drop when"),
        ("a.csv", "a,b\n1,2\n3,inf\n", "'b' holds infinite values, first in row 2; .* --drop b"),
    ],
)  # fmt: skip
def test_a_column_of_no_use_is_refused(file, name, content, message):
    with pytest.raises(DataError, match=message) as raised:
        read_table(file(name, content))
    assert "\n" not in str(raised.value)
    assert name in str(raised.value)


def test_what_cannot_be_used_is_refused_before_all_of_a_large_file_is_read(file, monkeypatch):
    monkeypatch.setattr(chunks, "CHUNK_CELLS", 1)
    spoilt_later = "b,a\n" + "inf,1\n" * 3000 + "2,1,2,3\n"
    with pytest.raises(DataError, match="'b' holds infinite values"):
        read_table(file("a.csv", spoilt_later))
