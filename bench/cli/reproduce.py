"""``reproduce``: a published table beside what its protocol gives here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bench.cli import _options as options
from bench.cli._output import console, table


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
    from bench import api
    from bench.cli._progress import Terminal
    from bench.report.reproduction import HEADERS, summary, table_rows

    found = api.reproduce(
        suite, detectors=detectors, datasets=datasets, seeds=seeds, published=published, jobs=jobs,
        data_dir=data_dir, results=results, name=name, retry=retry, say=Terminal(),
    )  # fmt: skip
    out = console()
    main = [each for each in found.compared if found.metric in (None, each.published.metric)]
    out.print(table(HEADERS, table_rows(main), right=(3, 4, 5, 6)))
    for line in summary(found.compared):
        out.print(line, markup=False)
    out.print("wrote " + ", ".join(str(file) for file in found.files), markup=False)
    if found.is_open:
        raise typer.Exit(1)
