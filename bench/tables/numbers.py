"""Reading numbers as users write them: decimal point or comma, thousands separators, percent sign or unit."""

from __future__ import annotations

import re
import warnings
from typing import Literal

import pandas as pd

from bench.errors import BenchWarning

Decimal = Literal[".", ","]

# A column of texts is one of numbers if this fraction of its values are.
MOSTLY = 0.9
# A unit after a number, as in "18.0 mpg": letters and signs, with no further number in them.
_UNIT = re.compile(r"(?<=[\d.,])\s*(%|[^\W\d_][^\d\s,;]*|°[CF]?|[$€£¥])$")


def _pattern(decimal: str, thousands: str) -> re.Pattern[str]:
    d, t = re.escape(decimal), re.escape(thousands)
    return re.compile(rf"[-+]?(\d{{1,3}}({t}\d{{3}})+|\d+)?({d}\d*)?([eE][-+]?\d+)?")


_WRITTEN: dict[Decimal, re.Pattern[str]] = {".": _pattern(".", ","), ",": _pattern(",", ".")}
_HAS_DIGIT = re.compile(r"\d")


def as_numbers(texts: pd.Series, decimal: Decimal, where: str) -> pd.Series:
    """The texts as float64, NaN for a text that is no number; warns of units that are left out.

    Whether "." or "," is the decimal separator is decided for the whole column: the one by which more of the
    texts are numbers, and ``decimal``, the file's, where both are equal. ``where`` names the column.
    """
    plain, unit = without_unit(texts)
    can = {sign: plain.map(lambda text, of=of: _is_number(text, of)) for sign, of in _WRITTEN.items()}
    other: Decimal = "," if decimal == "." else "."
    sign = other if can[other].sum() > can[decimal].sum() else decimal
    thousands = "," if sign == "." else "."
    written = plain.str.replace(thousands, "", regex=False).str.replace(sign, ".", regex=False)
    numbers = pd.to_numeric(written.where(can[sign], plain), errors="coerce").astype(float)
    if unit and unit != "%" and numbers.notna().sum() >= MOSTLY * len(texts):
        warnings.warn(f"{where} is read as numbers in {unit}", BenchWarning, stacklevel=2)
    return numbers


def _is_number(text: str, pattern: re.Pattern[str]) -> bool:
    return bool(pattern.fullmatch(text)) and bool(_HAS_DIGIT.search(text))


def without_unit(texts: pd.Series) -> tuple[pd.Series, str]:
    """The texts without their most frequent unit, and the unit.

    Numbers in several units are not comparable: those in another unit stay as they are, and so do all texts
    where no unit has a fraction of `MOSTLY` of them.
    """
    units = texts.str.extract(_UNIT)[0]
    if units.notna().sum() == 0:
        return texts, ""
    usual = str(units.mode()[0])
    if (units == usual).sum() < MOSTLY * units.notna().sum():
        return texts, ""
    return texts.where(units != usual, texts.str.replace(_UNIT, "", regex=True)), usual
