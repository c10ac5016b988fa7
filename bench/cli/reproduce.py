"""``reproduce``: a published table beside what its protocol gives here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from bench.cli import _options as options
from bench.cli._output import console, table
from bench.errors import BenchError, unknown

if TYPE_CHECKING:
    from bench.plans.plan import Plan
    from bench.report.reproduction import PublishedFigure
    from bench.report.studies import Published

T = TypeVar("T")


def command(
    suite: Annotated[str, typer.Argument(help="A suite with published figures, such as dte-one-class.")],
    detectors: Annotated[
        list[str] | None,
        typer.Option(help="Only these of the suite's: 'ecod,knn'. May be repeated."),
    ] = None,
    datasets: Annotated[
        list[str] | None,
        typer.Option(help="Only these of the table's: 'cardio,w*'. May be repeated."),
    ] = None,
    seeds: options.Seeds = None,
    published: Annotated[
        Path | None,
        typer.Option(
            help="The published figures, instead of those that come along: a CSV file, or a folder of them."
        ),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(min=1, help="Worker processes; as many as there are cores if left out."),
    ] = None,
    data_dir: options.DataDir = None,
    results: options.Results = Path("results"),
    name: options.Name = None,
    retry: options.Retry = False,
) -> None:
    """Run the protocol of a published table, and print its figures beside ours with a verdict.

    What has finished before is not run again. "reproduced": the means differ by 0.01 points at most; "within
    the published spread": by one published standard deviation at most; "not": by more, with the reason as far
    as it is known. All figures are written to SUITE.md in the results
    folder. The exit code is 0 where each figure is reproduced, within the spread or explained, else 1.
    """
    from bench.analysis.results import load_suite_results
    from bench.cli._running import run_plan
    from bench.engine.registry import EngineOptions, make_engine
    from bench.engine.schedule import Limits
    from bench.files import write_files
    from bench.plans.selection import Selection, make_plan
    from bench.plans.suite import load_suite
    from bench.report.reproduction import HEADERS, summary, table_rows
    from bench.report.studies import published_suites
    from bench.runs.writing import check_name, check_writable

    suites = published_suites()
    if suite not in suites:
        raise unknown("suite with a published table", suite, suites)
    table_of = suites[suite]
    figures = table_of.read(suite, published)
    if name is not None:
        check_name(name)
    registry = options.load_plugins(None, data_dir)
    selection = Selection(seeds=None if seeds is None else options.parse_seeds(seeds))
    plan = make_plan(load_suite(suite), registry, selection)
    plan = _restricted(plan, table_of, figures, detectors, datasets)
    limits = Limits(timeout=plan.suite.timeout)
    engine = make_engine("local", EngineOptions(registry, limits, jobs, device="cpu"))
    check_writable(results)
    run_plan(plan, registry, engine, results, name=name, retry=retry)
    found = next((each for each in load_suite_results(results) if each.name == suite), None)
    if found is None:
        raise BenchError(
            f"the trials of {suite} were run by other suites; repeat them with --results in another folder"
        )
    asked = {text for _, named in plan.detectors for text in (named.name, named.label)}
    names = {table_of.dataset(cell.dataset.label) for cell in plan.cells} if table_of.dataset else None
    shown = [
        each
        for each in table_of.compare(found, figures)
        if each.published.detector in asked and (names is None or each.published.dataset in names)
    ]
    out = console()
    main = [each for each in shown if table_of.metric in (None, each.published.metric)]
    out.print(table(HEADERS, table_rows(main), right=(3, 4, 5, 6)))
    for line in summary(shown):
        out.print(line, markup=False)
    written = write_files(table_of.texts(found, figures), results)
    out.print("wrote " + ", ".join(str(file) for file in written), markup=False)
    if any(each.is_open for each in shown):
        raise typer.Exit(1)


def _restricted(
    plan: Plan,
    published: Published,
    figures: Sequence[PublishedFigure],
    detectors: Sequence[str] | None,
    datasets: Sequence[str] | None,
) -> Plan:
    """The plan for the datasets of the table, and of those and the detectors the ones that are asked for.

    Names are those of the table. Raises BenchError for a name that fits none.
    """
    dataset = published.dataset or (lambda label: label)
    cells = plan.cells
    if published.dataset:
        known = {figure.dataset for figure in figures}
        cells = tuple(cell for cell in cells if dataset(cell.dataset.label) in known)
        if not cells:
            raise BenchError(
                "none of the data files is in the published table; it has: " + ", ".join(sorted(known))
            )
    return replace(
        plan,
        detectors=tuple(
            _matching("detector of the suite", detectors, plan.detectors, lambda pair: pair[1].name)
        ),
        cells=tuple(_matching("dataset", datasets, cells, lambda cell: dataset(cell.dataset.label))),
    )


def _matching(
    kind: str, patterns: Sequence[str] | None, items: Sequence[T], name: Callable[[T], str]
) -> list[T]:
    """The items whose name a pattern fits, or all; BenchError for a pattern that fits none."""
    if not patterns:
        return list(items)
    found: list[T] = []
    for pattern in (part.strip() for text in patterns for part in text.split(",")):
        fitting = [item for item in items if fnmatchcase(name(item), pattern.lower())]
        if not fitting:
            raise unknown(kind, pattern, {name(item) for item in items})
        found += fitting
    return [item for item in items if item in found]
