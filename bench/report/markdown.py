"""Pieces of Markdown that the reports share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from tabulate import tabulate

from bench import escaping
from bench.analysis.cells import Row
from bench.analysis.results import SuiteResults
from bench.trials.environment import Environment

# Words of a suite's title that are code.
CODE = re.compile(r"(`[\w ./:=-]+`)")


def table(headers: Sequence[str], rows: Iterable[Row], *, left: int = 1) -> str:
    """A Markdown table; all but the first ``left`` columns are set flush right."""
    align = ["left"] * left + ["right"] * (len(headers) - left)
    escaped = [[escaping.markdown(str(cell)) for cell in row] for row in rows]
    return tabulate(
        escaped,
        [escaping.markdown(header) for header in headers],
        tablefmt="pipe",
        colalign=align,
        disable_numparse=True,
    )


def heading(results: SuiteResults) -> str:
    """The heading of a suite's section; a title may hold words in code quotes."""
    pieces = CODE.split(f"{results.name}: {results.title}")
    return "## " + "".join(piece if i % 2 else escaping.markdown(piece) for i, piece in enumerate(pieces))


def items(texts: Iterable[str]) -> str:
    """A list of Markdown, an item a line."""
    return "\n".join(f"- {text}" for text in texts)


def environment_lines(results: SuiteResults) -> list[str]:
    """One line for each environment that the figures come from."""
    return [f"Measured on {escaping.markdown(describe(each))}." for each in results.environments.values()]


def describe(environment: Environment) -> str:
    libraries = ", ".join(f"{name} {version}" for name, version in environment.libraries.items())
    gpu = environment.gpu
    card = f", {gpu.name} (driver {gpu.driver}, CUDA {gpu.cuda})" if gpu else ""
    return (
        f"{environment.cpu} ({environment.cores} cores, {environment.memory_gib:g} GiB, "
        f"{environment.threads_per_trial} thread per trial){card}, {environment.system}, "
        f"Python {environment.python}, {libraries}; code {environment.code or environment.bench}"
    )
