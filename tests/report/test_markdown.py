from __future__ import annotations

from bench.report.markdown import escape, table


def test_a_name_from_data_cannot_break_the_table():
    text = table(["name", "f1"], [["<img src=x onerror=alert(1)> | [a](b) `c`", "0.5"]])
    row = text.splitlines()[2]
    assert "<" not in row
    assert row.replace("\\|", "").count("|") == 3
    assert escape("one_class_svm") == "one_class_svm"
