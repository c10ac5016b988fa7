"""Reading numbers as users write them: decimal point or comma, thousands separators, percent sign or unit."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from functools import partial
from typing import Literal

import pandas as pd

from bench.errors import BenchWarning

Decimal = Literal[".", ","]

# A column of texts is one of numbers if this fraction of its values are.
MOSTLY = 0.9
# A unit after a number, as in "18.0 mpg": letters and signs, with no further number in them.
_UNIT = re.compile(r"(?<=[\d.,])\s*(%|[^\W\d_][^\d\s,;]*|°[CF]?|[$€£¥])$")
# What may stand between groups of three digits, and the signs that are taken for it.
BLANK = "space"
GROUPS = {".": r"\.", ",": ",", "'": "['\u2019]", "_": "_", BLANK: "[ \u00a0\u202f]"}
# Texts that are numbers where such a sign, which is not found out, stands between thousands.
GROUPED = re.compile(r"[-+]?\d{1,3}([ \u00a0\u202f'\u2019_]\d{3})+([.,]\d*)?")
_HAS_DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class NumberFormat:
    """How numbers are written in texts.

    ``decimal``: the decimal separator of the file. ``thousands``: what stands between groups of three digits,
    one of `GROUPS`; where it is None, the point or comma that does not stand before decimals. ``told``:
    whether the user has said which the decimal separator is, so that no column decides for itself.
    """

    decimal: Decimal = "."
    thousands: str | None = None
    told: bool = False

    def separators(self) -> list[tuple[Decimal, str]]:
        """Pairs of what stands before decimals, and a pattern of what stands between thousands; the more
        likely pair first.
        """
        other: Decimal = "," if self.decimal == "." else "."
        possible: tuple[Decimal, ...] = (self.decimal,) if self.told else (self.decimal, other)
        return [(sign, GROUPS[self.thousands or ("," if sign == "." else ".")]) for sign in possible]


USUAL = NumberFormat()


def units_of(texts: pd.Series) -> pd.Series:
    """The unit after each number, NaN where there is none."""
    return texts.str.extract(_UNIT)[0]


def as_numbers(texts: pd.Series, numbers: NumberFormat, where: str) -> pd.Series:
    """The texts as float64, NaN for a text that is no number; warns of units that are left out.

    Whether "." or "," is the decimal separator is decided for the whole column, unless it is told: the one by
    which more of the texts are numbers, and the file's where both are equal. ``where`` names the column.
    """
    plain, unit = without_unit(texts)
    ways = numbers.separators()
    fits = [plain.map(partial(_is_number, pattern=_pattern(*way))) for way in ways]
    best = max(range(len(ways)), key=lambda way: fits[way].sum())  # the first of equal ones
    sign, thousands = ways[best]
    written = plain.str.replace(thousands, "", regex=True).str.replace(sign, ".", regex=False)
    found = pd.to_numeric(written.where(fits[best], plain), errors="coerce").astype(float)
    if numbers.told:  # a column of 1.5 in a file with decimal commas holds no numbers
        found = found.where(fits[best])
    if unit and unit != "%" and found.notna().sum() >= MOSTLY * len(texts):
        warnings.warn(f"{where} is read as numbers in {unit}", BenchWarning, stacklevel=2)
    return found


def _pattern(decimal: Decimal, thousands: str) -> re.Pattern[str]:
    d = re.escape(decimal)
    return re.compile(rf"[-+]?(\d{{1,3}}({thousands}\d{{3}})+|\d+)?({d}\d*)?([eE][-+]?\d+)?")


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
