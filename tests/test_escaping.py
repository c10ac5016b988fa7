from __future__ import annotations

import csv
import html as html_of_library
import io
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bench import escaping
from bench.report.markdown import table

# A colour, a window's title, a cursor that goes up, text turned around, a bell, no width at all.
STEERING = "a\x1b[31mb\x1b]0;title\x07c\x9b2Ad\u202ee\u200bf\rg"


def test_what_steers_a_terminal_is_shown_instead():
    assert escaping.terminal(STEERING) == (
        "a\\x1b[31mb\\x1b]0;title\\x07c\\x9b2Ad\\u202ee\\u200bf\\rg"
    )  # fmt: skip
    assert escaping.terminal("größer 漢字 × ± †\tx\n") == "größer 漢字 × ± †\tx\n"
    assert escaping.one_line("a\nerror: b") == "a\\nerror: b"


def test_a_name_from_data_cannot_break_the_table():
    text = table(["name", "f1"], [["<img src=x onerror=alert(1)> | [a](b) `c`\n| d | e |", "0.5"]])
    assert len(text.splitlines()) == 3
    row = text.splitlines()[2]
    assert "<" not in row
    assert row.replace("\\|", "").count("|") == 3
    assert escaping.markdown("one_class_svm") == "one_class_svm"
    for text in ("_a_", "__init__", "~~b~~", "&copy;", "a_ _b"):
        html = MarkdownIt("commonmark").enable("strikethrough").render(escaping.markdown(text))
        assert html_of_library.unescape(html) == f"<p>{text}</p>\n"


@given(st.text(alphabet=st.sampled_from(list("ab\\|*`<[]()!\n>&#_~;\x1b")), max_size=30))
def test_no_text_becomes_markup_in_markdown(text):
    html = MarkdownIt("commonmark").render(f"x{escaping.markdown(text)}x")
    assert "\x1b" not in html
    assert {tag.tag for tag in ElementTree.fromstring(f"<r>{html}</r>").iter()} <= {"r", "p"}


@given(st.text(max_size=30))
def test_any_text_is_text_in_html_and_svg(text):
    parsed = ElementTree.fromstring(f"<r>{escaping.html(text)}</r>")
    assert len(parsed) == 0
    assert (parsed.text or "") == escaping.terminal(text)


@pytest.mark.parametrize("value", ["=1+1", "+cmd", "-2+3", "@SUM(1)", "\t=1", " =1", "＝1", "=\n1"])
def test_a_formula_is_text_in_csv(value):
    text = escaping.csv(pd.DataFrame({"a": [value]}))
    [_, [cell]] = csv.reader(io.StringIO(text))
    assert cell.startswith("'")


def test_numbers_stay_numbers_in_csv():
    frame = pd.DataFrame(
        {"text": ["-1.5", "-1,5", "-", None, "a-b", "+3"], "float": [-1.5, np.nan, -np.inf, 2, 3, 4],
         "int": pd.array([-1, None, 3, 4, 5, 6], dtype="Int64"), "mixed": [-1, "=x", -2.5, True, None, "y"]}
    )  # fmt: skip
    assert escaping.csv(frame) == (
        'text,float,int,mixed\n-1.5,-1.5,-1,-1\n"-1,5",,,\'=x\n-,-inf,3,-2.5\n,2.0,4,True\na-b,3.0,5,\n+3,4.0,6,y\n'
    )


def test_headers_of_csv_are_no_formulas():
    assert escaping.csv(pd.DataFrame({"=1+1": [1]})).splitlines()[0] == "'=1+1"


def test_latex_has_no_commands_from_data():
    assert escaping.latex("\\input{x} 50% $a_1$ #&^~") == (
        r"\textbackslash{}input\{x\} 50\% \$a\_1\$ \#\&\textasciicircum{}\textasciitilde{}"
    )
    assert escaping.latex_label("tab:x}\\input{y}-one-class") == "tab:x--input-y--one-class"
    assert escaping.latex_label("tab:core-one-class") == "tab:core-one-class"


def test_a_dollar_begins_no_formula_in_a_picture():
    assert escaping.plot("$\\frac$") == "\\$\\frac\\$"
