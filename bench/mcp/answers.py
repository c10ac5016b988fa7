"""Answers as small JSON: few rows, short texts, and what was left out is said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bench import escaping

MOST_ROWS = 200
# Characters of a text from a file: a cell may hold a book.
MOST_CHARACTERS = 200
DIGITS = 6


def table(rows: Iterable[Mapping[str, Any]], most: int) -> dict[str, Any]:
    """The first rows, with the number of all of them."""
    found = list(rows)
    shown = found[: max(0, min(most, MOST_ROWS))]
    answer: dict[str, Any] = {"rows": [plain(row) for row in shown], "of": len(found)}
    if len(shown) < len(found):
        answer["left_out"] = len(found) - len(shown)
    return answer


def of_frame(frame: Any, most: int) -> dict[str, Any]:
    """As `table`, of a data frame."""
    count = max(0, min(most, MOST_ROWS))
    answer = table(frame.head(count).to_dict("records"), count)
    answer["of"] = len(frame)
    if len(frame) > count:
        answer["left_out"] = len(frame) - count
    return answer


def texts(lines: Iterable[str]) -> list[str]:
    """Lines of text, each cut to a length."""
    return [one(line) for line in lines]


def one(text: str, most: int = MOST_CHARACTERS) -> str:
    """A text in one line, cut to a length, in which nothing is hidden."""
    shown = escaping.one_line(text[: most + 1])
    return shown if len(text) <= most else shown[: most - 1] + "…"


def plain(value: Any) -> Any:
    """What JSON has: numbers rounded, NaN as null, texts cut and without what cannot be seen."""
    if isinstance(value, Mapping):
        return {one(str(key)): plain(each) for key, each in value.items()}
    if isinstance(value, str):
        return one(value)
    if isinstance(value, Sequence):
        return [plain(each) for each in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return None if value != value or abs(value) == float("inf") else float(f"{value:.{DIGITS}g}")
    return value if value is None or isinstance(value, int | bool) else one(str(value))
