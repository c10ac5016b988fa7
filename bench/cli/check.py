"""``check``: whether detectors keep their contract."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bench.cli import _options as options
from bench.cli._output import PIPE_WIDTH, console, table
from bench.errors import BenchError

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
    from bench.engine.machine import available_cores
    from bench.kit.checking import check_all
    from bench.plans.selection import choose_detectors
    from bench.plugins.registry import missing_packages
    from bench.spec import split_specs

    wanted = ["*"] if every else [name for text in names or () for name in split_specs(text)]
    if not wanted:
        raise BenchError("say what to check: NAMES or --all (`list detectors` shows what there is)")
    out = console()
    seconds = options.parse_duration(timeout)
    registry = options.load_plugins(plugins)
    chosen = []
    for plugin, named in choose_detectors(wanted, registry):
        missing = missing_packages(plugin)
        if missing:
            out.print(f"{named.label}: not installed: pip install {' '.join(missing)}", markup=False)
        else:
            chosen.append(named)
    reports: list[Report] = []
    running = check_all(chosen, registry, jobs=jobs or available_cores(), timeout=seconds or None)
    with closing(running):
        for report in running:
            reports.append(report)
            out.print(f"{len(reports)}/{len(chosen)} {_line(report)}", markup=False)
    reports.sort(key=lambda report: report.detector)
    _print_findings(out, reports)
    if any(report.failures for report in reports):
        raise typer.Exit(1)


def _line(report: Report) -> str:
    verdict = f"FAIL: {', '.join(report.failures)}" if report.failures else "ok"
    seconds = "" if report.seconds is None else f" ({report.seconds:.1f} s)"
    return f"{report.detector}{seconds}: {verdict}"


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
