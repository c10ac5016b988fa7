"""Parameter spaces: what values of a detector's parameters a practitioner would try."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bench.errors import unknown
from bench.spec import format_value

SCALES = ("linear", "log")
# Of a number that is drawn: more would make labels that nobody reads.
DIGITS = 3


@dataclass(frozen=True)
class Choices:
    """A few values, each as likely as the others."""

    values: tuple[Any, ...]

    def at(self, share: float) -> Any:
        """The value at a share from 0 to 1 of the list."""
        return self.values[min(int(share * len(self.values)), len(self.values) - 1)]

    def levels(self, _count: int) -> list[Any]:
        """All of them, however many are asked for."""
        return list(self.values)

    def __contains__(self, value: object) -> bool:
        return value in self.values

    def __str__(self) -> str:
        return ", ".join(map(format_value, self.values))


@dataclass(frozen=True)
class Range:
    """Numbers from ``low`` to ``high``, both included, evenly spread or so in their logarithms.

    They are whole where both ends are.
    """

    low: float
    high: float
    scale: str

    @property
    def is_whole(self) -> bool:
        return isinstance(self.low, int) and isinstance(self.high, int)

    def at(self, share: float) -> float:
        """The number below which a share from 0 to 1 of all draws lies."""
        high = self.high + self.is_whole  # each whole number has the stretch up to the next one
        found: float
        if self.scale == "log":
            found = self.low * (high / self.low) ** share
        else:
            found = self.low + share * (high - self.low)
        if self.is_whole:
            return min(math.floor(found), int(self.high))
        return min(max(float(f"{found:.{DIGITS}g}"), self.low), self.high)

    def levels(self, count: int) -> list[float]:
        """At most so many numbers from end to end, two or more; fewer where whole ones coincide."""
        return list(dict.fromkeys(self.at(step / (count - 1)) for step in range(count)))

    def __contains__(self, value: object) -> bool:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and self.low <= value <= self.high  # type: ignore[operator]

    def __str__(self) -> str:
        return f"{self.low} to {self.high}, {self.scale}"


Space = Mapping[str, Choices | Range]


def parse_space(declared: Mapping[str, Any]) -> Space:
    """A space as plugins and TOML files write it.

    Parameters
    ----------
    declared : dict
        By the parameter's name a list of values, or ``{"log": [1, 100]}`` or ``{"linear": [0.5, 1.0]}``.

    Returns
    -------
    dict
        `Choices` or `Range` by the parameter's name.

    Raises
    ------
    TypeError
        For what is neither, with the parameter's name.
    """
    return {name: _parse(name, value) for name, value in declared.items()}


def _parse(name: str, value: Any) -> Choices | Range:
    if isinstance(value, list | tuple) and value:
        return Choices(tuple(value))
    if isinstance(value, Mapping) and len(value) == 1:
        [(scale, ends)] = value.items()
        if scale not in SCALES:
            raise TypeError(f"space of {name!r}: {unknown('scale', str(scale), SCALES)}")
        if _are_ends(ends) and (scale == "linear" or ends[0] > 0):
            low, high = ends
            return Range(low, high, scale)
        raise TypeError(
            f"space of {name!r}: a range is two numbers, the lower first, and on a log scale above 0"
        )
    raise TypeError(
        f"space of {name!r}: write a list of values, or a range such as {{'log': [1, 100]}} or "
        f"{{'linear': [0.5, 1.0]}}, not {value!r}"
    )


def _are_ends(ends: Any) -> bool:
    return (
        isinstance(ends, list | tuple)
        and len(ends) == 2
        and all(type(end) in (int, float) and math.isfinite(end) for end in ends)
        and ends[0] < ends[1]
    )
