"""Pieces of Markdown that the reports share."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tabulate import tabulate

from bench.analysis.results import SuiteResults

NONE = "–"


def number(value: Any, digits: int = 2) -> str:
    """A number with so many decimals; a dash for none."""
    return NONE if value is None or math.isnan(value) else f"{value:.{digits}f}"


def percent(share: float) -> str:
    """A share as a whole percentage; a dash for none."""
    return NONE if math.isnan(share) else f"{100 * share:.0f} %"


def with_spread(mean: Any, std: Any, digits: int = 2) -> str:
    """``0.43 ± 0.02``, or the mean alone where one seed gives no spread."""
    if std is None or math.isnan(std):
        return number(mean, digits)
    return f"{number(mean, digits)} ± {number(std, digits)}"


def significant(value: Any, digits: int = 3) -> str:
    """A number with so many significant digits and no exponent; a dash for none."""
    if value is None or math.isnan(value):
        return NONE
    if value == 0:
        return "0"
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    return f"{value:.{decimals}f}"


def table(headers: Sequence[str], rows: Iterable[Sequence[str]], *, left: int = 1) -> str:
    """A Markdown table; all but the first ``left`` columns are set flush right."""
    align = ["left"] * left + ["right"] * (len(headers) - left)
    escaped = [[escape(cell) for cell in row] for row in rows]
    return tabulate(
        escaped,
        [escape(header) for header in headers],
        tablefmt="pipe",
        colalign=align,
        disable_numparse=True,
    )


def escape(text: str) -> str:
    """Text as it stands, in a table's cell: no markup, no column border."""
    for char in "\\|*`<[":
        text = text.replace(char, "&lt;" if char == "<" else f"\\{char}")
    return text


def environment_lines(results: SuiteResults) -> list[str]:
    """One line for each environment that the figures come from."""
    return [f"Measured on {describe(each)}." for each in results.environments.values()]


def describe(environment: Mapping[str, Any]) -> str:
    libraries = ", ".join(f"{name} {version}" for name, version in environment["libraries"].items())
    gpu = environment.get("gpu")
    card = f", {gpu['name']} (driver {gpu['driver']}, CUDA {gpu['cuda']})" if gpu else ""
    return (
        f"{environment['cpu']} ({environment['cores']} cores, {environment['memory_gib']:g} GiB, "
        f"{environment['threads_per_trial']} thread per trial){card}, {environment['system']}, "
        f"Python {environment['python']}, {libraries}; code {environment['code'] or environment['bench']}"
    )
