"""``data audit``: what is to be known of datasets before a figure on them is believed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from bench.cli import _options as options
from bench.cli import _reading as reading
from bench.cli._output import console, table

if TYPE_CHECKING:
    from bench.tables import Dialect


@reading.reads_a_file
def command(
    datasets: Annotated[
        list[str] | None,
        typer.Argument(help="'adbench:*', breast_cancer, 'adbench:16_http,duplicates=keep'; all real ones."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="The seed whose split is looked at.")] = 0,
    plugins: options.Plugins = None,
    data_dir: options.DataDir = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="As a Markdown page.")] = False,
    data: reading.Data = None,
    label: reading.Label = None,
    normal: reading.Normal = None,
    drop: reading.Drop = None,
    time: reading.Time = None,
    series: reading.SeriesColumn = None,
    *,
    dialect: Dialect | None,
) -> None:
    """Look for copies, leaks, conflicting labels, constant columns and related datasets.

    Findings are no errors: the exit code is 0 whatever is found.
    """
    from bench import api
    from bench.report import audit as report

    found = api.data_audit(
        datasets,
        seed=seed,
        plugins=plugins,
        data_dir=data_dir,
        data=data,
        label=label,
        normal=normal,
        drop=reading.listed(drop),
        time=time,
        series=series,
        dialect=dialect,
    ).found
    if markdown:
        sys.stdout.write(report.markdown(found))
        return
    out = console()
    out.print(table(report.HEADERS, report.rows(found), right=range(1, len(report.HEADERS) - 1)))
    out.print(report.EXPLANATION.replace("*", "").replace("\n", " "), markup=False)
    for sentence in report.words(found):
        out.print(f"- {sentence}", markup=False)
