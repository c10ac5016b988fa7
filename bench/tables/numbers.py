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
# A unit after a number or its magnitude, as in "18.0 mpg", "120 mm Hg" and "12 kg/m3": letters and signs,
# with no further number in them but a power; "1.5e2" has an exponent.
_LETTERS = r"[^\W\d_](?:[^\d\s,;]|(?<=[^\W\d_])[23](?!\d)|\s(?=[^\W\d_]))*"
_UNIT = re.compile(
    rf"(?<=[\d.,kKMB])(?<![^\d.,][kKMB])(?![kKMB]$|[eE][23]$)\s*(%|{_LETTERS}|°[CF]?|[$€£¥₹]|\+)$"
)
# A currency before a number, and an amount in brackets or before a minus, by which accounts write it
# below 0.
_CURRENCY = re.compile(r"^([-+]?)\s*([$€£¥₹]|USD|EUR|GBP|CHF|JPY)\s*([-+]?[\d.,].*)$")
_IN_BRACKETS = re.compile(r"^\(\s*([^-+()]*\d[^()]*)\)$")
_MINUS_AFTER = re.compile(r"^([^-+]*\d[^-+]*?)\s*-$")
_MINUS = "\u2212"
# Letters directly after a number that multiply it, as in 19M beside 512k.
MAGNITUDES = {"k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9}
_MAGNITUDE = re.compile(r"(?<=[\d.,])([kKMB])$")
_LETTER = re.compile(r"\d([^\W\d_])$")
# Numbers without a unit in a column with one have it too where they are 0, or fewer than those with it.
_ZERO = re.compile(r"[-+]?[0.,]+")
# Signs after numbers that are left out without a word: 10,000+ is 10,000.
UNSAID = ("%", "+")
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
    """The unit of each number, NaN where there is none."""
    return _plain(texts).str.extract(_UNIT)[0]


def _plain(texts: pd.Series) -> pd.Series:
    """The texts with currencies behind numbers, and a minus before those below 0."""
    signed = texts.str.replace(_MINUS, "-", regex=False)
    for below_0 in (_IN_BRACKETS, _MINUS_AFTER):
        signed = signed.str.replace(below_0, r"-\1", regex=True)
    return signed.str.replace(_CURRENCY, r"\1\3 \2", regex=True)


def as_numbers(texts: pd.Series, numbers: NumberFormat, where: str, unit: str = "") -> pd.Series:
    """The texts as float64, NaN for a text that is no number; warns of units that are left out.

    Whether "." or "," is the decimal separator is decided for the whole column, unless it is told: the one by
    which more of the texts are numbers, and the file's where both are equal. ``where`` names the column.
    ``unit``: one that is known beforehand.
    """
    plain, unit = without_unit(texts, unit)
    plain, factor = _without_magnitude(plain)
    ways = numbers.separators()
    fits = [plain.map(partial(_is_number, pattern=_pattern(*way))) for way in ways]
    best = max(range(len(ways)), key=lambda way: fits[way].sum())  # the first of equal ones
    sign, thousands = ways[best]
    written = plain.str.replace(thousands, "", regex=True).str.replace(sign, ".", regex=False)
    found = pd.to_numeric(written.where(fits[best], plain), errors="coerce").astype(float) * factor
    if numbers.told:  # a column of 1.5 in a file with decimal commas holds no numbers
        found = found.where(fits[best])
    if unit and unit not in UNSAID and found.notna().sum() >= MOSTLY * len(texts):
        warnings.warn(f"{where} is read as numbers in {unit}", BenchWarning, stacklevel=2)
    return found


def _pattern(decimal: Decimal, thousands: str) -> re.Pattern[str]:
    d = re.escape(decimal)
    return re.compile(rf"[-+]?(\d{{1,3}}({thousands}\d{{3}})+|\d+)?({d}\d*)?([eE][-+]?\d+)?")


def _is_number(text: str, pattern: re.Pattern[str]) -> bool:
    return bool(pattern.fullmatch(text)) and bool(_HAS_DIGIT.search(text))


def without_unit(texts: pd.Series, known: str = "") -> tuple[pd.Series, str]:
    """The texts without their most frequent unit, and the unit; a currency may stand before the number.

    ``known``: a unit that is left out wherever it stands. Numbers in several units are not comparable: those
    in another unit stay as they are, and so do all texts where no unit has a fraction of `MOSTLY` of those
    with one, or more numbers have none than have one.
    """
    plain = _plain(texts)
    units = plain.str.extract(_UNIT)[0]
    if units.notna().sum() == 0:
        return plain, ""
    usual = str(units.mode()[0])
    count = (units == usual).sum()
    bare = units.isna() & plain.str.contains(_HAS_DIGIT) & ~plain.str.fullmatch(_ZERO)
    if usual != known and (count < MOSTLY * units.notna().sum() or count < bare.sum()):
        return plain, ""
    return plain.where(units != usual, plain.str.replace(_UNIT, "", regex=True)), usual


def _without_magnitude(texts: pd.Series) -> tuple[pd.Series, pd.Series]:
    """The texts without k, M or B, and what each is to be multiplied by.

    Where other letters stand after numbers too, or such letters after few of them, they are parts of codes,
    as in the house numbers 12A and 12B.
    """
    letters = texts.str.extract(_LETTER)[0].dropna()
    with_one = letters.isin(list(MAGNITUDES)).sum()
    if with_one < len(letters) or with_one <= (1 - MOSTLY) * texts.str.contains(_HAS_DIGIT).sum():
        return texts, pd.Series(1.0, texts.index)
    factor = texts.str.extract(_MAGNITUDE)[0].map(MAGNITUDES).fillna(1.0).astype(float)
    return texts.str.replace(_MAGNITUDE, "", regex=True), factor
