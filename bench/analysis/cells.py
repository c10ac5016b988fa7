"""Cells of tables: texts with the numbers that they show, the same for Markdown, LaTeX, page and terminal."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True)
class TableCell:
    """A figure as a table shows it.

    ``value`` is the number shown, by which it is sorted, and None for a dash; ``short`` is the text where
    there is little room, if that is another.
    """

    text: str
    value: float | None = None
    short: str = ""

    def __str__(self) -> str:
        return self.text


DASH = "–"
NONE = TableCell(DASH)
# Words stand in a table as they are.
Row = Sequence[TableCell | str]


class TableColumn(NamedTuple):
    """A column of a table: its header, and what it shows of whatever a row is made from."""

    header: str
    cell: Callable[[Any], TableCell | str]


def laid_out(columns: Sequence[TableColumn], rows: Iterable[Any]) -> tuple[list[str], list[Row]]:
    """The headers and the cells of a table."""
    return [column.header for column in columns], [[column.cell(row) for column in columns] for row in rows]


def number(value: Any, digits: int = 2) -> TableCell:
    """A number with ``digits`` decimals; a dash for none."""
    if value is None or math.isnan(value):
        return NONE
    return TableCell(f"{value:.{digits}f}", round(float(value), digits))


def count(value: Any) -> TableCell:
    """A whole number."""
    return number(value, 0)


def fraction(part: Any, of: Any) -> TableCell:
    """``20/21``; a dash for none."""
    if math.isnan(of):
        return NONE
    return TableCell(f"{part:.0f}/{of:.0f}", float(part))


def percent(value: float) -> TableCell:
    """A fraction as a whole percentage; a dash for none."""
    return NONE if math.isnan(value) else TableCell(f"{100 * value:.0f} %", round(100 * float(value), 0))


def with_spread(mean: Any, std: Any, digits: int = 2) -> TableCell:
    """``0.43 ± 0.02``, or the mean alone where one seed gives no spread."""
    return joined(number(mean, digits), number(std, digits))


def joined(mean: TableCell, spread: TableCell) -> TableCell:
    """A mean and its spread, where there is one."""
    return mean if spread == NONE else TableCell(f"{mean} ± {spread}", mean.value, short=mean.text)


def significant(value: Any, digits: int = 3) -> TableCell:
    """A number with ``digits`` significant digits and no exponent; a dash for none."""
    if value is None or math.isnan(value):
        return NONE
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value)))) if value else 0
    return number(value, decimals)
