"""How a file is written, as the user says it: what separates cells and decimals, encoding, line of names, and
what stands for an empty cell.
"""

from __future__ import annotations

import codecs
from dataclasses import asdict, dataclass
from typing import Any, Self

from bench.errors import DataError, check_choice
from bench.tables.numbers import BLANK, GROUPS, Decimal, NumberFormat

_NAMED = {"tab": "\t", r"\t": "\t", BLANK: " "}
# Those that are common, for the hint at a misspelt one; Python knows many more.
ENCODINGS = ("cp1250", "cp1251", "cp1252", "gbk", "latin-1", "mac_roman", "shift_jis", "utf-16", "utf-16-le",
             "utf-8")  # fmt: skip
_OTHER: dict[str, Decimal] = {".": ",", ",": "."}


@dataclass(frozen=True)
class Dialect:
    """How a file is written; what is left out is found out from the file.

    ``decimal`` and ``thousands`` are about numbers in texts of any format, ``empty`` is about any cell; the
    others are about files of text, and ``header`` about spreadsheets too.

    Parameters
    ----------
    sep : str, optional
        What separates the cells of a line: one character, ``"tab"``, or ``"space"`` for any number of blanks.
    decimal : {".", ","}, optional
        What stands before decimals.
    thousands : {".", ",", "'", "_", "space"}, optional
        What stands between groups of three digits.
    encoding : str, optional
        As Python names it: ``"cp1252"``, ``"latin-1"``.
    header : bool, optional
        Whether the first line names the columns; without names they are "1", "2" and so on.
    empty : str, optional
        Values that stand for an empty cell in any column, with commas between them: ``"-999,unknown"``.

    Raises
    ------
    DataError
        For a value that is none of these.

    Examples
    --------
    >>> from bench import Dialect
    >>> Dialect(sep=";", decimal=",", encoding="latin-1").sep
    ';'
    """

    sep: str | None = None
    decimal: Decimal | None = None
    thousands: str | None = None
    encoding: str | None = None
    header: bool | None = None
    empty: str | None = None

    def __post_init__(self) -> None:
        separator = self.separator
        if separator is not None and (len(separator) != 1 or separator in '"\r\n'):
            raise DataError(f"{self.sep!r} separates no cells; give one character, 'tab' or 'space'")
        if self.decimal not in (None, *_OTHER):
            raise DataError(f"{self.decimal!r} stands before no decimals; give '.' or ','")
        if self.thousands is not None and _blank(self.thousands) not in GROUPS:
            raise DataError(f"{self.thousands!r} stands between no thousands; give . , ' _ or 'space'")
        if self.decimal is not None and self.thousands == self.decimal:
            raise DataError(f"{self.decimal!r} cannot stand both before decimals and between thousands")
        if self.encoding is not None and not _is_encoding(self.encoding):
            check_choice("encoding", self.encoding, ENCODINGS)

    @property
    def separator(self) -> str | None:
        """The character between cells."""
        return None if self.sep is None else _NAMED.get(self.sep, self.sep)

    @property
    def codec(self) -> str | None:
        """The encoding, without the mark that UTF-8 may begin with."""
        is_utf8 = self.encoding is not None and codecs.lookup(self.encoding).name == "utf-8"
        return "utf-8-sig" if is_utf8 else self.encoding

    @property
    def names_columns(self) -> bool:
        """Whether the first line names the columns, which it does unless said otherwise."""
        return self.header is not False

    @property
    def empties(self) -> list[str]:
        """The values that stand for an empty cell."""
        return [value for text in (self.empty or "").split(",") if (value := text.strip())]

    def numbers(self, guessed: Decimal = ".") -> NumberFormat:
        """How numbers are written, of a file that seems to have this decimal separator."""
        told = self.decimal or _OTHER.get(self.thousands or "")
        group = None if self.thousands is None else _blank(self.thousands)
        return NumberFormat(told or guessed, group, told=told is not None)

    def over(self, other: Dialect) -> Dialect:
        """This dialect, with what it leaves out as another has it."""
        return Dialect(**{**other.given(), **self.given()})

    def given(self) -> dict[str, Any]:
        """What is not left out, by name."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    @classmethod
    def of(cls, given: dict[str, Any]) -> Self:
        """The dialect of which `given` was taken; names and values of others may stand beside."""
        return cls(**{name: given[name] for name in FIELDS if given.get(name) is not None})


FIELDS = tuple(Dialect.__dataclass_fields__)
AS_FOUND = Dialect()


def _blank(sign: str) -> str:
    return BLANK if sign == " " else sign


def _is_encoding(name: str) -> bool:
    """Whether Python has this encoding of text."""
    try:
        "".encode(name)
    except (LookupError, ValueError):
        return False
    return True
