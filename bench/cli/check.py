"""``check``: whether detectors keep their contract."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bench.cli import _options as options
from bench.cli._output import PIPE_WIDTH, console, table

if TYPE_CHECKING:
    from bench.kit.findings import Report


def command(
    names: Annotated[
        list[str] | None,
        typer.Argument(help="Detectors: knn, 'auto*', knn:n_neighbors=3.", metavar="NAME..."),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every registered detector.")] = False,
    plugins: options.Plugins = None,
    jobs: Annotated[
        int | None,
        typer.Option(min=1, help="Worker processes; as many as there are cores if left out."),
    ] = None,
    timeout: Annotated[
        str, typer.Option(help="Time for a detector, '90s' or '5m'; ten times that for a slow one.")
    ] = "120s",
) -> None:
    """Check detectors against their contract on small made-up data; exit code 1 if any fails.

    A check that fails as one of the detector's declared flaws says counts as "declared"; a declared flaw
    that is not seen any more is a failure. "-" is for checks that are not meant for a detector.
    """
    from bench import api
    from bench.cli._progress import Terminal

    found = api.check(names or (), all=every, plugins=plugins, jobs=jobs, timeout=timeout, say=Terminal())
    _print_findings(console(), found.reports)
    if found.failures:
        raise typer.Exit(1)


def _print_findings(out: Any, reports: Sequence[Report]) -> None:
    """A table of all detectors and checks, or of a single one's checks, then a line for each failure."""
    if not reports:
        return
    out.print()
    if len(reports) == 1:
        out.print(_checks_of(reports[0]))
    else:
        out.width = PIPE_WIDTH  # the terminal wraps what is wider; cells that are cut off would say nothing
        out.print(_matrix(reports))
    failures = [
        f"FAIL {report.detector} {name}: {reason}"
        for report in reports
        for name, reason in report.failures.items()
    ]
    if failures:
        out.print()
    for line in failures:
        out.print(line, markup=False)


def _checks_of(report: Report) -> Any:
    from bench.kit.contract import CHECKS

    rows = [
        [name, found.verdict, found.reason or (CHECKS[name].__doc__ or "")]
        for name, found in report.findings.items()
    ]
    return table(["check", report.detector, "what it asks, or what was found"], rows)


def _matrix(reports: Sequence[Report]) -> Any:
    # One word below the other keeps the columns narrow.
    headers = ["detector", *(name.replace("-", "\n") for name in reports[0].findings)]
    rows = [[r.detector, *(found.verdict for found in r.findings.values())] for r in reports]
    return table(headers, rows)
