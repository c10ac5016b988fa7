"""Figures of the committed tables, for tests of what prose says of them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).parents[2]
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@cache
def part(file, *headings):
    """The text of a table's file, or what stands below a heading that begins so, and one below that."""
    text = (ROOT / "results" / file).read_text(encoding="utf-8").replace("\\", "")
    for begin in headings:
        [(level, start)] = [(len(found[1]), found.end()) for found in
                            re.finditer(rf"^(#+) {re.escape(begin)}", text, flags=re.MULTILINE)]  # fmt: skip
        text = re.split(rf"^#{{1,{level}}} ", text[start:], maxsplit=1, flags=re.MULTILINE)[0]
    return text


def said(pattern, file, *headings):
    """What the groups of a pattern match, the only match in that part; line ends are blanks."""
    [found] = re.finditer(pattern, " ".join(part(file, *headings).split()))
    return found.groups()


def rows(column, file, *headings):
    """Of the tables that have such a column, its cells by what the first cell of a row says."""
    found, place = {}, None
    for line in part(file, *headings).splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|"):
            place = None
        elif place is None:
            place = cells.index(column) if column in cells else -1
        elif place >= 0 and not line.startswith("|:"):
            found.setdefault(re.sub(r"( [●†‡§¶✓]+)+$", "", cells[0]), cells[place])
    return found


def numbers(column, row, file, *headings):
    """The numbers of a cell, as they are written."""
    return NUMBER.findall(rows(column, file, *headings)[row])


@cache
def board(suite, regime):
    """The leaderboard of a suite: a row for each detector, with unrounded figures."""
    table = pd.read_csv(ROOT / "results" / "leaderboard.csv")
    whole = (table["suite"] == suite) & (table["regime"] == regime) & (table["dataset"] == "(all)")
    return table[whole].set_index("detector")


def same(values, digits=2):
    """The one text that all of them are when rounded; several where prose must not say one."""
    return " or ".join(sorted({f"{value:.{digits}f}" for value in values}))


def span(values, digits=2):
    """From the lowest to the highest."""
    return f"{min(values):.{digits}f} to {max(values):.{digits}f}"
