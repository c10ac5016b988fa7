"""The values of options, as a person writes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.errors import BenchError

if TYPE_CHECKING:
    from bench.splits.arrays import Floats

# A file or folder; one text or several.
File = str | PathLike[str]
Texts = str | Sequence[str]


def names_of(given: Texts | None) -> tuple[str, ...]:
    """The names in ``'a,b'``; those of a list as they are."""
    return tuple(listed([given])) if isinstance(given, str) else tuple(given or ())


def texts_of(given: Texts | None) -> list[str] | None:
    """One text as a list; commas stand between parameters, too, and are left to who reads the texts."""
    return [given] if isinstance(given, str) else list(given) if given else None


def folders_of(given: File | Sequence[File] | None) -> tuple[Path, ...]:
    """One folder or several as paths."""
    return tuple(map(Path, [given] if isinstance(given, str | PathLike) else given or ()))


def path_of(given: File | None) -> Path | None:
    """A path, where there is one."""
    return None if given is None else Path(given)


def listed(texts: Iterable[str] | None) -> tuple[str, ...]:
    """The names in ``'a,b'``, however often the option is given."""
    return tuple(name.strip() for text in texts or () for name in text.split(",") if name.strip())


def parse_seeds(text: str | int | Iterable[int]) -> tuple[int, ...]:
    """``5`` -> 0 to 4; ``0,3`` -> 0 and 3; ``10-19`` -> those ten; numbers as they are."""
    seeds: list[int] = []
    if not isinstance(text, str | int):
        seeds += text
    elif str(text).isdecimal():
        seeds += range(int(text))
    else:
        for part in str(text).split(","):
            found = re.fullmatch(r"\s*(\d+)\s*(?:-\s*(\d+)\s*)?", part)
            if not found:
                seeds.clear()
                break
            seeds += range(int(found[1]), int(found[2] or found[1]) + 1)
    if not seeds:
        raise BenchError(f"--seeds {text!r} names no seeds; write '5', '0,3,7' or '10-19'")
    return tuple(dict.fromkeys(seeds))


def parse_explain(text: str | int) -> Callable[[Floats, float], Any]:
    """From scores and threshold to a mask of the rows to explain; BenchError for a text that says none."""
    import numpy as np

    def highest(scores: Floats, _threshold: float) -> Any:
        chosen = np.zeros(len(scores), dtype=bool)
        chosen[np.argsort(-scores, kind="stable")[: int(text)]] = True
        return chosen

    if re.fullmatch("[0-9]+", str(text)) and int(text):
        return highest
    if text == "alarms":
        return lambda scores, threshold: scores > threshold
    if text == "all":
        return lambda scores, _threshold: np.ones(len(scores), dtype=bool)
    raise BenchError(f"--explain {text!r} says no rows; write 'alarms', 'all', or a number such as 20")


def parse_share(text: str) -> tuple[int, int]:
    """``3/8`` -> the third of eight parts."""
    found = re.fullmatch(r"\s*(\d+)\s*/\s*(\d+)\s*", text)
    part, parts = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= part <= parts:
        raise BenchError(f"--share {text!r} is no part of a whole; write '1/8' for the first of eight")
    return part, parts


def parse_duration(text: str | float) -> float:
    """``90s``, ``10m``, ``2h`` or ``1.5`` (seconds) -> seconds."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smh]?)", str(text).strip().lower())
    if not found:
        raise BenchError(f"{text!r} is not a length of time; write '90s', '10m' or '2h'")
    return float(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[found[2]]


def parse_memory(text: str) -> int:
    """``500M``, ``4G`` -> bytes."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([mg])(?:i?b)?", text.strip().lower())
    if not found:
        raise BenchError(f"{text!r} is not an amount of memory; write '500M' or '4G'")
    return int(float(found[1]) * {"m": 2**20, "g": 2**30}[found[2]])


def check_alpha(alpha: float) -> None:
    """Refuse what is not the chance of an error."""
    if not 0 < alpha < 1:
        raise BenchError(f"--alpha {alpha:g} is not a chance; write a number between 0 and 1, such as 0.05")


def check_folder(file: Path) -> None:
    """Refuse a file to write in a folder that is not there, before anything is computed."""
    if not file.parent.is_dir():
        raise BenchError(f"cannot write {str(file)!r}: there is no folder {str(file.parent)!r}")
