"""How many points a window of a series has, as a user writes it."""

from __future__ import annotations

from bench.errors import BenchError

# Windows as long as the period of the training series, and as two longer lags at which it is like itself.
AUTO = {"auto": 1, "auto2": 2, "auto3": 3}


def require_window(owner: str, window: object, parameter: str = "window") -> None:
    """Raise BenchError unless ``window`` is a number of points from 2, or a name in `AUTO`."""
    if window not in tuple(AUTO) and not (type(window) is int and window > 1):
        names = ", ".join(map(repr, AUTO))
        raise BenchError(
            f"{owner}: {parameter} must be a number of points from 2, or {names}, not {window!r}"
        )
