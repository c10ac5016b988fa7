"""Pieces of Markdown that the reports share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tabulate import tabulate

from bench.analysis.cells import Row
from bench.analysis.results import SuiteResults
from bench.trials.environment import Environment


def table(headers: Sequence[str], rows: Iterable[Row], *, left: int = 1) -> str:
    """A Markdown table; all but the first ``left`` columns are set flush right."""
    align = ["left"] * left + ["right"] * (len(headers) - left)
    escaped = [[escape(str(cell)) for cell in row] for row in rows]
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


def items(texts: Iterable[str]) -> str:
    """A list of Markdown, an item a line."""
    return "\n".join(f"- {text}" for text in texts)


def environment_lines(results: SuiteResults) -> list[str]:
    """One line for each environment that the figures come from."""
    return [f"Measured on {describe(each)}." for each in results.environments.values()]


def describe(environment: Environment) -> str:
    libraries = ", ".join(f"{name} {version}" for name, version in environment.libraries.items())
    gpu = environment.gpu
    card = f", {gpu.name} (driver {gpu.driver}, CUDA {gpu.cuda})" if gpu else ""
    return (
        f"{environment.cpu} ({environment.cores} cores, {environment.memory_gib:g} GiB, "
        f"{environment.threads_per_trial} thread per trial){card}, {environment.system}, "
        f"Python {environment.python}, {libraries}; code {environment.code or environment.bench}"
    )
